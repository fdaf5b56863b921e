use larder::cached;

#[cached(key = "profile:<id>", ignore(user.name))]
fn profile(user: &str, id: u64) -> u64 {
    id + user.len() as u64
}

fn main() {
    profile::invalidate(1);
}
