use larder::cached;

#[cached(key = "profile:<id>", ttl = forever, early)]
fn profile(id: u64) -> u64 {
    id
}

fn main() {
    profile::invalidate(1);
}
