//! An application behind a cache, and those who visit it. On actix this is compiled once more: what is different there is in
//! `site.rs`.

use std::future::{Future, ready};

use axum::body::Body;
use axum::{Router, routing};
use http::{Request, Response};
use larder::page::CacheLayer;
use larder::testing;

use super::site::{self, Opened, Served, Site};
use crate::play::{Gate, Visitor};
pub use crate::visit::{Count, Visit, request, response};

/// An application behind a cache.
pub struct App {
    served: Served,
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
        Self { served: Served::new(layer, site::of(router(runs.clone()))), runs }
    }

    /// Makes one of a site behind this layer, which counts nothing.
    pub fn site(layer: &CacheLayer, site: Site) -> Self {
        Self { served: Served::new(layer, site), runs: Count::default() }
    }

    /// Asks for what a request asks for, and reads nothing of the body yet.
    pub fn open(&self, request: Request<Body>) -> impl Future<Output = Response<Opened>> + use<> {
        self.served.open(request)
    }

    /// Sends a visitor who is watched on the way.
    pub fn visitor(&self, path: &str, headers: &[(&str, &str)]) -> Visitor {
        self.visitor_with(request("GET", path, headers))
    }

    pub fn visitor_with(&self, request: Request<Body>) -> Visitor {
        self.served.visitor(request)
    }

    /// Asks for what a request asks for.
    pub async fn ask(&self, request: Request<Body>) -> Visit {
        Visit::read(self.open(request).await).await
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
