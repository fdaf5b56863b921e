use larder::cached;

#[cached(key = "profile:<id>", error_ttl = 0)]
fn profile(id: u64) -> Result<u64, String> {
    Ok(id)
}

fn main() {
    profile::invalidate(1);
}
