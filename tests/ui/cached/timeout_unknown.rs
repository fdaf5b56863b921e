use larder::cached;

#[cached(key = "profile:<id>", stale = 60, timeout(sort = 5))]
async fn profile(id: u64) -> Result<u64, larder::Error> {
    Ok(id)
}

fn main() {
    let _ = profile::invalidate(1);
}
