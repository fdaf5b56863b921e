//! Guards that do more to a request than to look at it.

use std::convert::Infallible;

use axum::Router;
use axum::extract::{FromRequestParts, OriginalUri, Request};
use axum::http::Uri;
use axum::http::request::Parts;
use axum::routing::get as on_get;
use http::header::{ACCEPT_LANGUAGE, COOKIE, HOST};
use http::{HeaderMap, HeaderValue};
use larder::{cache_page, testing};

use crate::site::{get, send, send_to};

/// Takes the cookie out of the request, as one that decodes it may.
struct Taken(String);

impl<S: Sync> FromRequestParts<S> for Taken {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let cookie = parts.headers.remove(COOKIE);
        Ok(Self(cookie.map_or("nobody".to_owned(), |cookie| cookie.to_str().expect("a text").to_owned())))
    }
}

#[cache_page(60, vary(taken = "Cookie"))]
async fn by_what_was_taken(taken: Taken) -> String {
    taken.0
}

#[cache_page(60, vary(taken = cookie("user")))]
async fn by_one_of_what_was_taken(taken: Taken) -> String {
    taken.0
}

#[test]
fn a_guard_that_takes_away_what_decides_it_takes_nothing_from_the_cache() {
    for page in [on_get(by_what_was_taken), on_get(by_one_of_what_was_taken)] {
        let _larder = testing::isolated();
        let site = Router::new().route("/page", page);
        for is_hit in [false, true] {
            for user in ["user=ann", "user=bob"] {
                let page = get(&site, &[("cookie", user)]);
                assert_eq!((&*page.text(), page.is_hit()), (user, is_hit));
            }
            assert_eq!(get(&site, &[]).text(), "nobody");
        }
    }
}

/// Writes who asks into everything that there is.
struct Scribbler;

#[derive(Clone)]
struct Scribble(String);

impl<S: Sync> FromRequestParts<S> for Scribbler {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let user = parts.headers.get(COOKIE).and_then(|cookie| cookie.to_str().ok()).unwrap_or("nobody").to_owned();
        let line = HeaderValue::from_str(&user).expect("a value");
        for name in [HOST, ACCEPT_LANGUAGE, "x-seen".parse().expect("a name")] {
            parts.headers.insert(name, line.clone());
        }
        let uri: Uri = format!("http://{user}.example/{user}?of={user}").parse().expect("an address");
        parts.extensions.insert(OriginalUri(uri.clone()));
        parts.extensions.insert(Scribble(user));
        parts.uri = uri;
        Ok(Self)
    }
}

#[cache_page(60, shared(_guard), vary = "Accept-Language", see("X-Seen"))]
async fn scribbled(
    _guard: Scribbler,
    uri: Uri,
    OriginalUri(whole): OriginalUri,
    headers: HeaderMap,
    request: Request,
) -> String {
    let told = request.extensions().get::<Scribble>().map_or("", |Scribble(user)| user);
    format!("{uri} {whole} {headers:?} {told} {:?}", request.uri())
}

#[test]
fn what_a_guard_writes_into_a_request_is_read_by_nobody_behind_it() {
    let _larder = testing::isolated();
    let site = Router::new().route("/page", on_get(scribbled));
    let first = get(&site, &[("cookie", "ann")]);
    assert_eq!(first.text(), "/page /page {\"host\": \"example.org\"}  /page");
    let second = get(&site, &[("cookie", "bob")]);
    assert_eq!((second.text(), second.is_hit()), (first.text(), true));
}

#[cache_page(60, key = "<guard.0>")]
async fn keyed(guard: Taken, headers: HeaderMap) -> String {
    format!("{} {}", guard.0, headers.contains_key(COOKIE))
}

#[test]
fn a_page_goes_by_the_address_that_was_asked_for_and_the_guard() {
    let _larder = testing::isolated();
    let site = Router::new().route("/a", on_get(keyed)).route("/b", on_get(keyed));
    for path in ["/a", "/b", "/a"] {
        for user in ["ann", "bob"] {
            assert_eq!(send_to(&site, "GET", path, &[("cookie", user)]).text(), format!("{user} false"));
        }
    }
}

#[test]
fn a_head_and_a_part_are_guarded_too() {
    let _larder = testing::isolated();
    let site = Router::new().route("/page", on_get(by_what_was_taken));
    for user in ["ann", "bob"] {
        let part = [("cookie", user), ("range", "bytes=0-2")];
        assert_eq!(get(&site, &part).text(), user);
        assert!(send(&site, "HEAD", &[("cookie", user)]).body.is_empty());
        assert_eq!(get(&site, &[("cookie", user)]).text(), user);
        assert_eq!(get(&site, &part).text(), user);
    }
}
