use larder::KeyName;

#[derive(KeyName)]
#[key_name = 5]
struct Article;

fn main() {}
