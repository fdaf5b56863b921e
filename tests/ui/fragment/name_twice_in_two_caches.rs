use larder::fragment;

fn sidebar(user: u64) -> String {
    fragment!("sidebar", user; user.to_string()).to_string()
}

// Without a cache named `template_fragments` both are in `default`.
fn footer(user: u64) -> String {
    fragment!("sidebar", user, using = "default"; format!("of {user}")).to_string()
}

fn main() {}
