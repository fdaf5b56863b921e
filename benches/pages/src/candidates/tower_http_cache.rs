//! `tower-http-cache`: entries in `moka`, keyed by path and query.

use std::convert::Infallible;
use std::future::ready;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::error_handling::HandleErrorLayer;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Response, StatusCode};
use axum::routing::get;
use axum::{BoxError, Router};
use http_body_util::Full;
use tower::ServiceBuilder;
use tower_http_cache::prelude::{CacheLayer, InMemoryBackend};

use crate::page::{Maker, ROUTE, TYPE};
use crate::site::{Answers, App, Candidate};

const HOUR: Duration = Duration::from_secs(3_600);

pub fn candidates() -> Vec<Candidate> {
    vec![
        Candidate::new("`tower-http-cache`, on the route", Answers::Cached, on_route),
        Candidate::new("`tower-http-cache`, around the router", Answers::Cached, around_router),
    ]
}

fn router(maker: Maker) -> Router {
    Router::new().route(ROUTE, get(move || ready(([(CONTENT_TYPE, TYPE)], maker.page()))))
}

fn cache() -> CacheLayer<InMemoryBackend> {
    CacheLayer::builder(InMemoryBackend::new(1_024)).ttl(HOUR).build()
}

fn on_route(maker: Maker) -> Router {
    let failed = HandleErrorLayer::new(|_| ready(StatusCode::INTERNAL_SERVER_ERROR));
    let layers = ServiceBuilder::new().layer(failed).layer(cache()).and_then(whole);
    router(maker).layer(layers).with_state(())
}

fn around_router(maker: Maker) -> impl App {
    ServiceBuilder::new()
        .map_err(|error: BoxError| -> Infallible { unreachable!("a router does not fail: {error}") })
        .map_response(|answer: Response<_>| answer.map(Body::new))
        .layer(cache())
        .and_then(whole)
        .service(router(maker).with_state(()))
}

/// Reads a body to its end: the layer wants one that is `Sync`, and axum's own is not. A hit does not come here.
async fn whole(answer: Response<Body>) -> Result<Response<Full<Bytes>>, BoxError> {
    let (head, body) = answer.into_parts();
    let body = to_bytes(body, usize::MAX).await?;
    Ok(Response::from_parts(head, Full::new(body)))
}
