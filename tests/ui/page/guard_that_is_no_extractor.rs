use larder::cache_page;

struct User;

#[cache_page(60, shared(user))]
async fn front(user: User) -> String {
    let _ = user;
    String::new()
}

fn main() {
    let _: axum::Router = axum::Router::new().route("/", axum::routing::get(front));
}
