use larder::cached;

#[cached(key = "profile:<id>", returns = value)]
fn profile(id: u64) -> Result<u64, String> {
    Ok(id)
}

fn main() {
    profile::invalidate(1);
}
