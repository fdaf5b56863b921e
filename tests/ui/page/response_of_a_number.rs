use larder::cache_page;

#[cache_page(60)]
async fn front() -> u64 {
    7
}

fn main() {
    let _: axum::Router = axum::Router::new().route("/", axum::routing::get(front));
}
