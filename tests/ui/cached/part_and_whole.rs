use larder::cached;

struct User {
    id: u64,
    name: String,
}

#[cached(key = "profile:<user.id: u64>,<user.name>")]
fn profile(user: &User) -> u64 {
    user.id + user.name.len() as u64
}

fn main() {
    profile(&User { id: 1, name: String::new() });
}
