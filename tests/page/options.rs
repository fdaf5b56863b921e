//! Each option of `#[cache_page]`, where a user meets it.

use std::time::Duration;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{MethodRouter, get};
use larder::{cache_page, invalidate_tag, page, testing};

use crate::app::{Count, Visit};
use crate::stack;

const MINUTE: u64 = 60;
const HOUR: Duration = Duration::from_hours(1);

macro_rules! counting {
    ($($name:ident($($option:tt)*);)+) => {
        $(
            #[cache_page($($option)*)]
            async fn $name(State(count): State<Count>) -> String {
                count.one_more().to_string()
            }
        )+
    };
}

counting! {
    usual();
    constant(MINUTE * 15);
    duration(ttl = HOUR, browser = 60);
    asked_each_time(60, browser = 0);
    stale(60, stale = 30);
    elsewhere(60, cache = "special");
    versioned(60, version = 2, key_prefix = "site1");
    trusting(60, trust_client);
    quiet(60, etag, silent);
    explicit(explicit_only);
    renamed(60, companion = Page, layer = |layer| layer.tag("a tag"));
}

#[cache_page(60, stale_if_error = 600)]
async fn spare(State(count): State<Count>) -> Result<String, StatusCode> {
    if count.one_more() == 1 { Ok("1".to_owned()) } else { Err(StatusCode::INTERNAL_SERVER_ERROR) }
}

#[cache_page(60, query("page", "sort"))]
async fn list(RawQuery(query): RawQuery, State(count): State<Count>) -> String {
    format!("{} {query:?}", count.one_more())
}

#[cache_page(60, query())]
async fn whatever_is_asked(RawQuery(query): RawQuery, State(count): State<Count>) -> String {
    format!("{} {query:?}", count.one_more())
}

#[cache_page(60, see("X-Request-Id"))]
async fn traced(headers: HeaderMap, State(count): State<Count>) -> String {
    format!("{} {:?}", count.one_more(), headers["x-request-id"])
}

#[cache_page(60, keep_cookies)]
async fn baking(State(count): State<Count>) -> ([(&'static str, &'static str); 1], String) {
    ([("set-cookie", "theme=dark")], count.one_more().to_string())
}

#[cache_page(60, limit = 2 << 1)]
async fn large(Path(bytes): Path<usize>, State(count): State<Count>) -> String {
    count.one_more().to_string().repeat(bytes)
}

#[cache_page(60, variants = 2, vary = "Accept")]
async fn various(headers: HeaderMap, State(count): State<Count>) -> String {
    format!("{} {:?}", count.one_more(), headers["accept"])
}

/// Makes an app of one handler, with a count of its own.
fn app(route: MethodRouter<Count>) -> Router {
    Router::new().route("/", route.clone()).route("/{it}", route).with_state(Count::default())
}

fn visit(app: &Router, path: &str, headers: &[(&str, &str)]) -> Visit {
    stack::get(app, path, headers)
}

/// Returns what those downstream are told of their time.
fn told(route: MethodRouter<Count>) -> Option<String> {
    visit(&app(route), "/", &[]).header("cache-control")
}

#[test]
fn a_time_is_a_number_a_constant_or_a_duration_and_browsers_may_have_one_of_their_own() {
    let larder = testing::isolated();
    assert_eq!(told(get(usual)), None);
    assert_eq!(told(get(constant)).as_deref(), Some("max-age=900"));
    assert_eq!(told(get(duration)).as_deref(), Some("max-age=60"));
    assert_eq!(told(get(asked_each_time)).as_deref(), Some("max-age=0"));
    for (route, time) in [(get(usual), 300), (get(constant), 900), (get(duration), 3600), (get(asked_each_time), 60)] {
        let app = app(route);
        visit(&app, "/", &[]);
        larder.advance(Duration::from_secs(time - 1));
        assert_eq!(visit(&app, "/", &[]).text(), "1", "{time}");
        larder.advance(Duration::from_secs(1));
        assert_eq!(visit(&app, "/", &[]).text(), "2", "{time}");
    }
}

#[test]
fn past_its_time_a_page_is_served_as_long_as_was_said() {
    let larder = testing::isolated();
    let (stale, spare) = (app(get(stale)), app(get(spare)));
    let both = || [visit(&stale, "/stale", &[]), visit(&spare, "/spare", &[])].map(|visit| visit.text().to_owned());
    assert_eq!(both(), ["1", "1"]);
    larder.advance(Duration::from_secs(61));
    assert_eq!(both(), ["1", "1"]);
    testing::block_on(larder.settle());
    assert_eq!(both(), ["2", "1"]);
    larder.advance(Duration::from_secs(600));
    assert_eq!(both(), ["3", ""]);
}

#[test]
fn a_page_lives_in_the_cache_that_is_named() {
    let larder = testing::isolated();
    let (special, versioned) = (app(get(elsewhere)), app(get(versioned)));
    let hits = || (visit(&special, "/special", &[]).is_hit(), visit(&versioned, "/versioned", &[]).is_hit());
    assert_eq!(hits(), (false, false));
    assert_eq!(hits(), (true, true));
    testing::block_on(larder.cache("special").clear()).expect("an empty cache");
    assert_eq!(hits(), (false, true));
}

#[test]
fn only_the_parameters_that_are_named_count() {
    let _larder = testing::isolated();
    let (some, none) = (app(get(list)), app(get(whatever_is_asked)));
    assert_eq!(visit(&some, "/?utm=a&page=2", &[]).text(), "1 Some(\"page=2\")");
    assert_eq!(visit(&some, "/?page=2&utm=b", &[]).text(), "1 Some(\"page=2\")");
    assert_eq!(visit(&some, "/?page=3", &[]).text(), "2 Some(\"page=3\")");
    assert_eq!(visit(&none, "/?page=3", &[]).text(), "1 None");
    assert!(visit(&none, "/", &[]).is_hit());
}

#[test]
fn a_header_that_is_only_seen_tells_nothing_apart() {
    let _larder = testing::isolated();
    let app = app(get(traced));
    for id in ["a", "b"] {
        assert_eq!(visit(&app, "/", &[("x-request-id", id)]).text(), "1 \"a\"");
    }
}

#[test]
fn cookies_are_kept_and_clients_are_obeyed_where_that_was_said() {
    let _larder = testing::isolated();
    let (baking, trusting, strict) = (app(get(baking)), app(get(trusting)), app(get(usual)));
    visit(&baking, "/", &[]);
    let kept = visit(&baking, "/", &[]);
    assert!(kept.is_hit() && kept.header("set-cookie").is_some());
    for (app, second) in [(&trusting, "2"), (&strict, "1")] {
        visit(app, "/", &[]);
        assert_eq!(visit(app, "/", &[("cache-control", "no-cache")]).text(), second);
    }
}

#[test]
fn a_page_gets_a_tag_and_nothing_is_said_of_the_cache_where_that_was_asked_for() {
    let _larder = testing::isolated();
    let app = app(get(quiet));
    visit(&app, "/", &[]);
    let kept = visit(&app, "/", &[]);
    assert_eq!((kept.text(), kept.header("cache-status")), ("1", None));
    let tag = kept.header("etag").expect("a tag");
    assert_eq!(visit(&app, "/", &[("if-none-match", &tag)]).status, StatusCode::NOT_MODIFIED);
}

#[test]
fn what_says_no_time_what_is_too_long_and_one_variant_too_many_are_not_kept() {
    let _larder = testing::isolated();
    let (explicit, large, various) = (app(get(explicit)), app(get(large)), app(get(various)));
    visit(&explicit, "/", &[]);
    assert_eq!(visit(&explicit, "/", &[]).text(), "2");
    for (path, is_hit) in [("/4", true), ("/5", false)] {
        visit(&large, path, &[]);
        assert_eq!(visit(&large, path, &[]).is_hit(), is_hit, "{path}");
    }
    let ask = |accept| visit(&various, "/", &[("accept", accept)]).is_hit();
    assert_eq!(["a", "b", "c"].map(ask), [false; 3]);
    assert_eq!(["a", "b", "c"].map(ask).iter().filter(|is_hit| **is_hit).count(), 0, "each pushes one out");
}

#[test]
fn the_rest_is_told_to_a_layer_and_the_companion_has_the_name_that_was_said() {
    let _larder = testing::isolated();
    let app = app(get(renamed));
    assert_eq!(visit(&app, "/", &[]).text(), "1");
    invalidate_tag("a tag").expect("a tag");
    assert_eq!(visit(&app, "/", &[]).text(), "2");
    testing::block_on(Page::invalidate());
    assert_eq!(visit(&app, "/", &[]).text(), "3");
    page::invalidate("/").expect("a pattern");
    assert_eq!(visit(&app, "/", &[]).text(), "4");
    Page::site().switch_off();
    assert_eq!((visit(&app, "/", &[]).text(), visit(&app, "/", &[]).text()), ("5", "6"));
    assert_eq!(testing::block_on(Page::uncached(State(Count::default()))), "1");
}
