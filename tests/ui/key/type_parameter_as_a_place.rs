use larder::{Key, key};

fn of<T>() -> Key {
    key!("profile:<T>")
}

fn main() {
    of::<u8>();
}
