use larder::KeyName;

#[derive(KeyName)]
#[larder(krate = larder)]
#[key_name = ""]
struct Article;

fn main() {}
