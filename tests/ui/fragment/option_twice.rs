use larder::fragment;

fn sidebar(user: u64) -> String {
    fragment!("sidebar", user, ttl = 500, ttl = 60; user.to_string()).to_string()
}

fn main() {}
