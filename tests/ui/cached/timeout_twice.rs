use larder::cached;

#[cached(key = "profile:<id>", stale = 60, timeout(soft = 1, soft = 2))]
async fn profile(id: u64) -> Result<u64, larder::Error> {
    Ok(id)
}

fn main() {
    let _ = profile::invalidate(1);
}
