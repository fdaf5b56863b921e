use larder::cache_page;

struct User {
    id: u64,
}

#[cache_page(60, key = "front:<user.id>")]
async fn front(user: User) -> String {
    user.id.to_string()
}

async fn print(user: User) {
    front(user).await;
}

fn main() {}
