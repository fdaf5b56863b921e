use larder::fragment;

fn sidebar(user: u64) -> String {
    fragment!("sidebar", user, cache = "special"; user.to_string()).to_string()
}

fn main() {}
