use larder::cached;

#[cached(key = "profile:<id>", verify = 1.5)]
fn profile(id: u64) -> u64 {
    id
}

fn main() {
    profile::invalidate(1);
}
