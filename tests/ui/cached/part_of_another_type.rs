use larder::cached;

struct User {
    id: u64,
}

#[cached(key = "profile:<user.id: u32>")]
fn profile(user: &User) -> u64 {
    user.id
}

fn main() {
    profile(&User { id: 1 });
}
