use larder::cached;

#[cached(key = "profile:<id>", colour = "red")]
fn profile(id: u64) -> u64 {
    id
}

fn main() {
    profile::invalidate(1);
}
