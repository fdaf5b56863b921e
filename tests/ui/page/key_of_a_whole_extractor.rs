use axum::extract::Path;
use larder::cache_page;

#[cache_page(60, key = "front:<path>")]
async fn front(path: Path<u64>) -> String {
    let _ = path;
    String::new()
}

fn main() {}
