use larder::cached;

#[cached(key = "profile:<id>", timeout = 5)]
fn profile(id: u64) -> Result<u64, larder::Error> {
    Ok(id)
}

fn main() {
    profile::invalidate(1);
}
