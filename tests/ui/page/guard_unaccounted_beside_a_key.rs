use axum::extract::Path;
use larder::cache_page;

struct User {
    id: u64,
}

#[cache_page(60, key = "front:<id>")]
async fn front(Path(id): Path<u64>, user: User) -> String {
    let _ = (id, user);
    String::new()
}

fn main() {}
