use larder::etag;

use axum::extract::Path;

#[etag(article.version)]
async fn page(Path(id): Path<String>) -> String {
    id
}

fn main() {}
