use larder::KeyName;

#[derive(KeyName)]
struct Article {
    #[key_name = "number"]
    id: u64,
}

fn main() {}
