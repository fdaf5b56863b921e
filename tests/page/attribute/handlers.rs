//! Handlers of all kinds.

use std::collections::HashMap;
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};

use axum::body::Body;
use axum::extract::{Extension, FromRequestParts, Json, Path, Request, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{any, get};
use axum::{Form, Router};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};
use larder::{cache_page, testing};

use super::{Site, User};
use crate::app::{Count, Visit, request};
use crate::stack::{self, send};

#[cache_page(60)]
async fn text() -> &'static str {
    "text"
}

#[cache_page(60)]
async fn redirect(State(count): State<Count>) -> Redirect {
    Redirect::permanent(&format!("/to/{}", count.one_more()))
}

#[cache_page(60)]
async fn elsewhere_for_now(State(count): State<Count>) -> Redirect {
    Redirect::to(&format!("/to/{}", count.one_more()))
}

#[cache_page(60)]
async fn json(State(count): State<Count>) -> Json<serde_json::Value> {
    Json(serde_json::json!({ "run": count.one_more() }))
}

#[cache_page(60)]
async fn tuple(State(count): State<Count>) -> (StatusCode, [(&'static str, String); 2], Html<&'static str>) {
    let headers = [("x-run", count.one_more().to_string()), ("link", "</a>; rel=next".to_owned())];
    (StatusCode::GONE, headers, Html("gone"))
}

#[cache_page(60)]
async fn either(State(count): State<Count>) -> Result<impl IntoResponse, impl IntoResponse> {
    let run = count.one_more();
    if run > 0 { Ok(run.to_string()) } else { Err((StatusCode::BAD_REQUEST, "nothing")) }
}

#[cache_page(60)]
async fn infallible(State(count): State<Count>) -> Result<String, Infallible> {
    Ok(count.one_more().to_string())
}

#[cache_page(60)]
async fn response(State(count): State<Count>) -> Response {
    Response::new(Body::from(count.one_more().to_string()))
}

#[cache_page(60)]
async fn maybe(State(count): State<Count>) -> axum::response::Result<String> {
    Ok(count.one_more().to_string())
}

fn twice(site: &Site) -> [Visit; 2] {
    [site.get("/"), site.get("/")]
}

#[test]
fn whatever_becomes_a_response_is_kept() {
    let _larder = testing::isolated();
    for (name, site) in [
        ("json", Site::of(json)),
        ("tuple", Site::of(tuple)),
        ("redirect", Site::of(redirect)),
        ("either", Site::of(either)),
        ("infallible", Site::of(infallible)),
        ("response", Site::of(response)),
        ("maybe", Site::of(maybe)),
    ] {
        let [first, second] = twice(&site);
        let told = |visit: &Visit| ["content-type", "x-run", "link", "location"].map(|name| visit.header(name));
        assert_eq!((first.status, told(&first), &first.body), (second.status, told(&second), &second.body), "{name}");
        assert_eq!((site.count.get(), second.is_hit()), (1, true), "{name}");
    }
    assert_eq!(twice(&Site::of(text)).map(|visit| visit.is_hit()), [false, true]);
    let elsewhere = Site::of(elsewhere_for_now);
    let [_, second] = twice(&elsewhere);
    assert_eq!(second.header("location").as_deref(), Some("/to/2"), "303 is not kept unless it is named");
}

#[cache_page(60, key = "<user.id: u64>:<id>", shared(a, b))]
async fn mixed(
    headers: HeaderMap,
    user: User,
    State(count): State<Count>,
    Extension(a): Extension<u8>,
    Path(id): Path<u64>,
    Extension(b): Extension<u16>,
    request: Request,
) -> String {
    assert!(request.headers() == &headers && request.extensions().get::<u8>().is_none());
    format!("{} of {id} for {} with {a} {b}", count.one_more(), user.id)
}

#[test]
fn guards_and_others_stand_in_any_order() {
    let _larder = testing::isolated();
    let app = Router::new().route("/{id}", get(mixed)).with_state(Count::default());
    let app = app.layer(Extension(1_u8)).layer(Extension(2_u16));
    let ask = |user: &str| stack::get(&app, "/7", &[("cookie", user)]).text().to_owned();
    for _ in 0..2 {
        assert_eq!([ask("user=1"), ask("user=2")], ["1 of 7 for 1 with 1 2", "2 of 7 for 2 with 1 2"]);
    }
}

#[cache_page(60)]
async fn with_body(method: Method, State(count): State<Count>, body: String) -> String {
    format!("{} {method} {body:?}", count.one_more())
}

#[cache_page(60)]
async fn with_form(State(count): State<Count>, Form(form): Form<HashMap<String, String>>) -> String {
    format!("{} {:?}", count.one_more(), form.get("a"))
}

#[cache_page(60)]
async fn with_result(
    State(count): State<Count>,
    body: Result<Json<u8>, axum::extract::rejection::JsonRejection>,
) -> String {
    format!("{} {:?}", count.one_more(), body.map(|Json(number)| number).ok())
}

fn sent(app: &Router, method: &str, body: &'static str) -> Visit {
    let mut request = request(method, "/", &[("content-type", "application/json")]);
    *request.body_mut() = Body::from(body);
    testing::block_on(stack::ask(app, request))
}

#[test]
fn a_handler_that_takes_a_body_keeps_what_was_asked_for_without_one() {
    let _larder = testing::isolated();
    let routes = [get(with_body).post(with_body), any(with_body)];
    for route in routes {
        let app = Router::new().route("/", route).with_state(Count::default());
        assert_eq!(sent(&app, "GET", "").text(), "1 GET \"\"");
        assert_eq!(sent(&app, "GET", "").text(), "1 GET \"\"");
        assert_eq!(sent(&app, "GET", "text").text(), "2 GET \"text\"", "it is in no key");
        assert_eq!(sent(&app, "GET", "").text(), "1 GET \"\"", "and empties nothing");
        assert_eq!(sent(&app, "POST", "text").text(), "3 POST \"text\"");
        assert_eq!(sent(&app, "POST", "text").text(), "4 POST \"text\"");
        assert_eq!(sent(&app, "GET", "").text(), "5 GET \"\"", "a write empties the page");
        larder::invalidate_tag_blocking(with_body::key()).unwrap();
    }
}

#[test]
fn a_form_is_read_from_the_query_and_a_body_that_is_refused_is_no_page() {
    let _larder = testing::isolated();
    let form = Router::new().route("/", any(with_form)).with_state(Count::default());
    let ask = |path| stack::get(&form, path, &[]).text().to_owned();
    assert_eq!(["/?a=1", "/?a=2", "/?a=1"].map(ask), ["1 Some(\"1\")", "2 Some(\"2\")", "1 Some(\"1\")"]);
    let refused = sent(&form, "POST", "x");
    assert_eq!(refused.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let result = Router::new().route("/", any(with_result)).with_state(Count::default());
    assert_eq!([sent(&result, "POST", "7").text(), sent(&result, "GET", "").text()], ["1 Some(7)", "2 None"]);
    assert_eq!(sent(&result, "GET", "").text(), "2 None");
}

#[test]
fn head_is_answered_from_the_page_and_options_goes_to_the_handler() {
    let _larder = testing::isolated();
    let count = Count::default();
    let app = Router::new().route("/", any(with_body)).with_state(count.clone());
    let page = send(&app, "GET", "/", &[]);
    let head = send(&app, "HEAD", "/", &[]);
    assert_eq!(
        (head.status.as_u16(), head.text(), head.header("content-length"), count.get()),
        (200, "", Some("8".into()), 1)
    );
    assert_eq!(send(&app, "OPTIONS", "/", &[]).text(), "2 OPTIONS \"\"");
    assert_eq!(send(&app, "GET", "/", &[]).text(), page.text(), "that changes nothing");
    let cold = Router::new().route("/cold", get(text)).with_state(());
    assert_eq!(send(&cold, "HEAD", "/cold", &[]).text(), "");
    assert_eq!(send(&cold, "GET", "/cold", &[]).text(), "text");
    assert_eq!(send(&cold, "POST", "/cold", &[]).status, StatusCode::METHOD_NOT_ALLOWED);
}

#[cache_page(60)]
async fn panics(State(count): State<Count>) -> String {
    assert!(count.one_more() > 1, "by design");
    "a page".to_owned()
}

#[test]
fn a_handler_that_panics_panics_as_without_a_cache_and_the_next_one_is_asked_again() {
    let _larder = testing::isolated();
    let site = Site::of(panics);
    assert!(catch_unwind(AssertUnwindSafe(|| site.get("/"))).is_err());
    assert_eq!([site.text("/"), site.text("/")], ["a page", "a page"]);
    assert_eq!(site.count.get(), 2);
}

/// Whoever reads what is no number is refused.
#[cache_page(60)]
async fn numbered(Path(id): Path<u64>, State(count): State<Count>) -> String {
    format!("{} of {id}", count.one_more())
}

#[cache_page(60)]
async fn refuses(State(count): State<Count>, Json(number): Json<u8>) -> String {
    format!("{} of {number}", count.one_more())
}

#[test]
fn what_is_refused_before_the_body_runs_is_answered_as_without_a_cache() {
    let _larder = testing::isolated();
    let app = Router::new().route("/{id}", get(numbered)).with_state(Count::default());
    for _ in 0..2 {
        assert_eq!(stack::get(&app, "/x", &[]).status, StatusCode::BAD_REQUEST);
        assert_eq!(stack::get(&app, "/7", &[]).text(), "1 of 7");
    }
    let app = Router::new().route("/", get(refuses)).with_state(Count::default());
    assert_eq!(stack::get(&app, "/", &[]).status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

/// Refuses with a status that pages are kept of.
struct Closed;

impl<S: Sync> FromRequestParts<S> for Closed {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        if parts.headers.contains_key("x-open") { Ok(Self) } else { Err(StatusCode::NOT_FOUND) }
    }
}

#[cache_page(60, shared(_closed), statuses(404))]
async fn closed(_closed: Closed, State(count): State<Count>) -> String {
    count.one_more().to_string()
}

#[test]
fn a_refusal_of_a_guard_is_never_kept() {
    let _larder = testing::isolated();
    let site = Site::of(closed);
    assert_eq!(site.get("/").status, StatusCode::NOT_FOUND);
    assert_eq!(site.text_with("/", &[("x-open", "")]), "1");
    assert_eq!(site.get("/").status, StatusCode::NOT_FOUND);
}

#[test]
fn a_refusal_of_a_guard_is_for_who_was_refused() {
    let _larder = testing::isolated();
    // A cache downstream would keep a 404 that says nothing, and hand it to those who are let in.
    assert_eq!(Site::of(closed).get("/").header("cache-control").as_deref(), Some("private, max-age=0"));
}

mod checked {
    /// A number in the address that has to be an even one.
    pub struct Path(pub u64);

    impl larder::page::Derived for Path {}
}

impl<S: Send + Sync> FromRequestParts<S> for checked::Path {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let number = parts.uri.path().trim_start_matches('/').parse().ok();
        number.filter(|number| number % 2 == 0).map(Self).ok_or(StatusCode::NOT_FOUND)
    }
}

#[cache_page(60)]
async fn even(checked::Path(number): checked::Path, State(count): State<Count>) -> String {
    format!("{} of {number}", count.one_more())
}

#[cache_page(60, statuses(404 = 10))]
async fn even_or_not(number: checked::Path, State(count): State<Count>) -> String {
    format!("{} of {}", count.one_more(), number.0)
}

#[test]
fn what_an_extractor_refuses_is_an_error_like_that_of_a_handler() {
    let _larder = testing::isolated();
    for (site, is_kept) in [(Site::of(even), false), (Site::of(even_or_not), true)] {
        assert_eq!([site.text("/2"), site.text("/2")], ["1 of 2", "1 of 2"]);
        assert_eq!(site.get("/3").status, StatusCode::NOT_FOUND);
        let again = site.get("/3");
        assert_eq!((again.status, again.is_hit()), (StatusCode::NOT_FOUND, is_kept));
        testing::block_on(even::invalidate());
    }
}

/// What reads the address and checks it.
struct Slug(String);

impl<S: Send + Sync> FromRequestParts<S> for Slug {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let slug = parts.uri.path().trim_start_matches('/');
        if slug.is_empty() { Err(StatusCode::NOT_FOUND) } else { Ok(Self(slug.to_owned())) }
    }
}

#[cache_page(60, tags = ["slug:<slug.0>"], shared(slug))]
async fn by_slug(slug: Slug, State(count): State<Count>) -> String {
    format!("{} of {}", count.one_more(), slug.0)
}

#[test]
fn an_extractor_of_ones_own_is_a_guard_until_somebody_says_otherwise() {
    let _larder = testing::isolated();
    let site = Site::of(by_slug);
    assert_eq!(["/a", "/b", "/a"].map(|path| site.text(path)), ["1 of a", "2 of b", "1 of a"]);
    assert_eq!(site.get("/").status, StatusCode::NOT_FOUND);
    larder::invalidate_tag_blocking("slug:a").unwrap();
    assert_eq!(["/a", "/b"].map(|path| site.text(path)), ["3 of a", "2 of b"]);
}
