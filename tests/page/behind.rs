//! Pages that are made anew behind an answer, which takes a request that can be copied; and on a runtime that is gone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use larder::backend::Memory;
use larder::clock::Clock;
use larder::page::cache_page;
use larder::testing::{self, Isolated};
use larder::{Settings, entry, invalidate_tag_blocking};

use crate::app::{App, response};
use crate::freshness::{lasting, moody, text};
use crate::holes::{NAME, greeting, layer, visit};
use crate::one_render::program_cache;
use crate::play::{Gate, Pipe, all_go_on, piped};
use crate::said::discarded::after;
use crate::said::saying;

const SECOND: Duration = Duration::from_secs(1);

/// In memory, and in a store that takes bytes.
fn both_kinds() -> [Isolated; 2] {
    let clock = Clock::manual();
    let outside = Settings::backend(Memory::new(clock.clone()));
    let outside = || testing::isolated_at(clock, [("default", outside)]).unwrap();
    [testing::isolated(), outside()]
}

#[test]
fn past_its_time_a_page_is_made_anew_once_and_all_callers_are_answered_at_once() {
    let larder = testing::isolated();
    let gate = Gate::new();
    let app = App::held(&lasting(), &gate, |run, _| response(200, &[], format!("{run}")));
    gate.let_go(1);
    assert_eq!(text(&app), "1");
    larder.advance(60 * SECOND);
    let mut all: Vec<_> = (0..100).map(|_| app.visitor("/", &[])).collect();
    all_go_on(&mut all);
    assert!(all.iter().all(|one| one.page() == Some("1")));
    assert_eq!(all[0].header("cache-status"), Some("larder; hit; ttl=0"));
    larder.run_tasks();
    assert_eq!(gate.came(), 2);
    gate.let_go(1);
    larder.run_tasks();
    assert_eq!((text(&app).as_str(), gate.came()), ("2", 2));
}

#[test]
fn whoever_saw_the_old_page_before_the_new_one_was_kept_makes_no_third_one() {
    let larder = testing::isolated();
    let (app, _) = moody(&lasting());
    text(&app);
    larder.advance(60 * SECOND);
    let mut slow = app.visitor("/", &[]);
    assert_eq!(text(&app), "1");
    larder.run_tasks();
    assert_eq!(app.runs.get(), 2);
    assert_eq!(slow.go_on().page(), Some("1"));
    larder.run_tasks();
    assert_eq!(app.runs.get(), 2);
}

#[test]
fn a_refresh_that_fails_is_not_tried_by_every_caller_and_tried_again_after_a_while() {
    for failure in [500, 503, 501, 429, 0] {
        for kind in 0..2 {
            let larder = both_kinds().into_iter().nth(kind).unwrap();
            let _entered = larder.enter();
            let (app, status) = moody(&lasting().in_cache(&larder.cache("default")));
            assert_eq!(text(&app), "1");
            larder.advance(60 * SECOND);
            status.store(failure, Ordering::SeqCst);
            for _ in 0..5 {
                assert_eq!(text(&app), "1", "{failure}");
                larder.run_tasks();
            }
            assert_eq!(app.runs.get(), 2, "{failure} {kind}");
            larder.advance(5 * SECOND);
            status.store(200, Ordering::SeqCst);
            assert_eq!(text(&app), "1");
            larder.run_tasks();
            assert_eq!(text(&app), "3", "{failure} {kind}");
        }
    }
}

#[test]
fn a_refresh_whose_body_breaks_off_is_not_tried_by_every_caller() {
    let larder = testing::isolated();
    let pipes = Arc::new(Mutex::new(Vec::<Pipe>::new()));
    let sent = Arc::clone(&pipes);
    let app = App::new(&lasting(), move |run, _| {
        let (pipe, body) = piped();
        pipe.send(&run.to_string());
        if run > 1 {
            sent.lock().unwrap().push(pipe);
        }
        response(200, &[], Body::new(body))
    });
    assert_eq!(text(&app), "1");
    larder.advance(60 * SECOND);
    for _ in 0..3 {
        assert_eq!(text(&app), "1");
        larder.run_tasks();
        pipes.lock().unwrap().drain(..).for_each(Pipe::break_off);
        larder.run_tasks();
    }
    assert_eq!(app.runs.get(), 2);
}

#[test]
fn a_refresh_that_says_that_the_page_is_not_to_be_kept_takes_the_old_one_away() {
    for variant in [false, true] {
        let larder = testing::isolated();
        let (app, status) = moody(&if variant { lasting().vary("x") } else { lasting() });
        assert_eq!(text(&app), "1");
        larder.advance(60 * SECOND);
        status.store(1, Ordering::SeqCst);
        assert_eq!(text(&app), "1", "it has not been asked yet");
        larder.run_tasks();
        assert_eq!((text(&app).as_str(), app.runs.get()), ("3", 3), "now it has, and is again");
    }
}

#[test]
fn a_page_keeps_its_holes_while_it_is_stale_and_when_it_is_renewed() {
    let larder = testing::isolated();
    let app = App::new(&layer().stale(30), |run, request| {
        let is_known = request.headers().get("if-none-match").is_some_and(|tag| tag == "\"v1\"");
        let headers = [("etag", "\"v1\""), ("x-by", &*format!("{run} {NAME}"))];
        if is_known { response(304, &headers, "") } else { response(200, &headers, greeting(run)) }
    });
    let visit = |user: &str| {
        let visit = visit(&app, user);
        assert_eq!(visit.text(), format!("<p>1: {user}, hello {user}</p>"));
        visit.header("x-by").expect("a header")
    };
    assert_eq!((visit("ann"), visit("ben")), ("1 ann".to_owned(), "1 ben".to_owned()));
    larder.advance(70 * SECOND);
    assert_eq!(visit("eve"), "1 eve");
    larder.run_tasks();
    assert_eq!(visit("ann"), "2 ann");
    larder.advance(100 * SECOND);
    assert_eq!((visit("dan"), visit("eve")), ("3 dan".to_owned(), "3 eve".to_owned()));
}

#[test]
fn what_was_there_before_stays_as_it_was() {
    let layer = cache_page(10).stale(60);
    assert_eq!(after(&testing::isolated(), &layer, 20, &[]), ["1 of 2"; 3], "and is not made anew by everybody");
    let tagged = &[("etag", "\"a\"")];
    assert_eq!(after(&testing::isolated(), &layer, 20, tagged), ["1 of 2"; 3]);
}

#[test]
fn a_page_that_is_made_anew_behind_an_answer_has_what_is_said_then() {
    let larder = testing::isolated();
    let app = saying(&cache_page(10).stale(60), |_| {
        assert!(entry::keep_for(100) && entry::tag("tag"));
    });
    let first = app.get("/");
    assert_eq!(first.header("cache-control").as_deref(), Some("max-age=100"));
    larder.advance(120 * SECOND);
    assert_eq!(app.get("/").text(), "1", "stale");
    larder.run_tasks();
    larder.advance(99 * SECOND);
    assert_eq!((app.get("/").text(), app.runs.get()), ("2", 2));
    invalidate_tag_blocking("tag").unwrap();
    assert_eq!(app.get("/").text(), "3");
}

#[test]
fn a_runtime_that_ends_while_a_page_is_made_leaves_nobody_waiting() {
    let layer = cache_page(60).in_cache(&program_cache()).key_prefix("a runtime that ends");
    let gate = Gate::new();
    let app = App::held(&layer, &gate, |run, _| response(200, &[], format!("{run}")));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut first = app.visitor("/", &[]);
    runtime.block_on(async {
        first.go_on();
        tokio::task::yield_now().await;
    });
    assert_eq!(gate.came(), 1);
    drop(runtime);
    assert!(catch_unwind(AssertUnwindSafe(|| first.step())).is_err(), "it says so");
    gate.let_go(2);
    assert_eq!(app.visitor("/", &[]).go_on().page(), Some("2"));
}
