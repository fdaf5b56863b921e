use larder::cached;

#[cached(key = "profile:<id>", when = |value| 5)]
fn profile(id: u64) -> u64 {
    id
}

fn main() {
    profile::invalidate(1);
}
