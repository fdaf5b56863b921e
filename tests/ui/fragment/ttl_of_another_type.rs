use larder::fragment;

fn sidebar(user: u64, seconds: f64) -> String {
    fragment!("sidebar", user, ttl = seconds; user.to_string()).to_string()
}

fn main() {}
