use axum::extract::State;
use larder::cache_page;

#[derive(Clone)]
struct Db;

#[cache_page(60, key = "front:<db>")]
async fn front(State(db): State<Db>) -> String {
    let _ = db;
    String::new()
}

fn main() {
    let _: axum::Router = axum::Router::new().route("/", axum::routing::get(front)).with_state(Db);
}
