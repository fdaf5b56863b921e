//! `http-cache-tower-server` with its manager in memory: entries as JSON in `postcard` in `moka`.

use std::future::ready;

use axum::Router;
use axum::error_handling::HandleErrorLayer;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::routing::get;
use http_cache::MokaManager;
use http_cache_tower_server::{QueryKeyer, ServerCacheLayer};
use tower::ServiceBuilder;

use crate::page::{Maker, ROUTE, TYPE};
use crate::site::{Answers, Candidate};

pub fn candidates() -> Vec<Candidate> {
    vec![Candidate::new("`http-cache-tower-server`, on the route", Answers::Cached, on_route)]
}

/// The one whose handler says for how long a page may be kept: so its documentation has it.
fn on_route(maker: Maker) -> Router {
    let page = move || ready(([(CONTENT_TYPE, TYPE), (CACHE_CONTROL, "max-age=3600")], maker.page()));
    let failed = HandleErrorLayer::new(|_| ready(StatusCode::INTERNAL_SERVER_ERROR));
    let cache = ServerCacheLayer::with_keyer(MokaManager::default(), QueryKeyer);
    Router::new().route(ROUTE, get(page)).layer(ServiceBuilder::new().layer(failed).layer(cache)).with_state(())
}
