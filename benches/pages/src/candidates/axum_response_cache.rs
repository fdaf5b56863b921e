//! `axum-response-cache`: a map behind a mutex, keyed by method and URI.

use std::future::ready;
use std::time::Duration;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use axum_response_cache::CacheLayer;
use tower::Layer;

use crate::page::{Maker, ROUTE, TYPE};
use crate::site::{Answers, Candidate};

const HOUR: Duration = Duration::from_secs(3_600);

pub fn candidates() -> Vec<Candidate> {
    vec![
        Candidate::new("`axum-response-cache`, on the route", Answers::Cached, |maker| {
            router(maker).layer(CacheLayer::with_lifespan(HOUR)).with_state(())
        }),
        Candidate::new("`axum-response-cache`, around the router", Answers::Cached, |maker| {
            CacheLayer::with_lifespan(HOUR).layer(router(maker).with_state(()))
        }),
    ]
}

fn router(maker: Maker) -> Router {
    Router::new().route(ROUTE, get(move || ready(([(CONTENT_TYPE, TYPE)], maker.page()))))
}
