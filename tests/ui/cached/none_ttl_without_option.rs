use larder::cached;

#[cached(key = "profile:<id>", none_ttl = 5)]
fn profile(id: u64) -> u64 {
    id
}

fn main() {
    profile::invalidate(1);
}
