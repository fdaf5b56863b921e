use larder::cached;

#[cached(key = "profile:<id>", early = true)]
fn profile(id: u64) -> u64 {
    id
}

fn main() {
    profile::invalidate(1);
}
