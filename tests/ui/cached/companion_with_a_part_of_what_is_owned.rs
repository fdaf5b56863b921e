use larder::cached;

struct User {
    id: u64,
}

#[cached(key = "profile:<user.id>")]
fn profile(user: User) -> u64 {
    user.id
}

fn main() {
    profile::invalidate(7);
}
