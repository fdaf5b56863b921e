use axum::extract::Path;
use larder::cache_page;

#[cache_page(60)]
async fn front(body: String, Path(id): Path<u64>) -> String {
    let _ = (body, id);
    String::new()
}

fn main() {}
