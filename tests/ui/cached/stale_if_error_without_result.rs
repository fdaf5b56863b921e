use larder::cached;

#[cached(key = "profile:<id>", stale_if_error = 60)]
fn profile(id: u64) -> u64 {
    id
}

fn main() {
    profile(1);
}
