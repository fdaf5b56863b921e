use axum::extract::Path;
use axum::http::Uri;
use larder::cache_page;

#[cache_page(60)]
async fn front(Path(id): Path<u64>, uri: Uri) -> String {
    format!("{id} {uri}")
}

async fn print(uri: Uri) {
    front(Path(7), uri).await;
}

fn main() {}
