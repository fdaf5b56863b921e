use larder::KeyName;

#[derive(KeyName)]
#[key_name = ""]
struct Article;

fn main() {}
