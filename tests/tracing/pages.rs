//! The handler of a page is a load as well.

use std::time::Duration;

use axum::body::Body;
use axum::{Router, routing::get};
use http::Request;
use http_body_util::BodyExt;
use larder::page::cache_page;
use larder::{cached, testing};
use tower::ServiceExt;
use tracing::Level;

use crate::listener::Listener;

#[cached(key = "tracing:price:<product>", ttl = 60)]
fn price(product: u64) -> u64 {
    product * 100
}

fn visit(app: &Router, path: &str) {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let response = testing::block_on(app.clone().oneshot(request)).expect("no error can happen");
    testing::block_on(response.into_body().collect()).expect("a page");
}

#[test]
fn the_handler_of_a_page_has_a_span_and_what_it_loads_stands_inside() {
    let larder = testing::isolated();
    let app = Router::new().route("/plain", get(async || price(1).to_string()).layer(cache_page(60).stale(60)));
    let (listener, _listening) = Listener::begin(Level::DEBUG);
    visit(&app, "/plain");
    let loads = listener.loads();
    assert_eq!((&*loads[0].fields["larder.outcome"], loads[1].within), ("kept", Some(0)));
    assert!(!listener.text().contains("/plain"), "its key is for those who hear all");
    visit(&app, "/plain");
    assert_eq!((listener.loads().len(), listener.events().len()), (2, 0), "a hit says nothing");
    larder.advance(Duration::from_secs(61));
    visit(&app, "/plain");
    assert_eq!(listener.said(), ["served stale"]);
}
