use larder::cached;

#[cached(key = "profile:<id>", when = |a, b| true)]
fn profile(id: u64) -> u64 {
    id
}

fn main() {
    profile::invalidate(1);
}
