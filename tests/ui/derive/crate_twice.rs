use larder::KeyPart;

#[derive(KeyPart)]
#[larder(crate = larder, crate = larder)]
struct Id(u64);

fn main() {}
