//! Answers to `POST`, told apart by what was sent, where a layer was told so.

use axum::Router;
use axum::body::Body;
use axum::routing::post;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use larder::page::{PageBody, cache_page};
use larder::testing;
use tower::{Layer, ServiceExt};

use crate::app::Count;

/// Sends a text; returns what was answered, and whether that came out of the cache.
fn send(layer: &larder::page::PostLayer, runs: &Count, method: &str, path: &str, body: Body) -> (String, bool) {
    let runs = runs.clone();
    let search = async move |question: String| format!("{question} {}", runs.one_more());
    let router = Router::new().route("/search", post(search.clone()).get(search));
    let request = Request::builder().method(method).uri(path).header("host", "example.org").body(body);
    let asked = layer.layer(router).oneshot(request.expect("a request"));
    testing::block_on(async {
        let answer: Response<PageBody<Body>> = asked.await.expect("no error can happen");
        let is_hit = answer.headers()["cache-status"].to_str().is_ok_and(|status| status.contains("hit"));
        let text = answer.into_body().collect().await.expect("a whole body").to_bytes();
        (String::from_utf8_lossy(&text).into_owned(), is_hit)
    })
}

#[test]
fn answers_to_post_are_told_apart_by_what_was_sent() {
    let _larder = testing::isolated();
    let (layer, runs) = (cache_page(60).posts(1 << 10), Count::default());
    let ask = |text: &str| send(&layer, &runs, "POST", "/search", Body::from(text.to_owned()));
    let long = |end: &str| format!("{}{end}", "x".repeat(500));
    assert_eq!((ask("tea"), ask("tea")), (("tea 1".to_owned(), false), ("tea 1".to_owned(), true)));
    assert_eq!((ask("coffee").0, ask("coffee").1), ("coffee 2".to_owned(), true));
    assert_eq!((ask(&long("a")).1, ask(&long("b")).1, ask(&long("a")).1), (false, false, true));
    assert_eq!(ask("").0, " 5", "nothing sent is told apart too");
    assert_eq!(send(&layer, &runs, "GET", "/search", Body::empty()).0, " 6", "and is no answer to a GET");
    assert_eq!((ask("").1, ask("tea").1), (true, true), "and a POST that finds something changes nothing");
}

#[test]
fn what_was_sent_says_of_what_kind_it_is_and_is_told_apart_by_that_too() {
    let _larder = testing::isolated();
    let (layer, runs) = (cache_page(60).posts(1 << 10), Count::default());
    let count = runs.clone();
    let kind = async move |request: Request<Body>| {
        count.one_more();
        let kind = request.headers().get("content-type").cloned();
        kind.map_or("none".to_owned(), |kind| kind.to_str().expect("a text").to_owned())
    };
    let router = Router::new().route("/", post(kind));
    let ask = |kind: &str| {
        let request = Request::post("/").header("host", "example.org").header("content-type", kind);
        let asked = layer.layer(router.clone()).oneshot(request.body(Body::from("{}")).expect("a request"));
        testing::block_on(async {
            let answer = asked.await.expect("no error can happen");
            assert_eq!(answer.headers().get("vary"), None, "nobody downstream keeps an answer to POST");
            answer.into_body().collect().await.expect("a whole body").to_bytes()
        })
    };
    let json = "application/json";
    assert_eq!((&*ask(json), &*ask("text/plain"), &*ask(json)), (json.as_bytes(), &b"text/plain"[..], json.as_bytes()));
    assert_eq!(runs.get(), 2);
}

#[test]
fn what_is_too_long_or_does_not_say_how_long_it_is_goes_to_its_handler() {
    let _larder = testing::isolated();
    let (layer, runs) = (cache_page(60).posts(4), Count::default());
    for body in [|| Body::from("five!"), || Body::new(Unsaid(Body::from("tea")))] {
        let first = send(&layer, &runs, "POST", "/search", body());
        let second = send(&layer, &runs, "POST", "/search", body());
        assert!(!first.1 && !second.1 && first.0 != second.0, "{first:?} {second:?}");
    }
}

/// A body that does not say how long it is.
struct Unsaid(Body);

impl http_body::Body for Unsaid {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, axum::Error>>> {
        std::pin::Pin::new(&mut self.0).poll_frame(context)
    }
}

#[test]
fn no_post_is_answered_that_nothing_has_changed() {
    let _larder = testing::isolated();
    let layer = cache_page(60).posts(1 << 10);
    let router = Router::new().route("/", post(async || ([("etag", "\"v1\"")], "found")));
    let ask = |condition: &str| {
        let request = Request::post("/").header("host", "example.org").header("if-none-match", condition);
        let asked = layer.layer(router.clone()).oneshot(request.body(Body::from("{}")).expect("a request"));
        testing::block_on(asked).expect("no error can happen").status().as_u16()
    };
    assert_eq!([ask("\"v0\""), ask("\"v1\""), ask("W/\"v1\"")], [200, 412, 412]);
}
