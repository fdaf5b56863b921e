use larder::cached;

#[derive(Clone)]
struct Away;

#[cached(key = "profile:<id>", strict)]
fn profile(id: u64) -> Result<u64, Away> {
    Err(Away).or(Ok(id))
}

fn main() {
    profile::invalidate(1);
}
