use larder::KeyName;

#[derive(KeyName)]
#[key_name = article]
struct Article;

fn main() {}
