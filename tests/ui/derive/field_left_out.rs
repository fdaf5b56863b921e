use larder::KeyPart;

#[derive(KeyPart)]
struct Filter {
    author: u64,
    #[larder(skip)]
    trace: f64,
}

fn main() {}
