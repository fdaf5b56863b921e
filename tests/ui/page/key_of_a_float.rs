use axum::extract::Path;
use larder::cache_page;

#[cache_page(60, key = "height:<height>")]
async fn front(Path(height): Path<f64>) -> String {
    let _ = height;
    String::new()
}

fn main() {}
