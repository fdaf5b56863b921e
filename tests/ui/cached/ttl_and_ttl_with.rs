use larder::cached;

#[cached(key = "profile:<id>", ttl = 60, ttl_with = |value| *value)]
fn profile(id: u64) -> u64 {
    id
}

fn main() {
    profile::invalidate(1);
}
