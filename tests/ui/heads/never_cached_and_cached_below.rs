use larder::{cache_page, never_cache};

#[cache_page(900)]
#[never_cache]
async fn front() -> &'static str {
    "a page"
}

fn main() {
    let _: axum::Router = axum::Router::new().route("/", axum::routing::get(front));
}
