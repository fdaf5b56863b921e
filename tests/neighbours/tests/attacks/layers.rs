//! Layers between a cache around a site and a handler with a page of its own.

use axum::Router;
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get as on_get;
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue, StatusCode};
use larder::page::{CacheLayer, cache_page};
use larder::testing;

use crate::site::{get, send_to};

/// Who asks, by a header that only a layer of this site writes, or by a cookie.
pub struct Named(pub String);

impl<S: Sync> FromRequestParts<S> for Named {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let line = parts.headers.get("x-user").or(parts.headers.get(COOKIE));
        let line = line.and_then(|line| line.to_str().ok()).ok_or(StatusCode::UNAUTHORIZED)?;
        Ok(Self(line.to_owned()))
    }
}

#[larder::cache_page(60, key = "of:<user.0>")]
async fn page(user: Named) -> String {
    user.0
}

#[larder::cache_page(60, vary(user = "X-User"))]
async fn by_header(user: Named) -> String {
    user.0
}

#[larder::cache_page(60)]
async fn query(axum::extract::RawQuery(query): axum::extract::RawQuery) -> String {
    query.unwrap_or_default()
}

/// Writes who has shown the right word, whatever the client has written there.
async fn authenticate(mut request: Request, next: Next) -> Response {
    let user = match request.headers().get("x-word").map(HeaderValue::as_bytes) {
        Some(b"of ann") => "ann",
        _ => "nobody",
    };
    request.headers_mut().insert("x-user", HeaderValue::from_static(user));
    next.run(request).await
}

#[test]
fn what_a_layer_writes_behind_a_cache_is_not_written_over_with_what_the_client_wrote() {
    for around in [
        CacheLayer::new().vary("X-Word"),
        CacheLayer::new().see("X-Word"),
        cache_page(60).vary("X-Word").vary("X-User"),
    ] {
        let _larder = testing::isolated();
        let site = Router::new().route("/page", on_get(page)).route("/by-header", on_get(by_header));
        let site = site.layer(from_fn(authenticate)).layer(around);
        for path in ["/page", "/by-header"] {
            let ask = |word, user| send_to(&site, "GET", path, &[("x-word", word), ("x-user", user)]).text();
            assert_eq!(ask("of ann", "whoever"), "ann");
            assert_eq!(ask("guessed", "ann"), "nobody");
            assert_eq!(ask("of ann", "nobody"), "ann");
        }
    }
}

#[test]
fn what_a_layer_makes_of_an_address_behind_a_cache_stays() {
    let _larder = testing::isolated();
    let narrow = from_fn(async |mut request: Request, next: Next| {
        *request.uri_mut() = "/page?narrow".parse().expect("an address");
        next.run(request).await
    });
    let inner = Router::new().route("/page", on_get(query)).layer(narrow);
    let site = inner.layer(CacheLayer::new().query(["a"]));
    for path in ["/page?a=1&b=2", "/page?b=3"] {
        assert_eq!(send_to(&site, "GET", path, &[]).text(), "narrow");
    }
}

#[test]
fn a_guard_behind_a_cache_around_the_site_sees_cookies_and_nothing_is_kept_for_others() {
    let _larder = testing::isolated();
    let site = Router::new().route("/page", on_get(page)).layer(cache_page(600)).layer(CacheLayer::new());
    for is_hit in [false, true] {
        for user in ["ann", "bob"] {
            let page = get(&site, &[("cookie", user)]);
            assert_eq!((&*page.text(), page.is_hit()), (user, is_hit));
        }
        assert_eq!(get(&site, &[]).status, StatusCode::UNAUTHORIZED);
    }
}

#[larder::cache_page(60)]
async fn public(headers: HeaderMap) -> String {
    format!("{headers:?}")
}

#[test]
fn headers_that_proxies_write_are_not_seen() {
    let _larder = testing::isolated();
    let site = Router::new().route("/page", on_get(public));
    let first = get(&site, &[]).text();
    for name in ["x-forwarded-host", "x-forwarded-for", "x-forwarded-proto", "forwarded", "x-real-ip", "x-original-url"]
    {
        let page = get(&site, &[(name, "ann")]);
        assert_eq!((page.text(), page.is_hit()), (first.clone(), true), "{name}");
    }
}
