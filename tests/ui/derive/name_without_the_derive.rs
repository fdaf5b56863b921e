use larder::KeyPart;

#[derive(KeyPart)]
#[key_name = "article"]
struct Article(u64);

fn main() {}
