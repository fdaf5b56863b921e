//! A page is made once, kept, and handed out.

use std::time::Duration;

use larder::page::{CacheLayer, cache_page};
use larder::testing;

use super::app::{App, response};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_page_is_made_once_and_handed_out_with_its_age() {
    let larder = testing::isolated();
    let app = App::new(&cache_page(60), |run, _| response(200, &[("content-type", "text/plain")], format!("n={run}")));
    let first = app.get("/p?a=1");
    assert_eq!((first.text(), first.header("age")), ("n=1", None));
    assert_eq!(first.header("cache-status").as_deref(), Some("larder; fwd=uri-miss; stored"));
    assert_eq!(first.header("cache-control").as_deref(), Some("max-age=60"));
    larder.advance(7 * SECOND);
    let second = app.get("/p?a=1");
    assert_eq!((second.text(), second.header("age").as_deref()), ("n=1", Some("7")));
    assert_eq!(second.header("cache-status").as_deref(), Some("larder; hit; ttl=53"));
    assert_eq!(second.header("content-type").as_deref(), Some("text/plain"));
    assert_eq!(app.get("/p?a=2").text(), "n=2");
    larder.advance(53 * SECOND);
    assert_eq!(app.get("/p?a=1").text(), "n=3");
}

#[test]
fn two_variants_of_a_page_live_side_by_side() {
    let _larder = testing::isolated();
    let layer = CacheLayer::new().see("Accept-Language");
    let app = App::new(&layer, |run, request| {
        let language = request.headers().get("accept-language").map_or("none", |value| value.to_str().unwrap());
        response(200, &[("vary", "Accept-Language")], format!("{language} {run}"))
    });
    let visit = |language| app.get_with("/", &[("accept-language", language)]);
    assert_eq!((visit("de").text(), visit("en").text()), ("de 1", "en 2"));
    assert_eq!((visit("de").text(), visit("en").text()), ("de 1", "en 2"));
    assert_eq!((app.get("/").text(), visit("").text()), ("none 3", " 4"), "absent differs from empty");
    assert_eq!((app.get("/").text(), visit("").text()), ("none 3", " 4"));
}

#[test]
fn variants_are_told_apart_by_what_headers_say_where_the_site_wants_that() {
    let _larder = testing::isolated();
    let texts = |layer: &CacheLayer| {
        let app = App::new(layer, |run, _| response(200, &[("vary", "Accept-Language, Cookie")], format!("{run}")));
        let visit = |language, cookie| app.get_with("/", &[("accept-language", language), ("cookie", cookie)]);
        [visit("en, de", "a,b"), visit("DE,en", "a,b"), visit("en, de", "a, b")].map(|visit| visit.text().to_owned())
    };
    assert_eq!(texts(&CacheLayer::new().see_everything()), ["1", "2", "3"]);
    assert_eq!(texts(&CacheLayer::new().see_everything().by_meaning().key_prefix("other")), ["1", "1", "2"]);
}

#[test]
fn a_page_that_sets_a_cookie_or_is_private_is_not_kept() {
    let _larder = testing::isolated();
    for headers in [("set-cookie", "a=b"), ("cache-control", "Private"), ("cache-control", "no-store"), ("vary", " * ")]
    {
        let app = App::new(&cache_page(60), move |run, _| response(200, &[headers], format!("{run}")));
        assert_eq!((app.get("/").text(), app.get("/").text()), ("1", "2"), "{headers:?}");
    }
}

#[test]
fn a_write_empties_the_page_that_it_was_for() {
    let _larder = testing::isolated();
    let app = App::new(&cache_page(60), |run, _| response(200, &[], format!("{run}")));
    assert_eq!((app.get("/").text(), app.get("/").text()), ("1", "1"));
    assert_eq!(app.send("POST", "/", &[]).text(), "2");
    assert_eq!(app.get("/").text(), "3");
}

#[test]
fn a_page_is_asked_for_with_its_validators_when_its_time_is_over() {
    let larder = testing::isolated();
    let app = App::new(&cache_page(60), |run, request| {
        let is_known = request.headers().get("if-none-match").is_some_and(|tag| tag == "\"v1\"");
        let headers = &[("etag", "\"v1\""), ("x-run", &*run.to_string())];
        if is_known { response(304, headers, "") } else { response(200, headers, "text") }
    });
    assert_eq!(app.get("/").text(), "text");
    larder.advance(60 * SECOND);
    let renewed = app.get("/");
    assert_eq!((renewed.text(), renewed.header("x-run").as_deref()), ("text", Some("2")));
    assert_eq!(renewed.header("cache-status").as_deref(), Some("larder; fwd=stale; fwd-status=304; stored"));
    assert!(app.get("/").is_hit());
    assert_eq!(app.get_with("/", &[("if-none-match", "\"v1\"")]).status, 304);
    assert_eq!(app.runs.get(), 2);
}

#[test]
fn two_places_in_one_cache_never_read_each_others_pages() {
    let _larder = testing::isolated();
    let app = |layer: CacheLayer, name: &'static str| {
        App::new(&layer, move |run, _| response(200, &[], format!("{name} {run}")))
    };
    let (one, other) = (app(cache_page(60), "one"), app(cache_page(60).vary("x-user"), "other"));
    assert_eq!((one.get("/").text(), other.get("/").text()), ("one 1", "other 1"));
    assert_eq!((other.get("/").text(), one.get("/").text()), ("other 1", "one 2"), "the last page is kept");
}

#[test]
fn two_layers_that_are_told_the_same_in_two_places_never_read_each_others_pages() {
    let _larder = testing::isolated();
    let app = |layer: CacheLayer, name: &'static str| {
        App::new(&layer, move |run, _| response(200, &[], format!("{name} {run}")))
    };
    let open = app(cache_page(60), "for all");
    let closed = app(cache_page(60), "for those who were let in");
    assert_eq!((closed.get("/").text(), open.get("/").text()), ("for those who were let in 1", "for all 1"));
    assert_eq!((open.get("/").text(), closed.get("/").text()), ("for all 1", "for those who were let in 2"));
    let each = ["one", "two"].map(|name| app(CacheLayer::new().time(60), name).get("/").text().to_owned());
    assert_eq!(each, ["one 1", "one 1"], "what is made in one place is one");
}

#[test]
fn two_layers_of_one_name_are_one_wherever_they_are_made() {
    let _larder = testing::isolated();
    let one = App::new(&cache_page(60).key_prefix("site"), |run, _| response(200, &[], run.to_string()));
    let other = App::new(&cache_page(60).key_prefix("site"), |_, _| response(200, &[], "made anew"));
    assert_eq!((one.get("/").text(), other.get("/").text()), ("1", "1"));
}

#[test]
fn a_page_gets_a_tag_of_its_bytes_where_a_layer_is_told_so() {
    let larder = testing::isolated();
    let app = App::new(&cache_page(60).etag(), |_, request| match request.uri().path() {
        "/own" => response(200, &[("etag", "\"own\"")], "text"),
        path => response(200, &[], path.to_owned()),
    });
    let tag = |path: &str| {
        app.get(path);
        app.get(path).header("etag")
    };
    let first = tag("/a").expect("a tag");
    assert_eq!(app.get_with("/a", &[("if-none-match", &first)]).status, 304);
    larder.advance(61 * SECOND);
    assert_eq!(tag("/a"), Some(first.clone()), "what has not changed has the same tag");
    assert_eq!(app.get_with("/a", &[("if-none-match", &first)]).status, 304);
    assert!(tag("/b") != Some(first) && tag("/own").as_deref() == Some("\"own\""));
    let without = App::new(&cache_page(60), |_, _| response(200, &[], "text"));
    without.get("/");
    assert_eq!(without.get("/").header("etag"), None);
}
