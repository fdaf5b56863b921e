//! What handlers of actix say to caches and clients.

use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, Error, HttpResponse, web};
use larder::actix::{cache_control, cache_page, etag, last_modified, never_cache, vary_on_cookie, vary_on_headers};
use larder::testing;

/// Asks an app: the status, these headers of the answer, and its text.
macro_rules! visit {
    ($app:expr, $path:expr, $said:expr $(, $name:literal: $value:expr)*) => {{
        let request = TestRequest::get().uri($path).insert_header(("host", "example.org"));
        let answer = call_service(&$app, request$(.insert_header(($name, $value)))*.to_request()).await;
        let said = $said.map(|name| answer.headers().get(name).map_or("", |said| said.to_str().unwrap()).to_owned());
        (answer.status().as_u16(), said, String::from_utf8(read_body(answer).await.to_vec()).unwrap())
    }};
}

#[cache_control(public, max_age = 3600)]
async fn open(fails: web::Path<bool>) -> Result<&'static str, Error> {
    if fails.into_inner() { Err(actix_web::error::ErrorNotFound("gone")) } else { Ok("text") }
}

#[never_cache]
async fn secret() -> HttpResponse {
    HttpResponse::Ok().body("text")
}

#[vary_on_headers("Accept-Language", "X-Tenant")]
#[vary_on_cookie]
async fn told_apart() -> &'static str {
    "text"
}

static MADE: AtomicUsize = AtomicUsize::new(0);

#[etag(*id)]
#[last_modified(784_111_777_u64)]
async fn version(id: web::Path<u64>) -> String {
    format!("{id} {}", MADE.fetch_add(1, Ordering::Relaxed) + 1)
}

#[actix_web::test]
async fn headers_are_said_on_answers_and_of_errors_nothing_that_has_them_kept() {
    let app = App::new()
        .route("/open/{fails}", web::get().to(open))
        .route("/secret", web::get().to(secret))
        .route("/told-apart", web::get().to(told_apart));
    let app = init_service(app).await;
    let said = ["cache-control", "vary"];
    assert_eq!(visit!(app, "/open/false", said), (200, ["public, max-age=3600".into(), String::new()], "text".into()));
    assert_eq!(visit!(app, "/open/true", said).0, 404);
    assert!(!visit!(app, "/open/true", said).1[0].contains("max-age=3600"));
    let secret = visit!(app, "/secret", said).1;
    assert_eq!(secret[0], "max-age=0, no-cache, no-store, must-revalidate, private");
    let vary = visit!(app, "/told-apart", said).1[1].clone();
    for name in ["accept-language", "x-tenant", "cookie"] {
        assert!(vary.contains(name), "{vary}");
    }
}

#[actix_web::test]
async fn who_has_this_version_is_answered_without_its_handler() {
    let app = init_service(App::new().route("/{id}", web::route().to(version))).await;
    let said = ["etag", "last-modified"];
    let headers = ["\"7\"".to_owned(), "Sun, 06 Nov 1994 08:49:37 GMT".to_owned()];
    let first = visit!(app, "/7", said);
    assert_eq!((first.0, &first.1), (200, &headers));
    let made = MADE.load(Ordering::Relaxed);
    assert_eq!(visit!(app, "/7", said, "if-none-match": "\"7\""), (304, headers, String::new()));
    assert_eq!(visit!(app, "/7", said, "if-modified-since": "Sun, 06 Nov 1994 08:49:37 GMT").0, 304);
    assert_eq!(visit!(app, "/7", said, "if-match": "\"8\"").0, 412);
    assert_eq!(MADE.load(Ordering::Relaxed), made);
    assert_eq!(visit!(app, "/7", said, "if-none-match": "\"8\"").0, 200);
}

static RUNS: AtomicUsize = AtomicUsize::new(0);

#[cache_page(10)]
#[vary_on_headers("Accept-Language")]
#[etag("v1")]
async fn kept() -> String {
    RUNS.fetch_add(1, Ordering::Relaxed);
    "text".to_owned()
}

#[actix_web::test]
async fn a_page_goes_by_what_its_handler_says_in_whatever_order() {
    let larder = testing::isolated();
    let app = init_service(App::new().route("/", web::get().to(kept))).await;
    let said = ["cache-status", "etag"];
    assert_eq!(visit!(app, "/", said, "accept-language": "de").1[0], "larder; fwd=uri-miss; stored");
    assert_eq!(visit!(app, "/", said, "accept-language": "en").1[0], "larder; fwd=vary-miss; stored");
    assert_eq!(visit!(app, "/", said, "accept-language": "de").1[0], "larder; hit; ttl=10");
    assert_eq!(visit!(app, "/", said, "accept-language": "de", "if-none-match": "\"v1\"").0, 304);
    assert_eq!(RUNS.load(Ordering::Relaxed), 2);
    larder.advance(std::time::Duration::from_secs(20));
    let again = visit!(app, "/", said, "accept-language": "de");
    assert_eq!((&*again.1[0], &*again.2), ("larder; fwd=stale; fwd-status=304; stored", "text"));
    assert_eq!(RUNS.load(Ordering::Relaxed), 2, "the cache is answered without the body");
}
