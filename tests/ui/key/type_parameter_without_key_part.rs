use larder::{Key, key};

fn of<T>(value: &T) -> Key {
    key!("profile:<value>")
}

fn main() {
    of(&1);
}
