use larder::KeyPart;

#[derive(KeyPart)]
struct Filter {
    by: Box<dyn KeyPart>,
}

fn main() {}
