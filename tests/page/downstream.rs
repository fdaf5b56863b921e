//! What those downstream are told of a page: browsers, and caches on the way to them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use larder::page::headers::read_date;
use larder::page::{CacheLayer, cache_page};
use larder::testing;

use super::app::{App, Visit, response};

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

#[test]
fn those_downstream_are_told_by_what_pages_are_told_apart() {
    let _larder = testing::isolated();
    let layer = cache_page(60).vary("Accept-Language").vary_cookie("theme").offer("Accept-Encoding", ["br"]);
    let app = App::new(&layer, |_, _| response(200, &[("vary", "X-Other, accept-language")], "page"));
    for _ in 0..2 {
        let visit = app.get("/");
        assert_eq!(visit.header("vary").as_deref(), Some("X-Other, accept-language, cookie, accept-encoding"));
        assert_eq!(visit.header("cache-control").as_deref(), Some("max-age=60"));
    }
    let renewed = app.get_with("/", &[("accept-language", "de")]);
    assert!(!renewed.is_hit() && renewed.header("vary").is_some_and(|vary| vary.ends_with("cookie, accept-encoding")));
}

#[test]
fn what_a_layer_outside_says_of_who_asks_makes_a_page_private_downstream_and_not_here() {
    let larder = testing::isolated();
    let app = App::new(&cache_page(60).vary_extension::<u64>(), |run, request| {
        let public = request.uri().path() == "/public";
        response(200, if public { &[("cache-control", "public")] } else { &[] }, format!("{run}"))
    });
    let visit = |path: &str, user: u64| {
        let mut request = super::app::request("GET", path, &[]);
        request.extensions_mut().insert(user);
        testing::block_on(app.ask(request))
    };
    for text in ["1", "1"] {
        let page = visit("/", 1);
        assert_eq!((page.text(), page.header("cache-control").as_deref()), (text, Some("max-age=60, private")));
    }
    assert_eq!((visit("/", 2).text(), visit("/", 1).text()), ("2", "1"));
    assert_eq!(visit("/public", 1).header("cache-control").as_deref(), Some("public, max-age=60"));
    larder.advance(61 * SECOND);
    assert_eq!(visit("/", 1).text(), "4", "what is said downstream is not said here");
}

#[test]
fn an_encoded_page_says_so_to_those_downstream_whether_its_handler_does_or_not() {
    let _larder = testing::isolated();
    let app = App::new(&cache_page(60), |_, _| response(200, &[("content-encoding", "gzip")], "bytes"));
    let visit = || app.get_with("/", &[("accept-encoding", "gzip")]).header("vary");
    assert_eq!([visit(), visit()].map(Option::unwrap_or_default), ["accept-encoding"; 2]);
}

#[test]
fn a_head_of_what_is_not_kept_is_answered_by_its_conditions_as_one_of_what_is_kept() {
    let _larder = testing::isolated();
    let asked = [("if-match", "\"0\""), ("if-match", "\"1\""), ("if-none-match", "\"0\""), ("if-none-match", "\"1\"")];
    let answers = |is_kept: bool| {
        asked.map(|condition| {
            let app = App::new(&cache_page(60), |_, _| response(200, &[("etag", "\"1\""), ("age", "3")], "page"));
            if is_kept {
                app.get("/");
            }
            let head = app.send("HEAD", "/", &[condition]);
            let told = ["etag", "cache-control", "age"].map(|name| head.header(name));
            (head.status.as_u16(), told)
        })
    };
    let (fresh, kept) = (answers(false), answers(true));
    assert_eq!(fresh, kept);
    assert_eq!(fresh.map(|(status, _)| status), [412, 200, 200, 304]);
    let private =
        App::new(&cache_page(60), |_, _| response(200, &[("etag", "\"1\""), ("cache-control", "private")], ""));
    assert_eq!(private.send("HEAD", "/own", &[asked[0]]).status.as_u16(), 200, "which is its handler's to answer");
}
