use larder::fragment;

fn sidebar(user: u64) -> String {
    fragment!("sidebar", user; || user.to_string()).to_string()
}

fn main() {}
