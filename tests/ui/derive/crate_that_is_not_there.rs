use larder::KeyPart;

#[derive(KeyPart)]
#[larder(crate = pantry)]
struct Id(u64);

fn main() {}
