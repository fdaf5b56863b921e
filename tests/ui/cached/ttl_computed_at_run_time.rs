use larder::cached;

fn configured() -> u64 {
    300
}

#[cached(key = "profile:<id>", ttl = configured())]
fn profile(id: u64) -> u64 {
    id
}

fn main() {
    profile::invalidate(1);
}
