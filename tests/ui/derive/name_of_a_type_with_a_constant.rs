use larder::KeyName;

#[derive(KeyName)]
struct Block<const SIZE: usize>([u8; SIZE]);

fn main() {}
