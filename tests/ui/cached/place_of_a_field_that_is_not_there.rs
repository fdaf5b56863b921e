use larder::cached;

struct User {
    id: u64,
}

#[cached(key = "profile:<user.idd>")]
fn profile(user: &User) -> u64 {
    user.id
}

fn main() {
    profile(&User { id: 1 });
}
