use axum::extract::Path;
use larder::cache_page;

#[cache_page(60, key = id)]
async fn front(Path(id): Path<u64>) -> String {
    let _ = id;
    String::new()
}

fn main() {}
