use larder::cached;

#[cached(key = "find:<T>:<id>", local)]
fn find<T: larder::KeyName + From<u64> + Clone + Send + Sync + 'static>(id: u64) -> T {
    T::from(id)
}

fn main() {
    find::invalidate::<u64>(1);
}
