//! What those downstream are told of a page: browsers, and caches on the way to them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use larder::page::headers::read_date;
use larder::page::{CacheLayer, cache_page};
use larder::testing;

use crate::app::{App, Visit, response};

const SECOND: Duration = Duration::from_secs(1);

fn times(visit: &Visit) -> [Option<String>; 2] {
    ["cache-control", "expires"].map(|name| visit.header(name))
}

/// Returns when a page expires, in seconds since 1970.
fn expires(visit: &Visit) -> u64 {
    let time = read_date(&visit.headers["expires"], SystemTime::now()).expect("a date");
    time.duration_since(UNIX_EPOCH).expect("after 1970").as_secs()
}

#[test]
fn a_time_of_zero_keeps_nothing_and_those_downstream_are_told() {
    let _larder = testing::isolated();
    let app = App::new(&cache_page(0), |run, _| response(200, &[], format!("{run}")));
    let first = app.get("/");
    assert_eq!(first.header("cache-control").as_deref(), Some("max-age=0"));
    assert_eq!(first.header("expires"), first.header("date"));
    assert_eq!(app.get("/").text(), "2");
}

#[test]
fn what_nobody_may_keep_stays_as_it_is() {
    let _larder = testing::isolated();
    for (said, time) in [("no-store", 0), ("no-store", 60), ("private", 0), ("private", 60)] {
        let app = App::new(&cache_page(time), move |_, _| response(200, &[("cache-control", said)], ""));
        assert_eq!(times(&app.get("/")), [Some(said.to_owned()), None], "{time}");
    }
}

#[test]
fn an_answer_to_head_tells_the_times_that_one_to_get_tells() {
    let _larder = testing::isolated();
    let app = App::new(&cache_page(60), |_, _| response(200, &[], "text"));
    let head = app.send("HEAD", "/", &[]);
    assert_eq!(head.header("cache-control").as_deref(), Some("max-age=60"));
    assert_eq!(times(&head), times(&app.get("/")));
    assert!(app.send("HEAD", "/", &[]).is_hit());
}

#[test]
fn an_answer_to_head_is_told_no_time_where_the_page_may_not_be_kept() {
    let _larder = testing::isolated();
    let app = App::new(&cache_page(60), |_, _| response(200, &[("set-cookie", "a=b")], "text"));
    assert_eq!(times(&app.send("HEAD", "/", &[])), [None, None]);
}

/// An application whose page never changes, and says so when it is asked.
fn constant(layer: &CacheLayer) -> App {
    App::new(layer, |_, request| {
        let is_known = request.headers().contains_key("if-none-match");
        if is_known { response(304, &[], "") } else { response(200, &[("etag", "\"v1\"")], "text") }
    })
}

#[test]
fn a_page_that_is_confirmed_expires_later_than_before() {
    let larder = testing::isolated();
    let app = constant(&cache_page(60));
    let first = app.get("/");
    larder.advance(61 * SECOND);
    let second = app.get("/");
    assert_eq!(app.runs.get(), 2);
    assert_eq!(second.header("cache-control"), first.header("cache-control"));
    assert_eq!(expires(&second), expires(&first) + 61);
    assert_eq!(times(&app.get("/")), times(&second));
}

#[test]
fn a_page_that_is_confirmed_with_another_time_is_told_no_more_than_the_site_allows() {
    let larder = testing::isolated();
    let app = App::new(&cache_page(60), |run, _| {
        let status = if run == 1 { 200 } else { 304 };
        response(status, &[("etag", "\"v1\""), ("cache-control", "max-age=3600")], "")
    });
    app.get("/");
    larder.advance(61 * SECOND);
    assert_eq!(app.get("/").header("cache-control").as_deref(), Some("max-age=60"));
}

#[test]
fn what_browsers_are_told_is_not_how_long_a_page_is_kept_once_it_is_confirmed() {
    let larder = testing::isolated();
    let app = constant(&cache_page(600).browser(60));
    app.get("/");
    larder.advance(601 * SECOND);
    app.get("/");
    larder.advance(599 * SECOND);
    assert!(app.get("/").is_hit());
    assert_eq!(app.runs.get(), 2);
}

#[test]
fn an_answer_to_head_that_confirms_a_page_makes_it_expire_later_too() {
    let larder = testing::isolated();
    let app = App::new(&cache_page(60), |_, _| response(200, &[("etag", "\"v1\"")], "text"));
    let first = app.get("/");
    larder.advance(61 * SECOND);
    app.send("HEAD", "/", &[]);
    let second = app.get("/");
    assert!(second.is_hit());
    assert_eq!(expires(&second), expires(&first) + 61);
}

#[test]
fn browsers_are_told_another_time_and_everything_else_that_the_page_says() {
    let larder = testing::isolated();
    let said = "must-revalidate, Max-Age=300, no-transform";
    let app = App::new(&cache_page(600).browser(60), move |_, _| response(200, &[("cache-control", said)], ""));
    assert_eq!(app.get("/").header("cache-control").as_deref(), Some("must-revalidate, no-transform, max-age=60"));
    larder.advance(7 * SECOND);
    assert_eq!(app.get("/").header("cache-control").as_deref(), Some("must-revalidate, no-transform, max-age=67"));
    larder.advance(SECOND);
    assert_eq!(app.get("/").header("cache-control").as_deref(), Some("must-revalidate, no-transform, max-age=68"));
}
