use larder::{cache_control, cache_page};

#[cache_page(900)]
#[cache_control(private, max_age = 60)]
async fn front() -> &'static str {
    "a page"
}

fn main() {
    let _: axum::Router = axum::Router::new().route("/", axum::routing::get(front));
}
