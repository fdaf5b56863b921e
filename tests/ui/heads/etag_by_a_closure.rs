use larder::etag;

use axum::extract::Path;

#[etag(|id: &String| id.clone())]
async fn page(Path(id): Path<String>) -> String {
    id
}

fn main() {}
