//! larder, where handlers say themselves how their pages are kept: with all its rules, as in front of them. Each has beside it
//! what its kind of handler takes with a constant page.

use std::sync::{LazyLock, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, COOKIE, ETAG, HeaderName};
use axum::http::request::Parts;
use axum::routing::{MethodRouter, get};
use larder::{KeyPart, cache_page};

use super::larder::{HOUR, TAG, install};
use crate::page::{Maker, PAGE, ROUTE, TYPE};
use crate::site::{Answers, App, Candidate};

/// Each is to make its page itself.
pub(super) const CACHES: [&str; 5] = ["handler", "handler_name", "handler_304", "handler_state", "handler_guard"];

pub fn candidates() -> Vec<Candidate> {
    vec![
        Candidate::new("larder by attribute", Answers::Cached, |maker| plain(get(front), maker)),
        Candidate::new("larder by attribute, a name", Answers::Cached, |maker| plain(get(named), maker)),
        Candidate::new("larder by attribute, 304", Answers::NotModified, |maker| plain(get(tagged), maker)),
        Candidate::new("a constant page, with a state", Answers::Uncached, |maker| {
            Router::new().route(ROUTE, get(constant)).with_state(maker)
        }),
        Candidate::new("larder by attribute, with a state", Answers::Cached, |maker| {
            install();
            Router::new().route(ROUTE, get(stateful)).with_state(maker)
        }),
        Candidate::new("a constant page, behind a guard", Answers::Uncached, |maker| plain(get(guarded), maker))
            .personal(),
        Candidate::new("larder by attribute, behind a guard", Answers::Cached, |maker| plain(get(personal), maker))
            .personal(),
    ]
}

/// Who makes the next page: a handler without a state has to find it somewhere. A candidate is asked for its page before the
/// next one is built.
static MAKER: LazyLock<Mutex<Maker>> = LazyLock::new(Mutex::default);

fn plain(handler: MethodRouter, maker: Maker) -> impl App {
    install();
    *MAKER.lock().unwrap_or_else(PoisonError::into_inner) = maker;
    Router::new().route(ROUTE, handler).with_state(())
}

fn made() -> Bytes {
    MAKER.lock().unwrap_or_else(PoisonError::into_inner).page()
}

type Page<B, const N: usize> = ([(HeaderName, &'static str); N], B);

#[cache_page(HOUR, cache = "handler")]
async fn front() -> Page<Bytes, 1> {
    ([(CONTENT_TYPE, TYPE)], made())
}

#[cache_page(HOUR, cache = "handler_name", key = "front")]
async fn named() -> Page<Bytes, 1> {
    ([(CONTENT_TYPE, TYPE)], made())
}

#[cache_page(HOUR, cache = "handler_304")]
async fn tagged() -> Page<Bytes, 2> {
    ([(CONTENT_TYPE, TYPE), (ETAG, TAG)], made())
}

async fn constant(State(maker): State<Maker>) -> Page<&'static [u8], 1> {
    drop(maker);
    ([(CONTENT_TYPE, TYPE)], PAGE)
}

#[cache_page(HOUR, cache = "handler_state")]
async fn stateful(State(maker): State<Maker>) -> Page<Bytes, 1> {
    ([(CONTENT_TYPE, TYPE)], maker.page())
}

async fn guarded(user: User) -> Page<&'static [u8], 1> {
    let _ = user;
    ([(CONTENT_TYPE, TYPE)], PAGE)
}

#[cache_page(HOUR, cache = "handler_guard", key = "front:<user.id>")]
async fn personal(user: User) -> Page<Bytes, 1> {
    let _ = user;
    ([(CONTENT_TYPE, TYPE)], made())
}

/// Somebody who is known by a cookie.
#[derive(KeyPart)]
struct User {
    id: u64,
}

impl<S: Sync> FromRequestParts<S> for User {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let cookie = parts.headers.get(COOKIE).and_then(|cookie| cookie.to_str().ok());
        let id = cookie.and_then(|cookie| cookie.strip_prefix("session=")?.parse().ok());
        id.map(|id| Self { id }).ok_or(StatusCode::UNAUTHORIZED)
    }
}
