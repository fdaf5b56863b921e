use larder::cached;

#[cached(key = "named:<T.name>")]
fn named<T: larder::KeyName>() -> String {
    T::KEY_NAME.to_owned()
}

fn main() {
    named::<u8>();
}
