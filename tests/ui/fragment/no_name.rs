use larder::fragment;

fn sidebar(user: u64) -> String {
    fragment!(user; user.to_string()).to_string()
}

fn main() {}
