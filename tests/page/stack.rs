//! Routers with a cache somewhere in them, and visits to them.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::routing::any;
use futures_util::future::{join, join_all};
use http::{Request, Response};
use http_body_util::BodyExt;
use larder::testing;
use tokio::sync::watch;
use tower::ServiceExt;

use crate::app::{Count, Visit, request};

/// How often a page was made, and whether pages can be made at the moment.
#[derive(Clone)]
pub struct Runs {
    count: Count,
    gate: Arc<watch::Sender<bool>>,
}

impl Runs {
    pub fn get(&self) -> usize {
        self.count.get()
    }

    /// Visits a page with all of these requests at once: none is made before all have asked.
    pub fn together(&self, router: &Router, requests: impl IntoIterator<Item = Request<Body>>) -> Vec<Visit> {
        self.gate.send_replace(false);
        let visits = join_all(requests.into_iter().map(|request| ask(router, request)));
        let opening = async { self.gate.send_replace(true) };
        testing::block_on(join(visits, opening)).0
    }
}

/// Makes a router whose every page comes from `answer`.
pub fn counted<F>(answer: F) -> (Router, Runs)
where
    F: Fn(&Request<Body>) -> Response<Body> + Clone + Send + Sync + 'static,
{
    let runs = Runs { count: Count::default(), gate: Arc::new(watch::Sender::new(true)) };
    let Runs { count, gate } = runs.clone();
    let handler = async move |request: Request<Body>| {
        let response = answer(&request);
        count.one_more();
        drop(gate.subscribe().wait_for(|is_open| *is_open).await);
        response
    };
    (Router::new().fallback(any(handler)), runs)
}

/// Visits a page, to the end of its body.
pub async fn ask(router: &Router, request: Request<Body>) -> Visit {
    let response = router.clone().oneshot(request).await.expect("no error can happen");
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("a whole body").to_bytes();
    Visit { status: parts.status, headers: parts.headers, body }
}

/// Visits a page with these headers.
pub fn get(router: &Router, path: &str, headers: &[(&str, &str)]) -> Visit {
    send(router, "GET", path, headers)
}

pub fn send(router: &Router, method: &str, path: &str, headers: &[(&str, &str)]) -> Visit {
    testing::block_on(ask(router, request(method, path, headers)))
}

/// Reads a header of a request, all lines of it.
pub fn said(request: &Request<Body>, name: &str) -> String {
    let lines: Vec<_> =
        request.headers().get_all(name).iter().map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
    lines.join(" | ")
}
