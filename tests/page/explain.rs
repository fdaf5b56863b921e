//! Why a request was answered as it was: each reason by its name, and as people read it.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::Request;
use http::request::Parts;
use larder::backend::Memory;
use larder::clock::Clock;
use larder::explain::page::{Pass, Refusal, Unusable};
use larder::explain::{Alone, Asked, Done, Found, Kept, Level, Miss, NotKept, Story, TagName, Unasked, Whom, WhyStale};
use larder::page::{CacheLayer, Hole, Statuses, cache_page, invalidate_blocking};
use larder::{Options, Settings, Ttl, entry, explain, testing};

use super::app::{App, Visit, request, response};
use crate::play::Gate;

const SECOND: Duration = Duration::from_secs(1);
const RAN: Done = Done::Ran { took: Duration::ZERO, failed: false };
const ABSENT: Found = Found::Miss(Miss::Absent);

/// Asks, and returns the answer and what is told of it.
fn ask(app: &App, request: Request<Body>) -> (Visit, Asked) {
    let (visit, story) = testing::block_on(explain(app.ask(request)));
    (visit, only(&story))
}

fn get_with(app: &App, path: &str, headers: &[(&str, &str)]) -> Asked {
    ask(app, request("GET", path, headers)).1
}

pub fn visit(app: &App) -> Asked {
    get_with(app, "/", &[])
}

pub fn only(story: &Story) -> Asked {
    assert_eq!(story.asked.len(), 1, "{story}");
    story.asked[0].clone()
}

fn told(asked: &Asked) -> Vec<String> {
    asked.to_string().lines().skip(1).map(|line| line.trim().to_owned()).collect()
}

/// An application whose pages say this of themselves.
pub fn saying(layer: &CacheLayer, status: u16, headers: &'static [(&'static str, &'static str)]) -> App {
    App::new(layer, move |_, _| response(status, headers, "a page"))
}

pub fn usual() -> CacheLayer {
    cache_page(60)
}

#[test]
fn a_request_has_a_story_with_what_its_handler_asked_inside() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let app = App::new(&usual().tag("blog"), move |_, _| {
        let part = cache.blocking().get_or_load("part", Options::ttl(60), || 7_u64);
        response(200, &[], part.to_string())
    });
    let first = visit(&app);
    assert!(first.is_page && first.place.is_none() && first.key.contains("example.org"), "{first}");
    assert_eq!((&first.found, first.done.as_slice()), (&ABSENT, [RAN].as_slice()));
    let tags = vec![TagName::Named("blog".to_owned())];
    assert_eq!(first.kept, Some(Kept::Page { time: 60 * SECOND, tags }));
    assert_eq!(told(&first)[1], "loaded in 0 ms, to be kept for 1 min, once it is sent with the tag `blog`");
    assert_eq!((&*first.inside[0].key, &first.inside[0].found), ("part", &ABSENT));
    larder.advance(20 * SECOND);
    let second = visit(&app);
    let left = Some(Ttl::For(40 * SECOND));
    assert_eq!(second.found, Found::Fresh { level: Level::Memory, age: Some(20 * SECOND), left });
    assert_eq!(told(&second), ["a hit in memory: 20 s old, 40 s left"]);
    assert!(second.to_string().contains(", a page of a layer, in `default`\n"), "{second}");
}

#[test]
fn a_page_that_is_over_invalidated_or_cannot_be_read_says_so() {
    let larder = testing::isolated();
    let app = saying(&usual().tag("blog"), 200, &[]);
    visit(&app);
    larder.advance(90 * SECOND);
    assert_eq!(visit(&app).found, Found::Miss(Miss::Expired { ago: 30 * SECOND }));
    larder::invalidate_tag_blocking("blog").unwrap();
    let tags = vec![TagName::Named("blog".to_owned())];
    assert_eq!(visit(&app).found, Found::Miss(Miss::Invalidated { tags }));
    invalidate_blocking("/*").unwrap();
    assert_eq!(visit(&app).found, Found::Miss(Miss::Page(Unusable::Purged)));
    let other = saying(&usual().stale(5), 200, &[]);
    assert_eq!(visit(&other).found, Found::Miss(Miss::Page(Unusable::OtherPlace)));
}

#[test]
fn a_page_of_another_variant_says_so() {
    let _larder = testing::isolated();
    let app = saying(&usual().vary("x-color"), 200, &[]);
    get_with(&app, "/", &[("x-color", "red")]);
    let other = get_with(&app, "/", &[("x-color", "blue")]);
    assert_eq!(other.found, Found::Miss(Miss::Page(Unusable::OtherVariant)));
    assert_eq!(told(&other)[0], "a miss: what is there is for requests with other headers (`Vary`)");
    assert!(get_with(&app, "/", &[("x-color", "red")]).is_hit());
}

#[test]
fn a_page_that_has_to_be_asked_for_says_who_wants_that() {
    let larder = testing::isolated();
    let why = |app: &App, headers: &[(&str, &str)]| get_with(app, "/", headers).found;
    let page = |why| Found::Miss(Miss::Page(why));
    let app = saying(&usual(), 200, &[("cache-control", "no-cache"), ("etag", "\"1\"")]);
    visit(&app);
    assert_eq!(why(&app, &[]), page(Unusable::AlwaysAsk));
    larder.cache("default").blocking().clear().unwrap();
    let app = saying(&usual(), 200, &[]);
    visit(&app);
    assert_eq!(why(&app, &[("authorization", "me")]), page(Unusable::Authorization));
    larder.cache("default").blocking().clear().unwrap();
    let app = saying(&usual().trust_client(), 200, &[]);
    for (said, unusable) in [
        ("no-cache", Unusable::ClientNoCache),
        ("max-age=5", Unusable::ClientMaxAge),
        ("min-fresh=55", Unusable::ClientMinFresh),
    ] {
        visit(&app);
        larder.advance(10 * SECOND);
        assert_eq!(why(&app, &[("cache-control", said)]), page(unusable));
    }
}

/// Another machine has kept it, whose clock is ahead.
#[test]
fn a_page_from_the_future_says_so() {
    let (now, ahead) = (Clock::manual(), Clock::manual());
    ahead.advance(3600 * SECOND);
    let store = Arc::new(Memory::new(now.clone()));
    let ask_at = |clock: &Clock| {
        let settings = Settings::backend(Arc::clone(&store));
        let _larder = testing::isolated_at(clock.clone(), [("default", settings)]).unwrap();
        visit(&saying(&usual(), 200, &[])).found
    };
    assert_eq!(ask_at(&ahead), ABSENT);
    assert_eq!(ask_at(&now), Found::Miss(Miss::Page(Unusable::FromTheFuture)));
}

#[test]
fn a_request_that_no_page_answers_says_why() {
    let larder = testing::isolated();
    let app = saying(&usual().trust_client(), 200, &[]);
    let why = |request| {
        let asked = ask(&app, request).1;
        assert_eq!(asked.kept, Some(Kept::Not(NotKept::Alone)), "{asked}");
        asked.found
    };
    let passed = |pass| Found::Unasked(Unasked::Page(pass));
    assert_eq!(why(request("PUT", "/", &[])), passed(Pass::Method));
    assert_eq!(why(request("GET", "/", &[]).map(|_| Body::from("a body"))), passed(Pass::Body));
    assert_eq!(why(request("GET", "/", &[("cache-control", "no-store")])), passed(Pass::NoStore));
    let upgrade = [("connection", "upgrade"), ("upgrade", "websocket")];
    assert_eq!(why(request("GET", "/", &upgrade)), passed(Pass::Upgrade));
    let hosts = [("host", "one.example"), ("host", "two.example")];
    assert_eq!(why(request("GET", "/", &hosts)), passed(Pass::Malformed));
    assert_eq!(why(request("GET", "/", &[("range", "bytes=0-1")])), passed(Pass::Range));
    larder.cache("default").switch_off();
    let asked = visit(&app);
    assert_eq!(asked.found, passed(Pass::Off));
    assert_eq!(told(&asked)[0], "not looked for: switched off");
}

/// One for each rule; what only a handler with an attribute can refuse, or a whole site, comes after.
#[test]
fn each_rule_that_refuses_to_keep_a_page_is_told_by_its_name() {
    type Headers = &'static [(&'static str, &'static str)];
    const TABLE: [(Refusal, u16, Headers); 12] = [
        (Refusal::Status, 500, &[]),
        (Refusal::NotUnderstood, 299, &[("cache-control", "must-understand, max-age=60")]),
        (Refusal::NoStore, 200, &[("cache-control", "no-store")]),
        (Refusal::Private, 200, &[("cache-control", "private")]),
        (Refusal::Cookie, 200, &[("set-cookie", "a=1")]),
        (Refusal::Vary, 200, &[("vary", "*")]),
        (Refusal::Useless, 200, &[("cache-control", "max-age=0")]),
        (Refusal::TooLarge, 200, &[("x-large", "yes")]),
        (Refusal::Length, 200, &[("content-length", "3")]),
        (Refusal::NoTime, 200, &[("x-explicit", "yes")]),
        (Refusal::Discarded, 200, &[("x-discard", "yes")]),
        (Refusal::Authorization, 200, &[("x-authorized", "yes")]),
    ];
    for (refusal, status, headers) in TABLE {
        let _larder = testing::isolated();
        let has = |name: &str| headers.iter().any(|(other, _)| *other == name);
        let layer = if has("x-explicit") { CacheLayer::new().explicit_only() } else { usual() };
        let layer = if refusal == Refusal::NotUnderstood { layer.statuses(Statuses::any()) } else { layer };
        let discards = has("x-discard");
        let body = if has("x-large") { "x".repeat(100) } else { "a page".to_owned() };
        let app = App::new(&layer.limit(50), move |_, _| {
            if discards {
                entry::discard();
            }
            response(status, headers, body.clone())
        });
        let sent: &[_] = if has("x-authorized") { &[("authorization", "me")] } else { &[] };
        let (_, story) = testing::block_on(explain(async { app.open(request("GET", "/", sent)).await }));
        let asked = only(&story);
        assert_eq!(asked.kept, Some(Kept::Not(NotKept::Page(refusal))), "{refusal:?}: {asked}");
    }
}

#[test]
fn answers_to_head_and_parts_are_no_pages() {
    let _larder = testing::isolated();
    let app = saying(&usual(), 200, &[]);
    let asked = ask(&app, request("HEAD", "/", &[])).1;
    assert_eq!(asked.kept, Some(Kept::Not(NotKept::Page(Refusal::Head))));
    let app = saying(&usual().keep_parts(), 206, &[]);
    let asked = get_with(&app, "/part", &[("range", "bytes=0-1")]);
    assert_eq!(asked.kept, Some(Kept::Not(NotKept::Page(Refusal::Part))), "{asked}");
}

#[test]
fn a_body_that_is_cut_short_or_grows_too_large_is_told() {
    let _larder = testing::isolated();
    let app = App::new(&usual().limit(50), |_, _| {
        let chunks = (0..20).map(|_| Ok::<_, std::convert::Infallible>("0123456789"));
        response(200, &[], Body::from_stream(futures_util::stream::iter(chunks)))
    });
    assert_eq!(visit(&app).kept, Some(Kept::Not(NotKept::Page(Refusal::Body))));
}

#[test]
fn a_page_that_was_invalidated_while_it_was_made_is_told() {
    let _larder = testing::isolated();
    let app = App::new(&usual().tag("blog"), |_, _| {
        larder::invalidate_tag_blocking("blog").unwrap();
        response(200, &[], "a page")
    });
    assert_eq!(visit(&app).kept, Some(Kept::Not(NotKept::Superseded)));
}

#[test]
fn stale_pages_say_why_they_are_served() {
    let larder = testing::isolated();
    let app = App::new(&usual().stale(60).stale_if_error(600), |run, _| {
        response(if run == 1 { 200 } else { 503 }, &[], "a page")
    });
    visit(&app);
    larder.advance(70 * SECOND);
    let stale = visit(&app);
    assert_eq!(stale.found, Found::Stale { level: Level::Memory, past: 10 * SECOND });
    assert_eq!(stale.done[0], Done::Stale(WhyStale::Refreshing));
    larder.run_tasks();
    larder.advance(60 * SECOND);
    let spare = visit(&app);
    assert_eq!(spare.found, Found::Spare { level: Level::Memory, past: 70 * SECOND });
    let failed = Done::Ran { took: Duration::ZERO, failed: true };
    assert_eq!(spare.done, [failed, Done::Stale(WhyStale::Failed)]);
    assert_eq!(visit(&app).done, [Done::Stale(WhyStale::Hushed)]);
}

#[test]
fn a_page_that_is_confirmed_says_so() {
    let larder = testing::isolated();
    let app = App::new(&usual(), |_, request| {
        let status = if request.headers().contains_key("if-none-match") { 304 } else { 200 };
        response(status, &[("etag", "\"1\"")], if status == 200 { "a page" } else { "" })
    });
    visit(&app);
    larder.advance(90 * SECOND);
    let asked = visit(&app);
    assert_eq!(asked.done, [RAN, Done::Confirmed]);
    assert_eq!(asked.kept, Some(Kept::Page { time: 60 * SECOND, tags: Vec::new() }));
}

#[test]
fn who_wants_nothing_but_what_is_kept_is_told() {
    let _larder = testing::isolated();
    let app = saying(&usual().trust_client(), 200, &[]);
    let asked = get_with(&app, "/", &[("cache-control", "only-if-cached")]);
    assert_eq!((&asked.found, asked.done.as_slice()), (&ABSENT, [Done::OnlyIfCached].as_slice()));
}

#[test]
fn requests_that_wait_for_nobody_say_why() {
    let _larder = testing::isolated();
    let gate = Gate::new();
    let app = App::held(&usual(), &gate, |_, _| response(200, &[("cache-control", "no-store")], "a page"));
    let both = async {
        let ask = || explain(app.ask(request("GET", "/", &[])));
        tokio::join!(ask(), ask(), async { gate.let_go(9) })
    };
    let (first, second, ()) = testing::block_on(both);
    let mut done = [only(&first.1).done, only(&second.1).done];
    done.sort_by_key(Vec::len);
    let waited = Done::Waited { whom: Whom::Caller, took: Duration::ZERO };
    assert_eq!(done, [vec![RAN], vec![waited, Done::Alone(Alone::Unshared), RAN]]);
    let third = visit(&app);
    assert_eq!(third.found, Found::Miss(Miss::Page(Unusable::NotKeptLately)));
    assert_eq!(third.done, [Done::Alone(Alone::NotKeptLately), RAN]);
    let authorized = get_with(&app, "/other", &[("authorization", "me")]);
    assert_eq!(authorized.done, [Done::Alone(Alone::Authorized), RAN]);
}

#[test]
fn who_waits_for_a_page_that_another_request_has_made_is_told() {
    let _larder = testing::isolated();
    let gate = Gate::new();
    let app = App::held(&usual(), &gate, |_, _| response(200, &[], "a page"));
    let both = async {
        let ask = || explain(app.ask(request("GET", "/", &[])));
        tokio::join!(ask(), ask(), async { gate.let_go(9) })
    };
    let (first, second, ()) = testing::block_on(both);
    let mut done = [only(&first.1).done, only(&second.1).done];
    done.sort_by_key(Vec::len);
    let waited = Done::Waited { whom: Whom::Caller, took: Duration::ZERO };
    assert_eq!(done, [vec![RAN], vec![waited, Done::Shared]]);
}

#[test]
fn pages_in_a_store_outside_are_told_alike() {
    let clock = Clock::manual();
    let outside = Settings::backend(Memory::new(clock.clone()));
    let _larder = testing::isolated_at(clock, [("default", outside)]).unwrap();
    let app = saying(&usual().tag("blog"), 200, &[]);
    assert_eq!(visit(&app).found, ABSENT);
    assert!(matches!(visit(&app).found, Found::Fresh { level: Level::Store, .. }));
    larder::invalidate_tag_blocking("blog").unwrap();
    let tags = vec![TagName::Named("blog".to_owned())];
    assert_eq!(visit(&app).found, Found::Miss(Miss::Invalidated { tags }));
}

#[test]
fn a_compressed_page_with_holes_is_told() {
    static NAME: Hole = Hole::new("name");
    let _larder = testing::isolated();
    let app = saying(&usual().fill(&NAME, |_: &Parts| "ann".to_owned()), 200, &[("content-encoding", "gzip")]);
    assert_eq!(visit(&app).kept, Some(Kept::Not(NotKept::Page(Refusal::Encoded))));
}
