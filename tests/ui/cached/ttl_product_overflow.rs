use larder::cached;

#[cached(key = "profile:<id>", ttl = 18_446_744_073_709_551_615 * 2)]
fn profile(id: u64) -> u64 {
    id
}

fn main() {
    profile::invalidate(1);
}
