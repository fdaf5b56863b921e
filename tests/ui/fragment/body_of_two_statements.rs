use larder::fragment;

fn sidebar(user: u64) -> String {
    fragment!("sidebar", user; let next = user + 1; next.to_string()).to_string()
}

fn main() {}
