use larder::cached;

#[cached(key = "profile:<id>", max_size = 100)]
fn profile(id: u64) -> u64 {
    id
}

fn main() {
    profile::invalidate(1);
}
