use larder::cache_page;

struct User {
    id: u64,
}

#[cache_page(60, shared(User))]
async fn front(user: User) -> String {
    let _ = user;
    String::new()
}

fn main() {}
