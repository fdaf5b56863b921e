use larder::KeyPart;

struct Author {
    id: u64,
}

#[derive(KeyPart)]
struct Filter {
    author: Author,
}

fn main() {}
