//! Whoever has asked for whatever before: a request gets from a site behind a cache what it would have got if nobody had, and
//! none makes the cache fail. The first byte of the input chooses how pages are told apart, and each line behind it is a
//! request: its method, its address, and what its headers say.
#![no_main]

use axum::Router;
use axum::body::{Body, to_bytes};
use http::header::{AUTHORIZATION, HOST, RANGE};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use larder::page::{CacheService, PageBody, cache_page};
use larder::testing;
use tower::{Layer, ServiceExt};

/// So many requests are enough for one to find what another one has left.
const MOST: usize = 12;

/// The headers that a line may name by a letter; others are named in full.
const SHORT: [(&str, HeaderName); 4] =
    [("h", HOST), ("a", AUTHORIZATION), ("r", RANGE), ("l", http::header::ACCEPT_LANGUAGE)];

type Site = CacheService<Router>;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Some((how, lines)) = input.split_first() else { return };
    let _larder = testing::isolated();
    let shared = site(*how, "shared");
    let requests = lines.split(|byte| *byte == b'\n').filter_map(read).take(MOST);
    for (number, request) in requests.enumerate() {
        let alone = site(*how, &format!("alone-{number}"));
        let [got, wanted] = [&shared, &alone].map(|site| ask(site, &request));
        assert!(!got.0.is_server_error(), "{request:?}: {got:?}");
        // Who asks for a part may get the whole where it is made, and the part where it is kept.
        if !request.headers().contains_key(RANGE) {
            assert_eq!(got, wanted, "{request:?}");
        }
    }
});

/// Reads a request, as `GET /?a=1 h=a.example accept=text/html`.
fn read(line: &[u8]) -> Option<Request<()>> {
    let mut words = line.split(|byte| *byte == b' ');
    let method = Method::from_bytes(words.next()?).ok()?;
    let mut request = Request::builder().method(method).uri(Uri::try_from(words.next()?).ok()?);
    for word in words {
        let at = word.iter().position(|byte| *byte == b'=')?;
        let (name, value) = (str::from_utf8(&word[..at]).ok()?, HeaderValue::from_bytes(&word[at + 1..]).ok()?);
        let short = SHORT.iter().find(|(short, _)| *short == name).map(|(_, whole)| whole.clone());
        request = request.header(short.or_else(|| name.parse().ok())?, value);
    }
    request.body(()).ok()
}

fn site(how: u8, prefix: &str) -> Site {
    let layer = match how % 5 {
        0 => cache_page(60),
        1 => cache_page(60).query(["a"]),
        2 => cache_page(60).vary("accept-language"),
        3 => cache_page(60).vary_cookie("c"),
        _ => cache_page(60).offer("accept-language", ["en", "de"]),
    };
    layer.key_prefix(prefix).layer(Router::new().fallback(shown))
}

/// Shows all that a handler is shown, and says what its path asks it to say.
///
/// A host that stands in the address may be said once more on a line of its own: that is the same host and the same page.
async fn shown(request: Request<Body>) -> Response<Body> {
    let host = request.uri().authority().map(|authority| authority.as_str().as_bytes());
    let is_said_twice = |name: &HeaderName, value: &HeaderValue| name == HOST && host == Some(value.as_bytes());
    let headers = request.headers().iter().filter(|(name, value)| !is_said_twice(name, value));
    let mut told: Vec<_> = headers.map(|(name, value)| format!("{name}: {value:?}")).collect();
    told.push(request.uri().to_string());
    let response = Response::builder();
    let response = match request.uri().path().get(..2) {
        Some("/v") => response.header("vary", "accept-language"),
        Some("/p") => response.header("cache-control", "private"),
        Some("/c") => response.header("set-cookie", "c=1"),
        Some("/4") => response.status(404),
        Some("/e") => response.header("etag", "\"1\""),
        _ => response,
    };
    response.body(told.join("\n").into()).expect("an answer")
}

fn ask(site: &Site, request: &Request<()>) -> (StatusCode, String) {
    testing::block_on(async {
        let answer: Response<PageBody<Body>> = match site.clone().oneshot(request.clone().map(|()| Body::empty())).await
        {
            Ok(answer) => answer,
            Err(never) => match never {},
        };
        let status = answer.status();
        let bytes = to_bytes(Body::new(answer.into_body()), usize::MAX).await.expect("a whole body");
        (status, String::from_utf8_lossy(&bytes).into_owned())
    })
}
