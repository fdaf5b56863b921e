use larder::{cache_control, cache_page};

#[cache_control(no_store)]
#[cache_page(900)]
async fn front() -> &'static str {
    "a page"
}

fn main() {
    let _: axum::Router = axum::Router::new().route("/", axum::routing::get(front));
}
