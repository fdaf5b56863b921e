use axum::Extension;
use larder::cache_page;

struct User {
    id: u64,
}

#[cache_page(60)]
async fn front(Extension(User { id, .. }): Extension<User>) -> String {
    let _ = id;
    String::new()
}

fn main() {}
