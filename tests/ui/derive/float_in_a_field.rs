use larder::KeyPart;

#[derive(KeyPart)]
struct Filter {
    author: u64,
    price: Option<f64>,
}

fn main() {}
