//! What a hit takes on axum: its allocations are counted, and it waits for no room.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use axum::Router;
use axum::body::Body;
use axum::routing::{future::RouteFuture, get};
use http::header::{CONTENT_LENGTH, ETAG, IF_NONE_MATCH};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use larder::page::CacheLayer;
use larder::testing;
use tower::{Layer, Service, ServiceExt};

use crate::app::{App, request};
use crate::bytes::app;

const PAGE: &[u8] = &[b'x'; 4096];
const TAG: &str = "\"1\"";

/// Returns how often memory is asked for by a hit with these headers, and for how many bytes.
fn allocations(app: &App, headers: &[(&str, &str)], status: StatusCode) -> (u64, u64) {
    let hit = || {
        let request = request("GET", "/", headers);
        let mut answer = None;
        let counted = measure(|| answer = Some(testing::block_on(app.open(request))));
        assert_eq!(answer.map(|answer| answer.status()), Some(status));
        (counted.count_total, counted.bytes_total)
    };
    // The first one within a second writes what the others say as well.
    hit();
    hit()
}

#[test]
fn a_hit_allocates_a_copy_of_the_headers_and_nothing_else() {
    let _larder = testing::isolated();
    let app = app();
    app.get("/");
    let (times, bytes) = allocations(&app, &[], StatusCode::OK);
    assert_eq!(times, 2, "a map's lines, and its index");
    assert!(bytes < 2048, "{bytes}: less than half of the page");
    let (times, bytes) = allocations(&app, &[(IF_NONE_MATCH.as_str(), TAG)], StatusCode::NOT_MODIFIED);
    assert_eq!(times, 2);
    assert!(bytes < 1024, "{bytes}");
    assert_eq!(app.runs.get(), 1);
}

#[test]
fn a_304_behind_a_router_does_not_say_that_the_page_is_empty() {
    let _larder = testing::isolated();
    let page = || async { ([(ETAG, TAG)], PAGE) };
    let app: Router = Router::new().route("/", get(page).layer(CacheLayer::new()));
    let ask = |headers: &[(&str, &str)]| -> Response<Body> {
        testing::block_on(app.clone().oneshot(request("GET", "/", headers))).expect("no error can happen")
    };
    let first = testing::block_on(ask(&[]).into_body().collect()).expect("a whole body").to_bytes();
    assert_eq!(first, PAGE);
    assert_eq!(ask(&[]).headers()[CONTENT_LENGTH], "4096");
    let answer = ask(&[(IF_NONE_MATCH.as_str(), TAG)]);
    assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
    assert!(!answer.headers().contains_key(CONTENT_LENGTH), "{:?}", answer.headers());
}

/// A service that has room for a request now and then.
#[derive(Clone)]
struct Busy {
    inner: Router,
    room: Arc<Room>,
}

#[derive(Default)]
struct Room {
    is_free: AtomicBool,
    waiting: Mutex<Option<Waker>>,
}

impl Room {
    fn is_free(&self) -> bool {
        self.is_free.load(Ordering::SeqCst)
    }

    fn make_free(&self, is_free: bool) {
        self.is_free.store(is_free, Ordering::SeqCst);
        self.waiting.lock().expect("no panic").take().into_iter().for_each(Waker::wake);
    }
}

impl Service<Request<Body>> for Busy {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = RouteFuture<Infallible>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        if !self.room.is_free() {
            *self.room.waiting.lock().expect("no panic") = Some(context.waker().clone());
            return Poll::Pending;
        }
        Service::<Request<Body>>::poll_ready(&mut self.inner, context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        assert!(self.room.is_free(), "it is asked when it is ready, and not before");
        self.inner.call(request)
    }
}

#[test]
fn a_hit_does_not_wait_for_room_in_the_handler_and_a_miss_does() {
    let _larder = testing::isolated();
    let room = Arc::<Room>::default();
    room.make_free(true);
    let inner = Router::new().fallback(|| async { PAGE });
    let service = CacheLayer::new().layer(Busy { inner, room: Arc::clone(&room) });
    let ask = |path: &str| service.clone().oneshot(request("GET", path, &[]));
    let kept = testing::block_on(ask("/kept")).expect("no error can happen");
    testing::block_on(kept.into_body().collect()).expect("a whole body");
    room.make_free(false);
    let mut context = Context::from_waker(Waker::noop());
    assert!(pin!(ask("/kept")).poll(&mut context).is_ready());
    let mut missing = pin!(ask("/missing"));
    assert!(missing.as_mut().poll(&mut context).is_pending());
    room.make_free(true);
    let answer = testing::block_on(missing).expect("no error can happen");
    assert_eq!(answer.status(), StatusCode::OK);
}
