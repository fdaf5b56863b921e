use larder::cached;

#[cached(key = "sized:<T>")]
fn sized<T>() -> usize {
    size_of::<T>()
}

fn main() {
    sized::<u8>();
}
