use larder::cached;

#[cached(key = "profile:<id>", ttl = 9_999_999_999)]
fn profile(id: u64) -> u64 {
    id
}

fn main() {
    profile::invalidate(1);
}
