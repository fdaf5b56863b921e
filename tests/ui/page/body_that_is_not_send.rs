use std::rc::Rc;

use larder::cache_page;

#[cache_page(60)]
async fn front() -> String {
    let count = Rc::new(1);
    std::future::ready(()).await;
    count.to_string()
}

fn main() {
    let _: axum::Router = axum::Router::new().route("/", axum::routing::get(front));
}
