//! Stores that fail, and bodies that lie: pages are answered, and nobody is handed what is not theirs.

use std::convert::Infallible;
use std::future::pending;
use std::panic::panic_any;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::Response;
use http_body::Frame;
use larder::backend::{Backend, Capabilities, Memory, Remaining};
use larder::clock::Clock;
use larder::key::Name;
use larder::page::{CacheLayer, cache_page};
use larder::testing::{self, Isolated};
use larder::{Error, Kind, Settings};

use super::app::{App, request, response};
use super::site::NAME;
use crate::lines::lines;
use crate::play::{Gate, all_go_on};

const SECOND: Duration = Duration::from_secs(1);

/// A store that can be down, hold garbage, or never end a write.
struct Odd {
    inner: Memory,
    is_down: AtomicBool,
    is_garbage: AtomicBool,
    hangs: AtomicBool,
}

impl Odd {
    fn open(&self) -> Result<&Memory, Error> {
        if self.is_down.load(Ordering::SeqCst) { Err(Error::new(Kind::Store, "it is down")) } else { Ok(&self.inner) }
    }

    async fn write(&self) -> Result<&Memory, Error> {
        if self.hangs.load(Ordering::SeqCst) {
            pending::<()>().await;
        }
        self.open()
    }
}

impl Backend for Odd {
    fn capabilities(&self) -> Capabilities {
        Capabilities::NONE
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        let found = self.open()?.get(name).await?;
        let is_garbage = self.is_garbage.load(Ordering::SeqCst);
        Ok(found.map(|bytes| if is_garbage { bytes.iter().rev().copied().collect() } else { bytes }))
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        self.write().await?.set(name, value, time).await
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        self.write().await?.add(name, value, time).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        self.write().await?.delete(name).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        self.open()?.ttl(name).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.write().await?.clear_store().await
    }
}

fn odd() -> (Isolated, Arc<Odd>) {
    let clock = Clock::manual();
    let no = || AtomicBool::new(false);
    let store = Odd { inner: Memory::new(clock.clone()), is_down: no(), is_garbage: no(), hangs: no() };
    let store = Arc::new(store);
    let settings = Settings::backend(Arc::clone(&store));
    (testing::isolated_at(clock, [("default", settings)]).unwrap(), store)
}

fn layers() -> [CacheLayer; 2] {
    [cache_page(60).stale(60), cache_page(60).stale(60).vary("x")]
}

fn counting(layer: &CacheLayer) -> App {
    App::new(layer, |run, _| response(200, &[], format!("{run}")))
}

#[test]
fn a_store_that_is_down_costs_time_and_no_page() {
    for layer in layers() {
        let (larder, store) = odd();
        let app = counting(&layer);
        assert_eq!((app.get("/").text(), app.get("/").text()), ("1", "1"));
        store.is_down.store(true, Ordering::SeqCst);
        assert_eq!((app.get("/").text(), app.get("/").text()), ("2", "3"));
        assert_eq!(app.send("POST", "/", &[]).text(), "4");
        larder.advance(SECOND);
        store.is_down.store(false, Ordering::SeqCst);
        assert_eq!(app.get("/").text(), "5", "what was written to meanwhile is not served");
        assert_eq!(app.get("/").text(), "5");
    }
}

#[test]
fn garbage_in_a_store_is_nothing() {
    for layer in layers() {
        let (_larder, store) = odd();
        let app = counting(&layer);
        assert_eq!((app.get("/").text(), app.get("/").text()), ("1", "1"));
        store.is_garbage.store(true, Ordering::SeqCst);
        assert_eq!((app.get("/").text(), app.get("/").text()), ("2", "3"));
        store.is_garbage.store(false, Ordering::SeqCst);
        assert_eq!(app.get("/").text(), app.get("/").text());
    }
}

#[test]
fn a_store_that_never_ends_a_write_keeps_nobody_waiting_for_a_page() {
    for layer in layers() {
        let (_larder, store) = odd();
        store.hangs.store(true, Ordering::SeqCst);
        let app = counting(&layer);
        let mut first = app.visitor("/", &[]);
        assert_eq!(first.go_on().page(), Some("1"));
        let mut all: Vec<_> = (0..3).map(|_| app.visitor("/", &[])).collect();
        all_go_on(&mut all);
        assert!(all.iter().all(|one| one.page().is_some()));
    }
}

#[test]
fn a_store_that_never_ends_a_write_does_not_hold_back_what_is_not_kept() {
    let (_larder, store) = odd();
    store.hangs.store(true, Ordering::SeqCst);
    let gate = Gate::new();
    let app =
        App::held(&cache_page(60), &gate, |run, _| response(200, &[("cache-control", "private")], format!("{run}")));
    let mut all: Vec<_> = (0..3).map(|_| app.visitor("/", &[])).collect();
    all_go_on(&mut all);
    gate.let_go(3);
    all_go_on(&mut all);
    assert!(all.iter().all(|one| one.page().is_some()));
}

#[test]
fn a_cache_that_does_not_exist_is_named_in_one_line_of_the_log_and_pages_are_answered() {
    let lines = lines();
    let cache = format!("nobody on {NAME} has made this one");
    let app = counting(&cache_page(60).cache(&cache));
    assert_eq!((app.get("/").text(), app.get("/").text()), ("1", "2"));
    assert_eq!(
        app.send("POST", "/", &[]).header("cache-status").unwrap(),
        "larder; fwd=bypass; detail=\"no such cache\""
    );
    let lines = lines.lock().unwrap();
    let lines: Vec<_> = lines.iter().filter(|line| line.contains(&cache)).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
}

/// A body that says one length and has another, or none and panics.
pub struct Odder {
    frames: Vec<&'static str>,
    panics: bool,
}

impl Odder {
    pub fn that_panics_after(frames: &[&'static str]) -> Self {
        Self { frames: frames.to_vec(), panics: true }
    }
}

impl http_body::Body for Odder {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.frames.pop() {
            Some(text) => Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(text.as_bytes()))))),
            None if self.panics => panic_any("by design"),
            None => Poll::Ready(None),
        }
    }
}

pub fn lying(length: &str, frames: &[&'static str]) -> Response<Body> {
    let body = Odder { frames: frames.to_vec(), panics: false };
    Response::builder().header("content-length", length).body(Body::new(body)).unwrap()
}

#[test]
fn a_body_of_another_length_than_its_head_says_is_not_kept_and_does_not_end_well() {
    let _larder = testing::isolated();
    for (length, frames) in [("10", &["short"][..]), ("3", &["long", "er"]), ("10", &[])] {
        let app = App::new(&cache_page(60), move |_, _| lying(length, frames));
        for runs in 1..3 {
            let mut visitor = app.visitor("/", &[]);
            visitor.go_on();
            assert_eq!(app.runs.get(), runs, "{length}");
            assert!(length == "3" || visitor.end.as_ref().is_some_and(Result::is_err), "{length}");
        }
    }
}

#[test]
fn a_head_that_lies_about_a_body_whose_length_is_known_is_not_kept() {
    let _larder = testing::isolated();
    for lines in [&["10"][..], &["3"], &["five"], &["+5"], &["5, 5"], &["5", "6"]] {
        let app = App::new(&cache_page(60), move |_, _| {
            let mut response = response(200, &[], "12345");
            for line in lines {
                response.headers_mut().append("content-length", line.parse().unwrap());
            }
            response
        });
        for runs in 1..3 {
            app.visitor("/", &[]).go_on();
            assert_eq!(app.runs.get(), runs, "{lines:?}");
        }
    }
}

#[test]
fn strangers_do_not_fill_memory_with_queries_variants_or_languages() {
    let larder = testing::isolated_with([("default", Settings::memory().max_entries(100))]).unwrap();
    let app = counting(&cache_page(60).vary("x").variants(10));
    for number in 0..5000 {
        let (path, x) = (format!("/?{}", number % 700), number.to_string());
        let mut request = request("GET", &path, &[("x", &x)]);
        request.extensions_mut().insert(larder::page::Language(x));
        assert_eq!(testing::block_on(app.ask(request)).status, 200);
    }
    assert!(larder.cache("default").stats().entries <= 100);
}
