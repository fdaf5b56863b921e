use larder::KeyPart;

#[derive(KeyPart)]
struct Price(f64);

fn main() {}
