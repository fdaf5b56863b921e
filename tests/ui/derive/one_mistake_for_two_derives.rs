use larder::{KeyName, KeyPart};

#[derive(KeyPart, KeyName)]
#[larder(crate = "larder")]
struct Id(u64);

fn main() {}
