use larder::KeyPart;

#[derive(KeyPart)]
#[larder(crate)]
struct Id(u64);

fn main() {}
