use larder::cached;

#[cached(key = "profile:<id>", timeout = 5)]
async fn profile(id: u64) -> u64 {
    id
}

fn main() {
    let _ = profile::invalidate(1);
}
