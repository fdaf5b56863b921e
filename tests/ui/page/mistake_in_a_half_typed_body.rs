use axum::extract::Path;
use larder::cache_page;

#[cache_page(60)]
async fn front(Path(id): Path<u64>) -> String {
    id.to_
}

fn main() {
    let _: axum::Router = axum::Router::new().route("/", axum::routing::get(front));
}
