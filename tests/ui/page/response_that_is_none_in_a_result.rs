use larder::cache_page;

struct Error;

#[cache_page(60)]
async fn front() -> Result<String, Error> {
    Err(Error)
}

fn main() {
    let _: axum::Router = axum::Router::new().route("/", axum::routing::get(front));
}
