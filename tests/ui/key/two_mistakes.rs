use larder::{Key, key};

fn main() {
    let id = 42;
    let key: Key = key!("{id}:my profile:");
    let _ = key.as_str();
}
