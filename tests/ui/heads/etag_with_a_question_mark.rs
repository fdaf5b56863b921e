use larder::etag;

use axum::extract::Path;

#[etag(id.parse::<u64>()?)]
async fn page(Path(id): Path<String>) -> String {
    id
}

fn main() {}
