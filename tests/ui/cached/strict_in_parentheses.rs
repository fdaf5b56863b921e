use larder::cached;

#[cached(key = "profile:<id>", strict(true))]
fn profile(id: u64) -> Result<u64, larder::Error> {
    Ok(id)
}

fn main() {
    profile::invalidate(1);
}
