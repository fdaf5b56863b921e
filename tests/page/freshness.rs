//! What is past its time: made anew once, behind the answers, and never served for longer than was asked for.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use larder::backend::Memory;
use larder::clock::Clock;
use larder::page::{CacheLayer, cache_page};
use larder::testing::{self, Isolated};
use larder::{Settings, page};

use super::app::{App, request, response};
use crate::play::{Gate, Visitor, all_go_on};

const SECOND: Duration = Duration::from_secs(1);

/// A minute fresh, then a minute to be made anew behind the answer, or two where that fails.
pub fn lasting() -> CacheLayer {
    cache_page(60).stale(60).stale_if_error(120)
}

/// An application that answers with its status, which the test changes; with 0 it panics.
pub fn moody(layer: &CacheLayer) -> (App, Arc<AtomicU16>) {
    let status = Arc::new(AtomicU16::new(200));
    let mood = Arc::clone(&status);
    let app = App::new(layer, move |run, _| match mood.load(Ordering::SeqCst) {
        0 => panic!("by design"),
        1 => response(200, &[("cache-control", "no-store")], format!("{run}")),
        status => response(status, &[], format!("{run}")),
    });
    (app, status)
}

pub fn text(app: &App) -> String {
    let mut visitor = app.visitor("/", &[]);
    visitor.go_on();
    visitor.page().expect("a page").to_owned()
}

#[test]
fn a_page_stands_in_for_failures_as_long_as_was_asked_for_and_no_longer() {
    let larder = testing::isolated();
    let (app, status) = moody(&cache_page(60).stale_if_error(30));
    assert_eq!(text(&app), "1");
    larder.advance(60 * SECOND);
    status.store(503, Ordering::SeqCst);
    for _ in 0..10 {
        assert_eq!(text(&app), "1");
    }
    assert_eq!(app.runs.get(), 2, "failures do not hammer");
    for _ in 0..5 {
        larder.advance(5 * SECOND);
        assert_eq!(text(&app), "1");
    }
    assert_eq!(app.runs.get(), 7);
    larder.advance(5 * SECOND);
    assert_eq!(app.visitor("/", &[]).go_on().status(), Some(503), "and failures make it live no longer");
}

#[test]
fn a_handler_that_panics_is_stood_in_for_like_one_that_fails() {
    let larder = testing::isolated();
    let (app, status) = moody(&cache_page(60).stale_if_error(30));
    assert_eq!(text(&app), "1");
    larder.advance(60 * SECOND);
    status.store(0, Ordering::SeqCst);
    assert_eq!(text(&app), "1");
    larder.advance(30 * SECOND);
    let mut visitor = app.visitor("/", &[]);
    assert!(catch_unwind(AssertUnwindSafe(|| visitor.step())).is_err());
}

/// Holds a handler of a page that is past its time, lets `meanwhile` happen, and returns what the client gets when the
/// handler then fails.
fn fails_after(layer: &CacheLayer, meanwhile: impl FnOnce(&Isolated, &App)) -> Option<u16> {
    let larder = testing::isolated();
    let gate = Gate::new();
    let held = gate.clone();
    let app = App::slow(layer, move |run, request| {
        let held = held.clone();
        async move {
            if request.method() == "GET" {
                held.pass().await;
            }
            response(if run == 1 || request.method() == "POST" { 200 } else { 500 }, &[], format!("{run}"))
        }
    });
    gate.let_go(1);
    text(&app);
    larder.advance(60 * SECOND);
    let mut visitor = app.visitor("/", &[]);
    visitor.go_on();
    assert_eq!(gate.came(), 2);
    meanwhile(&larder, &app);
    gate.let_go(1);
    visitor.go_on().status()
}

#[test]
fn what_was_invalidated_or_ended_while_its_handler_was_asked_does_not_stand_in_for_its_failure() {
    for layer in [cache_page(60), cache_page(60).vary("x")] {
        let layer = layer.stale_if_error(30).tag("t");
        assert_eq!(fails_after(&layer, |_, _| ()), Some(200));
        assert_eq!(fails_after(&layer, |larder, _| larder.advance(29 * SECOND)), Some(200));
        assert_eq!(fails_after(&layer, |larder, _| larder.advance(30 * SECOND)), Some(500));
        assert_eq!(fails_after(&layer, |_, app| drop(app.send("POST", "/", &[]))), Some(500));
        assert_eq!(fails_after(&layer, |_, _| page::invalidate_blocking("/*").unwrap()), Some(500));
        assert_eq!(fails_after(&layer, |_, _| larder::invalidate_tag_blocking("t").unwrap()), Some(500));
        let clear = |larder: &Isolated| larder.cache("default").blocking().clear().unwrap();
        assert_eq!(fails_after(&layer, |larder, _| clear(larder)), Some(500));
    }
}

#[test]
fn head_is_answered_with_the_head_of_an_old_page_where_its_handler_fails() {
    let larder = testing::isolated();
    let (app, status) = moody(&cache_page(60).stale_if_error(30));
    text(&app);
    larder.advance(60 * SECOND);
    status.store(500, Ordering::SeqCst);
    let mut head = app.visitor_with(request("HEAD", "/", &[]));
    head.go_on();
    assert_eq!((head.status(), head.header("content-length"), head.page()), (Some(200), Some("1"), Some("")));
}

#[test]
fn head_of_an_old_page_has_the_whole_page_made_anew() {
    let larder = testing::isolated();
    let (app, _) = moody(&lasting());
    text(&app);
    larder.advance(60 * SECOND);
    assert_eq!(app.visitor_with(request("HEAD", "/", &[])).go_on().status(), Some(200));
    larder.run_tasks();
    assert_eq!((text(&app).as_str(), app.runs.get()), ("2", 2));
}

#[test]
fn only_if_cached_of_a_client_that_is_trusted_never_asks_the_handler() {
    let larder = testing::isolated();
    let (app, _) = moody(&lasting().trust_client());
    let only = |app: &App| {
        let mut visitor: Visitor = app.visitor("/", &[("cache-control", "only-if-cached")]);
        visitor.go_on();
        (visitor.status(), visitor.text)
    };
    assert_eq!(only(&app), (Some(504), String::new()));
    assert_eq!(app.runs.get(), 0);
    text(&app);
    assert_eq!(only(&app), (Some(200), "1".to_owned()));
    larder.advance(150 * SECOND);
    assert_eq!(only(&app).0, Some(504));
    assert_eq!(app.runs.get(), 1);
}

#[test]
fn a_cache_that_is_switched_off_half_way_keeps_nothing_and_answers() {
    let larder = testing::isolated();
    let gate = Gate::new();
    let app = App::held(&lasting(), &gate, |run, _| response(200, &[], format!("{run}")));
    let mut all: Vec<_> = (0..3).map(|_| app.visitor("/", &[])).collect();
    all_go_on(&mut all);
    larder.cache("default").switch_off();
    gate.let_go(10);
    all_go_on(&mut all);
    assert!(all.iter().all(|one| one.page().is_some()));
    let before = app.runs.get();
    let mut off = app.visitor("/", &[]);
    off.go_on();
    assert_eq!(off.header("cache-status"), Some("larder; fwd=bypass; detail=\"switched off\""));
    larder.cache("default").switch_on();
    app.visitor("/", &[]).go_on();
    assert_eq!(app.runs.get(), before + 2, "nothing was left behind");
}

#[test]
fn outside_a_304_that_says_that_its_page_is_private_now_is_handed_to_nobody_who_waits() {
    let clock = Clock::manual();
    let store = Arc::new(Memory::new(clock.clone()));
    let _larder = testing::isolated_at(clock, [("default", Settings::backend(Arc::clone(&store)))]).unwrap();
    let gate = Gate::new();
    let app = App::held(&cache_page(60).trust_client(), &gate, |run, request| {
        let headers = [("etag", "\"1\""), ("cache-control", if run == 2 { "private" } else { "public" })];
        let is_known = request.headers().contains_key("if-none-match");
        response(if is_known { 304 } else { 200 }, &headers, format!("{run}"))
    });
    gate.let_go(1);
    assert_eq!(text(&app), "1");
    let mut who_reloads = app.visitor("/", &[("cache-control", "no-cache")]);
    who_reloads.go_on();
    // The store has room for it no more, while it is asked for anew.
    testing::block_on(larder::backend::Backend::clear_store(&*store)).unwrap();
    let mut who_waits = app.visitor("/", &[]);
    who_waits.go_on();
    assert_eq!(gate.came(), 2);
    gate.let_go(2);
    all_go_on([&mut who_reloads, &mut who_waits]);
    assert_eq!((who_reloads.page(), who_waits.page()), (Some("1"), Some("3")));
}
