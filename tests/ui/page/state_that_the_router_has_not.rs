use axum::extract::State;
use larder::cache_page;

#[derive(Clone)]
struct Db;

#[cache_page(60)]
async fn front(State(Db): State<Db>) -> String {
    String::new()
}

fn main() {
    let _: axum::Router = axum::Router::new().route("/", axum::routing::get(front));
}
