use larder::fragment;

fn sidebar(user: u64) -> String {
    fragment!("sidebar", user, tags = ["user:<usr>"]; user.to_string()).to_string()
}

fn main() {}
