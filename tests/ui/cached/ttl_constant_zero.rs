use larder::cached;

const NONE: u64 = 0;

#[cached(key = "profile:<id>", ttl = NONE)]
fn profile(id: u64) -> u64 {
    id
}

fn main() {
    profile::invalidate(1);
}
