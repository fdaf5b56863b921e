use larder::cached;

#[cached(key = "named:<id>")]
fn named<T: larder::KeyName>(id: u64) -> String {
    format!("{}{id}", T::KEY_NAME)
}

fn main() {
    named::<u8>(1);
}
