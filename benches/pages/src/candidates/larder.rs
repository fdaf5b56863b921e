//! larder: with all its rules, `Age` and `Cache-Status`, and a cache for each candidate.

use std::future::ready;
use std::sync::Once;

use ::larder::Settings;
use ::larder::page::{CacheLayer, PageBody, cache_page};
use axum::Router;
use axum::body::Body;
use axum::http::Response;
use axum::http::header::{CONTENT_TYPE, ETAG, VARY};
use axum::routing::get;
use tower::ServiceBuilder;

use super::by_attribute;
use crate::page::{Maker, ROUTE, TYPE};
use crate::site::{Answers, App, Candidate};

pub(super) const HOUR: u64 = 3_600;
pub(super) const TAG: &str = "\"2d8f6b\"";

pub fn candidates() -> Vec<Candidate> {
    vec![
        Candidate::new("larder, on the route", Answers::Cached, |maker| {
            router(maker).layer(layer("route")).with_state(())
        }),
        Candidate::new("larder, around the router", Answers::Cached, |maker| around(layer("around"), router(maker))),
        Candidate::new("larder by `cache_page`, on the route", Answers::Cached, |maker| {
            install();
            router(maker).layer(cache_page(HOUR).cache("cache_page")).with_state(())
        }),
        Candidate::new("larder, on the route, a variant", Answers::Cached, |maker| {
            varying(maker).layer(layer("varying").see("accept-language")).with_state(())
        }),
        Candidate::new("larder, around the router, a variant", Answers::Cached, |maker| {
            around(layer("varying around").see("accept-language"), varying(maker))
        }),
        Candidate::new("larder, on the route, 304", Answers::NotModified, |maker| {
            tagged(maker).layer(layer("route, 304")).with_state(())
        }),
        Candidate::new("larder, around the router, 304", Answers::NotModified, |maker| {
            around(layer("around, 304"), tagged(maker))
        }),
    ]
}

/// Everything at its default. What is kept by [`cache_page`] says for how long as well, in two headers more.
fn layer(cache: &str) -> CacheLayer {
    install();
    CacheLayer::new().cache(cache)
}

fn around(layer: CacheLayer, router: Router) -> impl App {
    let whole = |answer: Response<PageBody<Body>>| answer.map(Body::new);
    ServiceBuilder::new().map_response(whole).layer(layer).service(router.with_state(()))
}

fn router(maker: Maker) -> Router {
    Router::new().route(ROUTE, get(move || ready(([(CONTENT_TYPE, TYPE)], maker.page()))))
}

/// A page that says that it is made for a language.
fn varying(maker: Maker) -> Router {
    let page = move || ready(([(CONTENT_TYPE, TYPE), (VARY, "accept-language")], maker.page()));
    Router::new().route(ROUTE, get(page))
}

/// A page with a tag, by which clients ask whether it has changed.
fn tagged(maker: Maker) -> Router {
    Router::new().route(ROUTE, get(move || ready(([(CONTENT_TYPE, TYPE), (ETAG, TAG)], maker.page()))))
}

/// Makes the caches: each candidate is to make its page itself.
pub(super) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let own = ["route", "around", "varying", "varying around", "route, 304", "around, 304", "cache_page"];
        let names = own.into_iter().chain(by_attribute::CACHES);
        let builder = names.fold(::larder::builder(), |builder, name| builder.cache(name, Settings::memory()));
        builder.install().expect("nothing was cached before");
    });
}
