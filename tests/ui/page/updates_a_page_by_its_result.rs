use axum::extract::Path;
use larder::{cache_page, updates};

#[cache_page(60, key = "article:<id>")]
async fn article(Path(id): Path<u64>) -> String {
    id.to_string()
}

#[updates(|saved| article(*saved))]
async fn save(id: u64) -> u64 {
    id
}

fn main() {}
