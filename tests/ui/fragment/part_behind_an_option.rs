use larder::fragment;

fn sidebar(user: u64) -> String {
    fragment!("sidebar", ttl = 500, user; user.to_string()).to_string()
}

fn main() {}
