//! An application behind a cache, and those who visit it.

use std::future::{Future, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::{Router, routing};
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::BodyExt;
use larder::page::{CacheLayer, CacheService, PageBody};
use larder::testing;
use tower::{Layer, ServiceExt};

use crate::play::{Gate, Visitor};

/// What a visitor gets.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Visit {
    /// Returns all lines of a header, joined.
    pub fn header(&self, name: &str) -> Option<String> {
        let lines: Vec<_> = self.headers.get_all(name).iter().map(|line| line.to_str().expect("a text")).collect();
        (!lines.is_empty()).then(|| lines.join(" | "))
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a text")
    }

    /// Returns whether it came out of the cache.
    pub fn is_hit(&self) -> bool {
        self.header("cache-status").is_some_and(|status| status.starts_with("larder; hit"))
    }
}

/// How often a handler ran.
#[derive(Clone, Debug, Default)]
pub struct Count(Arc<AtomicUsize>);

impl Count {
    pub fn one_more(&self) -> usize {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// An application behind a cache.
pub struct App {
    service: CacheService<Router>,
    pub runs: Count,
}

impl App {
    /// Makes one whose every page comes from `handler`, which is told how often it ran, and asked for what.
    pub fn new<F>(layer: &CacheLayer, handler: F) -> Self
    where
        F: Fn(usize, Request<Body>) -> Response<Body> + Clone + Send + Sync + 'static,
    {
        Self::slow(layer, move |run, request| ready(handler(run, request)))
    }

    /// Makes one whose handler takes its time.
    pub fn slow<F, A>(layer: &CacheLayer, handler: F) -> Self
    where
        F: Fn(usize, Request<Body>) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Response<Body>> + Send + 'static,
    {
        Self::of(layer, |count| {
            let answer = move |request: Request<Body>| handler(count.one_more(), request);
            Router::new().fallback(routing::any(answer))
        })
    }

    /// Makes one whose handler stands at a gate before it answers.
    pub fn held<F>(layer: &CacheLayer, gate: &Gate, answer: F) -> Self
    where
        F: Fn(usize, Request<Body>) -> Response<Body> + Clone + Send + Sync + 'static,
    {
        let gate = gate.clone();
        Self::slow(layer, move |run, request| {
            let (gate, answer) = (gate.clone(), answer.clone());
            async move {
                gate.pass().await;
                answer(run, request)
            }
        })
    }

    /// Makes one of this router, which counts how often its handlers run.
    pub fn of(layer: &CacheLayer, router: impl FnOnce(Count) -> Router) -> Self {
        let runs = Count::default();
        Self { service: layer.layer(router(runs.clone())), runs }
    }

    /// Asks for what a request asks for, and reads nothing of the body yet.
    pub async fn open(&self, request: Request<Body>) -> Response<PageBody<Body>> {
        self.service.clone().oneshot(request).await.expect("no error can happen")
    }

    /// Sends a visitor who is watched on the way.
    pub fn visitor(&self, path: &str, headers: &[(&str, &str)]) -> Visitor {
        self.visitor_with(request("GET", path, headers))
    }

    pub fn visitor_with(&self, request: Request<Body>) -> Visitor {
        Visitor::new(&self.service, request)
    }

    /// Asks for what a request asks for.
    pub async fn ask(&self, request: Request<Body>) -> Visit {
        let (parts, body) = self.open(request).await.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes();
        Visit { status: parts.status, headers: parts.headers, body }
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Visit {
        testing::block_on(self.ask(request(method, path, headers)))
    }

    pub fn get(&self, path: &str) -> Visit {
        self.send("GET", path, &[])
    }

    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Visit {
        self.send("GET", path, headers)
    }
}

/// Writes a request, to a host of its own unless it names another.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        request = request.header("host", "example.org");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).expect("a request")
}

/// Writes a response.
pub fn response(status: u16, headers: &[(&str, &str)], body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(body.into()).expect("a response")
}
