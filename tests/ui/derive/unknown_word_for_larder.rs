use larder::KeyPart;

#[derive(KeyPart)]
#[larder(skip)]
struct Filter {
    author: u64,
}

fn main() {}
