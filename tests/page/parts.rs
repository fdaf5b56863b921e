//! Parts of pages are kept where the site wants that, and are never taken for the whole.

use std::time::Duration;

use axum::body::Body;
use http::{Request, Response};
use larder::page::{CacheLayer, invalidate_blocking};
use larder::testing;

use super::app::{App, Visit, response};

const TEXT: &str = "0123456789";

/// Answers with a part of ten digits where one is asked for, each time with its number in a header.
fn digits(run: usize, request: &Request<Body>, more: &[(&str, &str)]) -> Response<Body> {
    let number = run.to_string();
    let headers = [&[("cache-control", "max-age=60"), ("etag", "\"a\""), ("x-run", &*number)], more].concat();
    let asked = request.headers().get("range").map(|range| range.to_str().expect("a text"));
    let range = match asked {
        Some("bytes=2-6") => 2..7,
        Some("bytes=-3") => 7..10,
        Some("bytes=0-") => 0..10,
        _ => return response(200, &headers, TEXT),
    };
    let place = format!("bytes {}-{}/10", range.start, range.end - 1);
    response(206, &[&headers[..], &[("content-range", &*place)]].concat(), &TEXT[range])
}

fn app(layer: &CacheLayer) -> App {
    App::new(layer, |run, request| digits(run, &request, &[]))
}

/// What is asked for, and what the answer is: status, body, which bytes it says it is, and the run it comes from.
fn told(visit: &Visit) -> (u16, &str, Option<String>, Option<String>) {
    (visit.status.as_u16(), visit.text(), visit.header("content-range"), visit.header("x-run"))
}

fn range(app: &App, range: &str) -> Visit {
    app.get_with("/", &[("range", range)])
}

#[test]
fn a_part_answers_for_itself_and_for_parts_of_it_until_its_time_is_over() {
    let larder = testing::isolated();
    let app = app(&CacheLayer::new().keep_parts());
    let some = |text: &str| Some(text.to_owned());
    let first = range(&app, "bytes=2-6");
    assert_eq!(told(&first), (206, "23456", some("bytes 2-6/10"), some("1")));
    assert_eq!(first.header("cache-status").as_deref(), Some("larder; fwd=uri-miss; stored"));
    larder.advance(Duration::from_secs(7));
    for (asked, text, place) in
        [("bytes=2-6", "23456", "bytes 2-6/10"), ("bytes=3-4", "34", "bytes 3-4/10"), ("bytes=-4", "6", "bytes 6-6/10")]
    {
        let answer = range(&app, asked);
        let expected =
            if asked == "bytes=-4" { (200, TEXT, None, some("2")) } else { (206, text, some(place), some("1")) };
        assert_eq!(told(&answer), expected, "{asked}");
    }
    let whole = range(&app, "bytes=3-4");
    assert_eq!(told(&whole), (206, "34", some("bytes 3-4/10"), some("2")), "the whole came meanwhile, and comes first");
}

#[test]
fn a_part_is_no_page_and_no_other_part() {
    let larder = testing::isolated();
    let app = app(&CacheLayer::new().keep_parts());
    assert_eq!(range(&app, "bytes=2-6").text(), "23456");
    assert_eq!(range(&app, "bytes=2-6").header("age").as_deref(), Some("0"));
    assert_eq!(range(&app, "bytes=-3").text(), "789");
    assert_eq!(
        range(&app, "bytes=8-8").header("x-run").as_deref(),
        Some("2"),
        "the newest part is the one that is kept"
    );
    larder.advance(Duration::from_secs(60));
    assert_eq!(range(&app, "bytes=-3").header("x-run").as_deref(), Some("3"));
    assert_eq!((app.get("/").status.as_u16(), app.get("/").text()), (200, TEXT));
    assert_eq!(app.runs.get(), 4);
}

#[test]
fn a_part_is_asked_for_each_time_where_nobody_wants_it_kept_or_it_may_not_be() {
    let _larder = testing::isolated();
    let (keeps, plain) = (CacheLayer::new().keep_parts(), CacheLayer::new());
    let of = |layer: &CacheLayer, more: &'static [(&str, &str)]| {
        App::new(layer, move |run, request| digits(run, &request, more))
    };
    let told_apart = CacheLayer::new().keep_parts().vary("accept");
    let apps = [
        of(&plain, &[]),
        of(&told_apart, &[]),
        of(&keeps, &[("vary", "accept")]),
        of(&keeps, &[("cache-control", "private")]),
        of(&keeps, &[("set-cookie", "a=b")]),
        of(&keeps, &[("content-range", "bytes 2-6/10")]),
    ];
    for (number, app) in apps.iter().enumerate() {
        assert_eq!((range(app, "bytes=2-6").text(), range(app, "bytes=2-6").text()), ("23456", "23456"));
        assert_eq!(app.runs.get(), 2, "{number}");
    }
}

#[test]
fn who_has_other_parts_already_is_told_whether_they_are_of_this_page() {
    let _larder = testing::isolated();
    let app = app(&CacheLayer::new().keep_parts());
    assert_eq!(range(&app, "bytes=2-6").status, 206);
    let with = |tag| app.get_with("/", &[("range", "bytes=3-4"), ("if-range", tag)]);
    assert_eq!(told(&with("\"a\"")).1, "34");
    assert_eq!(app.runs.get(), 1);
    assert_eq!((with("\"b\"").status.as_u16(), app.runs.get()), (200, 2), "the handler is asked, with the condition");
    let known = app.get_with("/", &[("range", "bytes=3-4"), ("if-none-match", "\"a\"")]);
    assert_eq!((known.status.as_u16(), app.runs.get()), (304, 2));
    assert_eq!((range(&app, "bytes=99-").status.as_u16(), app.runs.get()), (416, 2));
}

#[test]
fn a_write_and_an_invalidation_empty_the_parts_of_a_page_too() {
    let _larder = testing::isolated();
    let app = app(&CacheLayer::new().keep_parts());
    let run = || range(&app, "bytes=2-6").header("x-run");
    assert_eq!((run().as_deref(), run().as_deref()), (Some("1"), Some("1")));
    assert_eq!(app.send("POST", "/", &[]).status, 200);
    assert_eq!(run().as_deref(), Some("3"));
    invalidate_blocking("/").expect("a configuration");
    assert_eq!(run().as_deref(), Some("4"));
}

#[test]
fn a_handler_that_makes_a_part_sees_what_it_would_see_of_any_request() {
    let _larder = testing::isolated();
    let app = App::new(&CacheLayer::new().keep_parts(), |run, request| {
        let cookie = request.headers().get("cookie").map_or("none", |cookie| cookie.to_str().expect("a text"));
        digits(run, &request, &[("x-cookie", cookie)])
    });
    let answer = app.get_with("/", &[("range", "bytes=2-6"), ("cookie", "session=1")]);
    assert_eq!((answer.status.as_u16(), answer.header("x-cookie").as_deref()), (206, Some("none")));
}
