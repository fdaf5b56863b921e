//! How long pages are kept, here and downstream.

use std::time::Duration;

use axum::Router;
use axum::extract::{FromRequestParts, State};
use axum::response::IntoResponse;
use axum::routing::get;
use http::request::Parts;
use http::{StatusCode, Uri};
use larder::testing::{self, Isolated};
use larder::{Settings, cache_page};

use super::{Site, User, page};
use crate::app::{Count, request};
use crate::play::Visitor;
use crate::stack;

const MINUTE: u64 = 60;
const SECOND: Duration = Duration::from_secs(1);

page!(by_number: 60);
page!(by_product: 6 * 10);
page!(by_constant: MINUTE);
page!(by_duration: Duration::from_millis(60_000));
page!(by_name: ttl = 60);
page!(by_expression: ttl = MINUTE * 2 - 60);
page!(by_nothing:);
page!(by_browser: 60, browser = 5);
page!(by_browser_never: 60, browser = 0);
page!(stale: 60, stale = 30);
page!(spare: 60, stale_if_error = 30);
page!(explicit: explicit_only);

/// Looks for how many seconds a page answers without its handler.
fn seconds_kept(larder: &Isolated, site: &Site, path: &str) -> u32 {
    let first = site.text(path);
    let is_there = |seconds: &u32| {
        let is_there = site.text(path) == first;
        larder.advance(SECOND);
        *seconds < 10_000 && is_there
    };
    u32::try_from((0..u32::MAX).take_while(is_there).count()).unwrap()
}

#[test]
fn a_time_is_written_in_any_way_that_times_are_written_in() {
    let larder = testing::isolated();
    let sites = [
        Site::of(by_number),
        Site::of(by_product),
        Site::of(by_constant),
        Site::of(by_duration),
        Site::of(by_name),
        Site::of(by_expression),
    ];
    for (index, site) in sites.iter().enumerate() {
        let path = format!("/{index}");
        assert_eq!(site.get(&path).header("cache-control").as_deref(), Some("max-age=60"), "{index}");
        assert_eq!(seconds_kept(&larder, site, &path), 60, "{index}");
    }
}

#[test]
fn the_time_of_the_handler_is_the_most_there_is_and_a_page_may_say_less() {
    let larder = testing::isolated();
    let site = Site::of(by_number);
    let table = [
        ("/?cache-control=max-age=10", 10),
        ("/?cache-control=max-age=100", 60),
        ("/?cache-control=s-maxage=20,max-age=10", 20),
        ("/?cache-control=s-maxage=100,max-age=10", 60),
        ("/?cache-control=public", 60),
        ("/?cache-control=no-store", 0),
        ("/?cache-control=private", 0),
        ("/?cache-control=no-cache", 0),
        ("/?cache-control=max-age=0", 0),
    ];
    for (path, expected) in table {
        assert_eq!(seconds_kept(&larder, &site, path), expected, "{path}");
    }
}

#[test]
fn without_a_time_of_the_handler_the_page_says_it_and_then_its_cache() {
    let larder = testing::isolated_with([("default", Settings::memory().ttl(40))]).unwrap();
    let site = Site::of(by_nothing);
    assert_eq!(seconds_kept(&larder, &site, "/?cache-control=max-age=1000"), 1000);
    assert_eq!(seconds_kept(&larder, &site, "/?cache-control=s-maxage=7,max-age=1000"), 7);
    assert_eq!(seconds_kept(&larder, &site, "/"), 40);
    let larder = testing::isolated();
    assert_eq!(seconds_kept(&larder, &site, "/"), 300);
}

#[test]
fn what_says_no_time_itself_is_not_kept_where_that_is_asked_for() {
    let larder = testing::isolated();
    let site = Site::of(explicit);
    assert_eq!(seconds_kept(&larder, &site, "/"), 0);
    assert_eq!(seconds_kept(&larder, &site, "/?cache-control=max-age=9"), 9);
}

#[test]
fn browsers_are_told_a_time_of_their_own() {
    let larder = testing::isolated();
    let site = Site::of(by_browser);
    assert_eq!(site.get("/").header("cache-control").as_deref(), Some("max-age=5"));
    assert_eq!(seconds_kept(&larder, &site, "/"), 60);
    let never = Site::of(by_browser_never);
    for run in ["1", "1"] {
        let visit = never.get("/never");
        assert_eq!((visit.header("cache-control").as_deref(), visit.text()), (Some("max-age=0"), run));
    }
}

#[test]
fn a_page_past_its_time_answers_for_a_while_and_is_made_once_behind_the_answers() {
    let larder = testing::isolated();
    let site = Site::of(stale);
    assert_eq!(site.text("/"), "1");
    larder.advance(89 * SECOND);
    assert_eq!([site.text("/"), site.text("/"), site.text("/")], ["1", "1", "1"]);
    larder.run_tasks();
    assert_eq!((site.count.get(), site.text("/")), (2, "2".to_owned()), "one for all of them");
    larder.advance(90 * SECOND);
    assert_eq!(site.text("/"), "3", "past that, too");
}

#[cache_page(60, stale = 600)]
async fn breaks(State(count): State<Count>) -> Result<String, StatusCode> {
    if count.one_more() == 1 { Ok("the page".to_owned()) } else { Err(StatusCode::BAD_GATEWAY) }
}

#[test]
fn a_page_that_cannot_be_made_anew_is_left_alone_for_a_while() {
    let larder = testing::isolated();
    let site = Site::of(breaks);
    site.get("/");
    larder.advance(61 * SECOND);
    for _ in 0..20 {
        assert_eq!(site.text("/"), "the page");
        larder.run_tasks();
    }
    assert_eq!(site.count.get(), 2);
    larder.advance(6 * SECOND);
    assert_eq!(site.text("/"), "the page");
    larder.run_tasks();
    assert_eq!(site.count.get(), 3);
}

/// A name that is read before the page is looked for.
struct Name(String);

impl<S: Sync> FromRequestParts<S> for Name {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let name = parts.headers.get("x-name").and_then(|name| name.to_str().ok());
        name.map(|name| Self(name.to_owned())).ok_or(StatusCode::UNAUTHORIZED)
    }
}

#[cache_page(60, stale = 60, key = "stale:<user.id: u64>", shared(name))]
async fn greeting(user: User, name: Name, State(count): State<Count>) -> String {
    format!("{} for {} by {}", count.one_more(), user.id, name.0)
}

#[test]
fn whoever_finds_a_page_past_its_time_makes_the_next_one_with_their_own_guards() {
    let larder = testing::isolated();
    let site = Site::of(greeting);
    let ask = |user: &str, name: &str| site.text_with("/", &[("cookie", user), ("x-name", name)]);
    assert_eq!((ask("user=1", "a"), ask("user=2", "b")), ("1 for 1 by a".into(), "2 for 2 by b".into()));
    larder.advance(61 * SECOND);
    assert_eq!(ask("user=1", "c"), "1 for 1 by a");
    larder.run_tasks();
    assert_eq!(ask("user=1", "d"), "3 for 1 by c", "with the values that were taken then");
    assert_eq!(ask("user=2", "e"), "2 for 2 by b", "the page of another is another page");
    larder.run_tasks();
    assert_eq!(ask("user=2", "f"), "4 for 2 by e");
}

#[test]
fn a_page_past_its_time_is_not_shown_to_who_is_not_let_in() {
    let larder = testing::isolated();
    let site = Site::of(greeting);
    assert_eq!(site.get_with("/", &[("cookie", "user=1"), ("x-name", "a")]).status, 200);
    larder.advance(61 * SECOND);
    assert_eq!(site.get_with("/", &[("cookie", "user=1")]).status, 401);
    assert_eq!((larder.run_tasks(), site.count.get()), (0, 1), "and nobody makes one for them");
}

#[cache_page(60, stale_if_error = 30)]
async fn fails(State(count): State<Count>, uri: Uri) -> Result<String, StatusCode> {
    match (count.one_more(), uri.path()) {
        (1, _) => Ok("the page".to_owned()),
        (_, "/panic") => panic!("by design"),
        (_, "/refused") => Err(StatusCode::FORBIDDEN),
        _ => Err(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

#[test]
fn a_page_stands_in_for_an_error_for_as_long_as_was_said() {
    let larder = testing::isolated();
    let ask = |site: &Site, path| site.get(path).status.as_u16();
    for path in ["/error", "/panic"] {
        let site = Site::of(fails);
        assert_eq!(ask(&site, path), 200);
        larder.advance(89 * SECOND);
        assert_eq!((ask(&site, path), site.count.get()), (200, 2), "{path}");
        larder.advance(SECOND);
        if path == "/error" {
            assert_eq!(ask(&site, path), 500);
        }
    }
    let site = Site::of(fails);
    assert_eq!(ask(&site, "/refused"), 200);
    larder.advance(61 * SECOND);
    assert_eq!(ask(&site, "/refused"), 403, "that is an answer");
}

#[test]
fn without_the_word_nothing_is_shown_past_its_time() {
    let larder = testing::isolated();
    for site in [Site::of(by_number), Site::of(spare)] {
        let before = site.text("/past");
        larder.advance(60 * SECOND);
        assert_ne!(site.text("/past"), before);
    }
}

#[cache_page(60)]
async fn slow(State(count): State<Count>) -> impl IntoResponse {
    count.one_more().to_string()
}

#[test]
fn a_page_is_as_old_as_its_answers_say() {
    let larder = testing::isolated();
    let app = Router::new().route("/", get(slow)).with_state(Count::default());
    stack::get(&app, "/", &[]);
    larder.advance(7 * SECOND);
    let hit = stack::get(&app, "/", &[]);
    assert_eq!((hit.header("age").as_deref(), hit.header("cache-control").as_deref()), (Some("7"), Some("max-age=60")));
    let mut visitor = Visitor::at(&app, request("HEAD", "/", &[]));
    visitor.go_on();
    assert_eq!((visitor.header("age"), visitor.page()), (Some("7"), Some("")));
}
