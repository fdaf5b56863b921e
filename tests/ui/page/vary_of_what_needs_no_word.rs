use axum::extract::State;
use larder::cache_page;

#[cache_page(60, vary(db = "Cookie"))]
async fn front(State(db): State<u64>) -> String {
    let _ = db;
    String::new()
}

fn main() {}
