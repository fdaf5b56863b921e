use larder::fragment;

async fn loaded(user: u64) -> String {
    user.to_string()
}

async fn sidebar(user: u64) -> String {
    fragment!("sidebar", user; loaded(user).await).to_string()
}

fn main() {}
