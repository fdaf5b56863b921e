use axum::extract::Path;
use larder::{cache_page, invalidates};

#[cache_page(60, key = "article:<id>")]
async fn article(Path(id): Path<u64>) -> String {
    id.to_string()
}

#[invalidates(article("7"))]
async fn save(id: u64) {
    let _ = id;
}

fn main() {}
