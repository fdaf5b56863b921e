//! Bodies that come bit by bit, or never end.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRef, State};
use axum::response::Response;
use axum::routing::get;
use larder::{cache_page, testing};

use crate::app::{Count, request};
use crate::play::{Gate, Pipe, Piped, Visitor, all_go_on, piped};

/// Where a test finds the pipes of the pages that are being made.
#[derive(Clone)]
struct Stage {
    pipes: Arc<Mutex<Vec<Pipe>>>,
    gate: Gate,
    count: Count,
}

impl FromRef<Stage> for Count {
    fn from_ref(stage: &Stage) -> Self {
        stage.count.clone()
    }
}

impl Stage {
    fn new() -> Self {
        Self { pipes: Arc::default(), gate: Gate::new(), count: Count::default() }
    }

    fn body(&self) -> Piped {
        self.count.one_more();
        let (pipe, body) = piped();
        self.pipes.lock().unwrap().push(pipe);
        body
    }

    fn pipe(&self) -> Pipe {
        self.pipes.lock().unwrap().pop().expect("a page is being made")
    }
}

#[cache_page(60, limit = 20, tags = ["streams"])]
async fn stream(State(stage): State<Stage>) -> Response {
    Response::new(Body::new(stage.body()))
}

#[cache_page(60)]
async fn held(State(stage): State<Stage>) -> Body {
    stage.gate.pass().await;
    Body::new(stage.body())
}

#[cache_page(60)]
async fn events(State(stage): State<Stage>) -> ([(&'static str, &'static str); 2], Body) {
    ([("content-type", "text/event-stream"), ("cache-control", "no-cache")], Body::new(stage.body()))
}

fn site() -> (Router, Stage) {
    let stage = Stage::new();
    let app = Router::new()
        .route("/stream", get(stream))
        .route("/held", get(held))
        .route("/events", get(events))
        .with_state(stage.clone());
    (app, stage)
}

fn visitor(app: &Router, path: &str) -> Visitor {
    let mut visitor = Visitor::at(app, request("GET", path, &[]));
    visitor.go_on();
    visitor
}

#[test]
fn the_first_byte_is_there_before_the_last_one_and_all_read_along() {
    let _larder = testing::isolated();
    let (app, stage) = site();
    let mut all: Vec<_> = (0..20).map(|_| visitor(&app, "/stream")).collect();
    assert!(all.iter().all(|one| one.status() == Some(200)));
    let pipe = stage.pipe();
    pipe.send("first, ");
    all_go_on(&mut all);
    assert!(all.iter().all(|one| one.text == "first, "));
    all.push(visitor(&app, "/stream"));
    pipe.send("last");
    drop(pipe);
    all_go_on(&mut all);
    assert!(all.iter().all(|one| one.page() == Some("first, last")));
    assert_eq!((visitor(&app, "/stream").page(), stage.count.get()), (Some("first, last"), 1));
}

#[test]
fn a_client_who_leaves_stops_nothing() {
    let _larder = testing::isolated();
    let (app, stage) = site();
    let (first, mut second) = (visitor(&app, "/stream"), visitor(&app, "/stream"));
    let pipe = stage.pipe();
    pipe.send("a page");
    drop(first);
    drop(pipe);
    assert_eq!(second.go_on().page(), Some("a page"));
    let first = visitor(&app, "/held");
    let mut second = visitor(&app, "/held");
    drop(first);
    stage.gate.let_go(1);
    second.go_on();
    let pipe = stage.pipe();
    pipe.send("another");
    drop(pipe);
    assert_eq!((second.go_on().page(), stage.count.get(), stage.gate.came()), (Some("another"), 2, 1));
}

#[test]
fn a_body_that_is_cut_or_over_its_limit_is_not_kept() {
    let _larder = testing::isolated();
    let (app, stage) = site();
    let mut cut = visitor(&app, "/stream");
    let pipe = stage.pipe();
    pipe.send("half a ");
    pipe.break_off();
    assert!(cut.go_on().end.as_ref().is_some_and(Result::is_err));
    let mut long = visitor(&app, "/stream");
    assert_eq!(stage.count.get(), 2);
    let pipe = stage.pipe();
    pipe.send("eleven and ");
    pipe.send("eleven more");
    drop(pipe);
    assert_eq!(long.go_on().page(), Some("eleven and eleven more"));
    visitor(&app, "/stream");
    assert_eq!(stage.count.get(), 3);
}

#[test]
fn a_stream_of_events_reaches_each_as_it_comes_and_nobody_else() {
    let _larder = testing::isolated();
    let (app, stage) = site();
    let mut one = visitor(&app, "/events");
    let first = stage.pipe();
    let mut other = visitor(&app, "/events");
    let second = stage.pipe();
    first.send("data: 1\n\n");
    second.send("data: 2\n\n");
    all_go_on([&mut one, &mut other]);
    assert_eq!((&*one.text, &*other.text, one.end.clone()), ("data: 1\n\n", "data: 2\n\n", None));
}

#[test]
fn a_handler_that_never_ends_holds_nobody_who_comes_later_for_ever() {
    let larder = testing::isolated();
    let (app, stage) = site();
    let hung = visitor(&app, "/held");
    let waiting = visitor(&app, "/held");
    assert_eq!((stage.gate.came(), waiting.status()), (1, None));
    larder.advance(std::time::Duration::from_secs(10));
    let mut late = visitor(&app, "/held");
    assert_eq!(stage.gate.came(), 2, "another one makes it");
    drop(hung);
    stage.gate.let_go(2);
    late.go_on();
    drop(std::mem::take(&mut *stage.pipes.lock().unwrap()));
    assert_eq!(late.go_on().status(), Some(200));
}

#[test]
fn what_is_invalidated_between_head_and_end_of_a_body_is_not_kept() {
    let _larder = testing::isolated();
    let ways: [fn(); 5] = [
        || testing::block_on(stream::invalidate()),
        || larder::invalidate_tag_blocking("streams").unwrap(),
        || larder::page::invalidate_blocking("/stream*").unwrap(),
        || stream::invalidate_blocking(),
        || larder::cache("default").unwrap().blocking().clear().unwrap(),
    ];
    for (number, invalidate) in ways.into_iter().enumerate() {
        let (app, stage) = site();
        let mut early = visitor(&app, "/stream");
        let pipe = stage.pipe();
        pipe.send("old, ");
        early.go_on();
        invalidate();
        let mut late = visitor(&app, "/stream");
        assert_eq!(stage.count.get(), 2, "{number}: nobody joins what was read before");
        drop(pipe);
        stage.pipe().send("new");
        all_go_on([&mut early, &mut late]);
        assert_eq!((early.page(), late.page()), (Some("old, "), Some("new")), "{number}");
        assert_eq!(visitor(&app, "/stream").page(), Some("new"), "{number}");
        invalidate();
    }
}
