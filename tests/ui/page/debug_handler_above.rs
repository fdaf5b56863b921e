use axum::debug_handler;
use axum::extract::Path;
use axum::http::Uri;
use larder::cache_page;

#[debug_handler]
#[cache_page(60)]
async fn front(Path(id): Path<u64>, uri: Uri) -> String {
    format!("{id} {uri}")
}

fn main() {
    let _: axum::Router = axum::Router::new().route("/{id}", axum::routing::get(front));
}
