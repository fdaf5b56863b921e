use larder::KeyName;

#[derive(KeyName)]
struct Page<T>(T);

fn main() {}
