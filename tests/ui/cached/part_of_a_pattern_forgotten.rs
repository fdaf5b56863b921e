use larder::cached;

#[cached(key = "profile:<id>")]
fn profile((id, deep): (u64, bool)) -> u64 {
    id + u64::from(deep)
}

fn main() {
    profile::invalidate((1, true));
}
