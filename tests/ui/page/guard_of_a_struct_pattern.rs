use larder::cache_page;

struct Auth {
    user: u64,
}

#[cache_page(60)]
async fn front(Auth { user, .. }: Auth) -> String {
    let _ = user;
    String::new()
}

fn main() {}
