use larder::fragment;

struct User {
    name: String,
}

fn sidebar(user: &User) -> String {
    fragment!("sidebar", &user.name; user.name.clone()).to_string()
}

fn main() {}
