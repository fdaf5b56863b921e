use larder::cache_page;

struct User {
    id: u64,
}

#[cache_page(60)]
async fn front(user: Result<User, String>) -> String {
    let _ = user;
    String::new()
}

fn main() {}
