use larder::KeyPart;

#[derive(KeyPart)]
struct Point(f64, u8);

fn main() {}
