use larder::cached;

type Number = u64;

#[cached(key = "profile:<id>", none_ttl = 5)]
fn profile(id: u64) -> Number {
    id
}

fn main() {
    profile::invalidate(1);
}
