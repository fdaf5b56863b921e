//! Sites with a cache somewhere in them, and visits to them: on axum, and once more on actix.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::routing::any;
use futures_util::future::{join, join_all};
use http::{Request, Response};
use larder::testing;
use tokio::sync::watch;

pub use super::site::ask;
use super::site::{self, Site};
use crate::visit::{Count, Visit, request};

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
    pub fn together(&self, site: &Site, requests: impl IntoIterator<Item = Request<Body>>) -> Vec<Visit> {
        self.gate.send_replace(false);
        let visits = join_all(requests.into_iter().map(|request| ask(site, request)));
        let opening = async { self.gate.send_replace(true) };
        testing::block_on(join(visits, opening)).0
    }
}

/// Makes a site whose every page comes from `answer`.
pub fn counted<F>(answer: F) -> (Site, Runs)
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
    (site::of(Router::new().fallback(any(handler))), runs)
}

/// Visits a page with these headers.
pub fn get(site: &Site, path: &str, headers: &[(&str, &str)]) -> Visit {
    send(site, "GET", path, headers)
}

pub fn send(site: &Site, method: &str, path: &str, headers: &[(&str, &str)]) -> Visit {
    testing::block_on(ask(site, request(method, path, headers)))
}

/// Reads a header of a request, all lines of it.
pub fn said(request: &Request<Body>, name: &str) -> String {
    let lines: Vec<_> =
        request.headers().get_all(name).iter().map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
    lines.join(" | ")
}
