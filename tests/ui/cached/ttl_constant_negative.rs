use larder::cached;

const BACK: i32 = -5;

#[cached(key = "profile:<id>", ttl = BACK)]
fn profile(id: u64) -> u64 {
    id
}

fn main() {
    profile::invalidate(1);
}
