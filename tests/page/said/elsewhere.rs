//! Whose page it is that is spoken of, where there are several, or none.

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use http::{Request, Response};
use larder::page::{CacheLayer, cache_page};
use larder::{entry, invalidate_tag_blocking, testing};
use tower::{Layer, ServiceExt};

use super::super::app::{App, request, response};
use super::{SECOND, Speaking, discard};
use crate::inner::inner;
use crate::play::piped;

#[test]
fn a_handler_that_the_cache_has_nothing_to_do_with_has_nothing_to_say() {
    let _larder = testing::isolated();
    let app = App::new(&cache_page(60), |_, request| {
        let is_heard = entry::tag("tag") | entry::keep_for(5) | entry::discard();
        assert_eq!(is_heard, request.method() == "GET" && request.headers().get("range").is_none());
        response(200, &[], "")
    });
    app.send("POST", "/", &[]);
    app.send("OPTIONS", "/", &[]);
    app.get_with("/part", &[("range", "bytes=0-1")]);
    app.get("/");
    assert_eq!(app.runs.get(), 4);
    assert!(!entry::tag("tag"), "nothing is being loaded here");
}

#[test]
fn a_body_that_is_handed_to_one_client_has_nothing_to_say() {
    let _larder = testing::isolated();
    let app = App::new(&cache_page(60), |_, _| {
        let (pipe, body) = piped();
        pipe.send("private");
        response(200, &[("cache-control", "private")], Body::new(Speaking(body, || assert!(!entry::tag("tag")))))
    });
    assert_eq!(app.get("/").text(), "private");
}

#[test]
fn a_function_speaks_of_its_own_result_and_the_handler_around_it_of_the_page() {
    let _larder = testing::isolated();
    let app = App::slow(&cache_page(60), |run, _| async move {
        let inner = inner(7).await;
        assert!(entry::tag("said:outer"));
        response(200, &[], format!("{run} {inner}"))
    });
    let kept = || testing::block_on(inner::get(7));
    assert_eq!((app.get("/").text(), kept()), ("1 7", Some(7)));
    invalidate_tag_blocking("said:outer").unwrap();
    assert_eq!(
        (kept(), app.get("/").text()),
        (Some(7), "2 7"),
        "what the page is tagged with is none of the function's"
    );
    invalidate_tag_blocking("said:inner").unwrap();
    assert_eq!((kept(), app.get("/").text()), (None, "3 7"), "and the page is made of what the function returned");
    assert_eq!((app.get("/").text(), kept()), ("3 7", Some(7)));
}

#[test]
fn of_a_layer_around_a_layer_the_inner_one_is_spoken_of() {
    let larder = testing::isolated();
    let inner = get(async || {
        assert!(entry::keep_for(600) && entry::tag("tag"));
        "a page"
    });
    let router = Router::new().route("/", inner.layer(cache_page(60).key_prefix("inner")));
    let app = cache_page(60).key_prefix("outer").layer(router);
    let ask = || {
        let asked = app.clone().oneshot(request("GET", "/", &[]));
        let answer = testing::block_on(asked).expect("no error can happen");
        answer.headers()["cache-status"].to_str().unwrap().to_owned()
    };
    assert!(!ask().contains("hit"));
    larder.run_tasks();
    larder.advance(500 * SECOND);
    assert!(ask().contains("hit"));
    invalidate_tag_blocking("tag").unwrap();
    assert!(!ask().contains("hit"));
}

#[test]
fn answers_to_post_that_are_kept_are_spoken_of_too() {
    let larder = testing::isolated();
    let layer = cache_page(60).posts(1 << 10);
    let search = post(async |question: String| {
        assert!(entry::tag(format!("about {question}")) && entry::keep_for(600));
        question
    });
    let service = layer.layer(Router::new().route("/", search));
    let is_hit = |question: &'static str| {
        let request = Request::post("/").header("host", "example.org").body(Body::from(question)).unwrap();
        let answer: Response<_> = testing::block_on(service.clone().oneshot(request)).unwrap();
        let is_hit = answer.headers()["cache-status"].to_str().unwrap().contains("hit");
        drop(answer);
        larder.run_tasks();
        is_hit
    };
    assert_eq!([is_hit("tea"), is_hit("tea"), is_hit("milk"), is_hit("milk")], [false, true, false, true]);
    larder.advance(500 * SECOND);
    invalidate_tag_blocking("about tea").unwrap();
    assert_eq!([is_hit("tea"), is_hit("milk")], [false, true]);
}

#[test]
fn an_answer_to_post_that_is_the_page_of_its_url_is_spoken_of_as_that() {
    let _larder = testing::isolated();
    let headers = &[("content-location", "/"), ("cache-control", "max-age=60")];
    let app = App::new(&CacheLayer::rfc(), move |run, request| {
        assert!(entry::tag("tag"));
        if request.headers().contains_key("x-guess") {
            discard();
        }
        response(200, headers, format!("{run}"))
    });
    assert_eq!((app.send("POST", "/", &[]).text(), app.get("/").text()), ("1", "1"));
    invalidate_tag_blocking("tag").unwrap();
    assert_eq!(app.get("/").text(), "2");
    assert_eq!((app.send("POST", "/", &[("x-guess", "1")]).text(), app.get("/").text()), ("3", "4"));
}

#[test]
fn a_part_of_a_page_is_spoken_of_as_the_page_is() {
    let _larder = testing::isolated();
    let app = App::new(&cache_page(60).keep_parts(), |run, _| {
        assert!(entry::tag("tag"));
        let headers = [("content-range", "bytes 0-0/2"), ("cache-control", "max-age=60")];
        response(206, &headers, format!("{run}"))
    });
    let part = || app.get_with("/", &[("range", "bytes=0-0")]).text().to_owned();
    assert_eq!([part(), part()], ["1", "1"]);
    invalidate_tag_blocking("tag").unwrap();
    assert_eq!(part(), "2");
}
