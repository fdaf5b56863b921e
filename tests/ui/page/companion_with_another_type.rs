use axum::extract::Path;
use larder::cache_page;

#[cache_page(60, key = "article:<id>")]
async fn article(Path(id): Path<u64>) -> String {
    id.to_string()
}

async fn save() {
    article::invalidate("7").await;
}

fn main() {}
