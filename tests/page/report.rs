//! What a request asked of caches is counted for it, wherever it was asked.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::Response;
use larder::page::cache_page;
use larder::report::{Report, ReportLayer};
use larder::{cached, testing};
use tower::{Layer, ServiceExt};

use crate::app::request;

#[cached(key = "report:price:<product>", ttl = 60)]
fn price(product: u64) -> u64 {
    product * 100
}

fn visit(app: &Router, path: &str) -> Response<Body> {
    let service = ReportLayer::new().server_timing().layer(app.clone());
    testing::block_on(service.oneshot(request("GET", path, &[]))).expect("no error can happen")
}

fn seen(response: &Response<Body>) -> (u64, u64) {
    let report = response.extensions().get::<Report>().expect("a report");
    (report.seen.hits, report.seen.misses)
}

#[test]
fn a_request_is_told_its_own_hits_and_misses_and_nobody_elses() {
    let _larder = testing::isolated();
    let page = async || (price(1) + price(2) + price(1)).to_string();
    let app = Router::new().route("/plain", get(page)).route("/page", get(page).layer(cache_page(60)));
    let first = visit(&app, "/plain");
    assert_eq!(seen(&first), (1, 2));
    let timing = first.headers()["server-timing"].to_str().expect("a text").to_owned();
    assert!(timing.ends_with(r#"larder;desc="hits 1, misses 2, stale 0""#), "{timing}");
    assert_eq!(seen(&visit(&app, "/plain")), (3, 0));
    price(3);
    let made = visit(&app, "/page");
    assert_eq!(seen(&made).0, 3, "what the page is made of counts, though a task makes it");
    drop(made);
}

#[test]
fn a_page_is_one_hit_one_miss_or_stale_however_many_questions_it_took() {
    let larder = testing::isolated();
    let layer = cache_page(60).stale(60).vary("x-color");
    let app = Router::new().route("/", get(async || "page").layer(layer));
    let read =
        |response: Response<Body>| testing::block_on(http_body_util::BodyExt::collect(response.into_body())).unwrap();
    let first = visit(&app, "/");
    assert_eq!(seen(&first), (0, 1));
    read(first);
    assert_eq!(seen(&visit(&app, "/")), (1, 0));
    larder.advance(std::time::Duration::from_secs(61));
    let old = visit(&app, "/");
    let report = old.extensions().get::<Report>().expect("a report").seen;
    assert_eq!((report.hits, report.misses, report.stale), (0, 0, 1));
}

#[test]
fn a_page_out_of_the_cache_is_one_hit() {
    let _larder = testing::isolated();
    let app = Router::new().route("/", get(async || price(1).to_string()).layer(cache_page(60)));
    let read =
        |response: Response<Body>| testing::block_on(http_body_util::BodyExt::collect(response.into_body())).unwrap();
    let first = visit(&app, "/");
    read(first);
    assert_eq!(seen(&visit(&app, "/")), (1, 0));
}
