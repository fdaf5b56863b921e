use larder::cache_page;

struct User {
    id: u64,
}

#[cache_page(60)]
async fn front(user: Option<User>) -> String {
    let _ = user;
    String::new()
}

fn main() {}
