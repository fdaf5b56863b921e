use larder::cached;

#[cached(key = "profile:<id>", none_ttl = "5")]
fn profile(id: u64) -> Option<u64> {
    Some(id)
}

fn main() {
    profile::invalidate(1);
}
