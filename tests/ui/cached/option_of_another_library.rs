use larder::cached;

#[cached(key = "profile:<id>", expire = 60)]
fn profile(id: u64) -> u64 {
    id
}

fn main() {
    profile::invalidate(1);
}
