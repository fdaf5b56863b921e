//! Where no test has caches of its own, a hit of a handler costs what it costs in a program.

use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use allocation_counter::measure;
use axum::body::Body;
use axum::extract::State;
use axum::handler::Handler;
use axum::http::{Response, StatusCode};
use bytes::Bytes;
use http::header::{ETAG, IF_NONE_MATCH};
use http_body_util::BodyExt;
use larder::{cache_page, testing};

use crate::app::request;

static RUNS: AtomicU64 = AtomicU64::new(0);
const PAGE: &[u8] = &[b'x'; 4096];
const TAG: &str = "\"1\"";

fn made() -> ([(http::HeaderName, &'static str); 1], Bytes) {
    RUNS.fetch_add(1, Ordering::Relaxed);
    ([(ETAG, TAG)], Bytes::copy_from_slice(PAGE))
}

#[cache_page(900)]
async fn plain() -> impl axum::response::IntoResponse {
    made()
}

#[cache_page(900)]
async fn stateful(State(text): State<&'static str>) -> impl axum::response::IntoResponse {
    let _ = text;
    made()
}

#[cache_page(900, key = "page:<text>", tags = ["text:<text>"])]
async fn named(State(text): State<&'static str>) -> impl axum::response::IntoResponse {
    let _ = text;
    made()
}

/// Asks a handler as a router does.
fn ask<M, S>(handler: impl Handler<M, S>, state: S, path: &str) -> Response<Body> {
    testing::block_on(handler.call(request("GET", path, &[]), state))
}

fn frame(answer: Response<Body>) -> Bytes {
    testing::block_on(answer.into_body().collect()).expect("no error can happen").to_bytes()
}

/// Returns how often memory is asked for by a hit, where no body has run and nothing of the page is copied.
fn allocations<M, S: Copy>(handler: &impl Handler<M, S>, state: S, path: &str) -> (u64, u64) {
    let page = frame(ask(handler.clone(), state, path));
    let hit = |headers: &[(&str, &str)], status: StatusCode| {
        let made = RUNS.load(Ordering::Relaxed);
        let (handler, request) = (handler.clone(), request("GET", path, headers));
        let mut answer = None;
        let counted = measure(|| answer = Some(testing::block_on(handler.call(request, state))));
        let answer = answer.expect("there is one");
        assert_eq!((answer.status(), RUNS.load(Ordering::Relaxed)), (status, made));
        (counted.count_total, frame(answer))
    };
    let tagged = [(IF_NONE_MATCH.as_str(), TAG)];
    // The first one within a second writes what the others say as well: as a rule none of the later ones is that.
    let round = || [hit(&[], StatusCode::OK), hit(&tagged, StatusCode::NOT_MODIFIED)];
    let [(_, first), _] = round();
    let rounds = [round(), round(), round(), round()];
    for [(_, whole), _] in &rounds {
        assert_eq!((whole.as_ptr(), whole.len()), (first.as_ptr(), page.len()), "the bytes that are kept");
    }
    let least = |which: usize| rounds.iter().map(|round| round[which].0).min().expect("there are four");
    (least(0), least(1))
}

/// The process of a test of its own: what it says is printed where it fails.
const ALONE: &str = "LARDER_TEST_ALONE";

#[test]
fn a_hit_of_a_handler_runs_nothing_copies_nothing_and_is_counted_by_each_thread_for_itself() {
    if std::env::var_os(ALONE).is_none() {
        let test = "usual::a_hit_of_a_handler_runs_nothing_copies_nothing_and_is_counted_by_each_thread_for_itself";
        let program = std::env::current_exe().expect("this program");
        let run =
            Command::new(program).args(["--exact", test, "--nocapture"]).env(ALONE, "1").output().expect("it runs");
        let (said, wrong) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
        assert!(run.status.success(), "{said}{wrong}");
        assert!(said.contains("1 passed"), "{said}");
        return;
    }
    // axum's future and the body in its box, the lines of the headers and their index; with a state, a copy of that.
    assert_eq!(allocations(&plain, (), "/plain"), (4, 4));
    assert_eq!(allocations(&stateful, "a", "/stateful"), (5, 5));
    assert_eq!(allocations(&named, "b", "/named"), (5, 5), "a name is written where it is read, and tags are not");

    let hits = || (plain::stats().hits, larder::cache("default").expect("there is one").stats().hits);
    let before = hits();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..100).for_each(|_| drop(ask(plain, (), "/plain"))));
        }
    });
    assert_eq!(hits(), (before.0 + 400, before.1 + 400), "a hit of the handler is one of its cache");
}
