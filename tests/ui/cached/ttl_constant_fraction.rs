use larder::cached;

const HALF: f64 = 0.5;

#[cached(key = "profile:<id>", ttl = HALF)]
fn profile(id: u64) -> u64 {
    id
}

fn main() {
    profile::invalidate(1);
}
