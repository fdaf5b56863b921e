use axum::debug_handler;
use axum::extract::State;
use larder::cache_page;

struct User;

#[cache_page(60, shared(user))]
#[debug_handler]
async fn front(user: User, State(count): State<u64>) -> String {
    let _ = user;
    count.to_string()
}

fn main() {}
