use larder::cached;

#[cached(key = "profile:<id>", stale_on_error = 60)]
fn profile(id: u64) -> u64 {
    id
}

fn main() {
    profile::invalidate(1);
}
