//! What no cache of pages can be much better than: a handler with nothing to do.

use std::convert::Infallible;
use std::future::ready;

use axum::Router;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Request, Response};
use axum::routing::get;
use tower::service_fn;

use crate::page::{PAGE, ROUTE, TYPE};
use crate::site::{Answers, Candidate};

/// A request that is made and dropped; each candidate's figure has this in it.
pub const NOBODY: &str = "nothing: the request itself";
/// What the others are compared with.
pub const BASE: &str = "a constant page";

pub fn candidates() -> Vec<Candidate> {
    vec![
        Candidate::new(NOBODY, Answers::Nothing, |_| {
            service_fn(|_: Request<Body>| ready(Ok::<_, Infallible>(Response::new(Body::empty()))))
        }),
        Candidate::new(BASE, Answers::Uncached, |_| {
            let page = || ready(([(CONTENT_TYPE, TYPE)], PAGE));
            Router::new().route(ROUTE, get(page)).with_state(())
        }),
        Candidate::new("a page made anew: 4 KB allocated and copied", Answers::Uncached, |maker| {
            let page = move || ready(([(CONTENT_TYPE, TYPE)], maker.page()));
            Router::new().route(ROUTE, get(page)).with_state(())
        }),
    ]
}
