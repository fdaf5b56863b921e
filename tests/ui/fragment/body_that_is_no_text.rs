use larder::fragment;

fn sidebar(user: u64) {
    fragment!("sidebar", user; user + 1);
}

fn main() {}
