use larder::KeyPart;

#[derive(KeyPart)]
#[larder]
struct Id(u64);

fn main() {}
