use larder::cached;

#[cached(key = "profile:<id>", early = 0.0)]
fn profile(id: u64) -> u64 {
    id
}

fn main() {
    profile::invalidate(1);
}
