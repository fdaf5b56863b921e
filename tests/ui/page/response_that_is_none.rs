use larder::cache_page;

struct Article;

#[cache_page(60)]
async fn front() -> Article {
    Article
}

fn main() {
    let _: axum::Router = axum::Router::new().route("/", axum::routing::get(front));
}
