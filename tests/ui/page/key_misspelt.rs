use larder::cache_page;

struct User {
    id: u64,
}

#[cache_page(60, key = "front:<usr.id>")]
async fn front(user: User) -> String {
    let _ = user;
    String::new()
}

fn main() {}
