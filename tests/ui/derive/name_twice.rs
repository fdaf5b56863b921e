use larder::KeyName;

#[derive(KeyName)]
#[key_name = "article"]
#[key_name = "post"]
struct Article;

fn main() {}
