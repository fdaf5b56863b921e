use larder::cached;

#[cached(key = "profile:<id>", strict)]
fn profile(id: u64) -> Result<u64, String> {
    Ok(id)
}

fn main() {
    profile::invalidate(1);
}
