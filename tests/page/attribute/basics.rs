//! Handlers that say themselves how their pages are kept.

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, Path, Query, Request, State};
use axum::response::Html;
use axum::routing::get;
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use larder::testing;
use larder::{KeyPart, cache_page, invalidates};

use crate::app::{Count, Visit};
use crate::stack;

#[derive(Clone, KeyPart)]
struct User {
    id: u64,
}

impl<S: Sync> FromRequestParts<S> for User {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let cookie = parts.headers.get("cookie").and_then(|cookie| cookie.to_str().ok()).unwrap_or_default();
        cookie
            .strip_prefix("user=")
            .and_then(|id| id.parse().ok())
            .map(|id| Self { id })
            .ok_or(StatusCode::UNAUTHORIZED)
    }
}

#[cache_page(900)]
async fn front(State(count): State<Count>) -> Html<String> {
    Html(count.one_more().to_string())
}

#[cache_page(60, key = "dash:<user.id: u64>")]
async fn dashboard(user: User, State(count): State<Count>) -> Html<String> {
    Html(format!("{} for {}", count.one_more(), user.id))
}

#[cache_page(60, key = "article:<id>", statuses(404 = 10))]
async fn article(Path(id): Path<u64>, State(count): State<Count>) -> Result<String, StatusCode> {
    if id == 0 { Err(StatusCode::NOT_FOUND) } else { Ok(format!("{} of {id}", count.one_more())) }
}

#[invalidates(article(id))]
async fn save(id: u64) {
    let _ = id;
}

struct Shop {
    name: &'static str,
    count: Count,
}

impl Shop {
    #[cache_page(60, key = "shop:<self.name>:<id>")]
    async fn item(self: Arc<Self>, Path(id): Path<u64>, request: Request) -> String {
        assert!(request.headers().get("cookie").is_none() && request.extensions().get::<User>().is_none());
        format!("{} of {id} in {}", self.count.one_more(), self.name)
    }

    #[cache_page(60, associated, vary("Accept-Language", cookie("theme")), query("page"), see("X-Trace"))]
    pub async fn list(headers: HeaderMap, Query(Paging { page }): Query<Paging>, State(count): State<Count>) -> String {
        format!("{} {page:?} {headers:?}", count.one_more())
    }
}

#[derive(serde::Deserialize)]
struct Paging {
    page: Option<u32>,
}

#[test]
fn a_method_is_a_handler_too() {
    let _larder = testing::isolated();
    let shop = |name| Arc::new(Shop { name, count: Count::default() });
    let route = |shop: Arc<Shop>| Router::<()>::new().route("/{id}", get(move |arrival| shop.item(arrival)));
    let (one, two) = (route(shop("one")), route(shop("two")));
    for _ in 0..2 {
        assert_eq!((visit(&one, "/7").text(), visit(&two, "/7").text()), ("1 of 7 in one", "1 of 7 in two"));
    }
}

#[test]
fn a_page_is_told_apart_by_what_its_handler_sees() {
    let _larder = testing::isolated();
    let app = Router::new().route("/", get(Shop::list)).with_state(Count::default());
    let ask = |path, headers: &[(&str, &str)]| stack::get(&app, path, headers).text().to_owned();
    let first = ask(
        "/?page=1&utm=x",
        &[("accept-language", "de"), ("cookie", "theme=dark; session=a"), ("x-trace", "7"), ("x-user", "ann")],
    );
    assert_eq!(
        first,
        "1 Some(1) {\"host\": \"example.org\", \"accept-language\": \"de\", \"x-trace\": \"7\", \"cookie\": \"theme=dark\"}"
    );
    assert_eq!(first, ask("/?page=1", &[("accept-language", "de"), ("cookie", "session=b; theme=dark")]));
    assert!(ask("/?page=1", &[("accept-language", "en"), ("cookie", "theme=dark")]).starts_with('2'));
    testing::block_on(Shop::list_site().invalidate());
    assert!(ask("/?page=1", &[("accept-language", "en"), ("cookie", "theme=dark")]).starts_with('3'));
}

fn app() -> (Router, Count) {
    let count = Count::default();
    let app = Router::new()
        .route("/", get(front))
        .route("/dash", get(dashboard))
        .route("/a/{id}", get(article))
        .with_state(count.clone());
    (app, count)
}

fn visit(app: &Router, path: &str) -> Visit {
    stack::get(app, path, &[])
}

#[test]
fn a_handler_makes_its_page_once() {
    let _larder = testing::isolated();
    let (app, count) = app();
    let first = visit(&app, "/");
    assert_eq!(first.text(), "1");
    let second = visit(&app, "/");
    assert!(second.is_hit());
    assert_eq!((second.text(), count.get()), ("1", 1));
    testing::block_on(front::invalidate());
    assert_eq!(visit(&app, "/").text(), "2");
    assert_eq!(front::stats().invalidated, 1);
}

#[test]
fn a_guard_keeps_pages_apart_and_runs_each_time() {
    let _larder = testing::isolated();
    let (app, _) = app();
    let visit = |user: &str| stack::get(&app, "/dash", &[("cookie", user)]);
    assert_eq!(visit("user=1").text(), "1 for 1");
    assert_eq!(visit("user=2").text(), "2 for 2");
    assert_eq!(visit("user=1").text(), "1 for 1");
    assert_eq!(visit("user=1").header("cache-control").as_deref(), Some("private, max-age=0"));
    assert_eq!(visit("nobody").status, StatusCode::UNAUTHORIZED);
    testing::block_on(dashboard::invalidate(1));
    assert_eq!((visit("user=1").text(), visit("user=2").text()), ("3 for 1", "2 for 2"));
}

#[test]
fn a_write_empties_the_pages_that_show_its_data() {
    let _larder = testing::isolated();
    let (app, _) = app();
    let visit = |path: &str| visit(&app, path);
    assert_eq!((visit("/a/1").text(), visit("/a/2").text(), visit("/a/1?x").text()), ("1 of 1", "2 of 2", "3 of 1"));
    testing::block_on(save(1));
    assert_eq!((visit("/a/1").text(), visit("/a/2").text(), visit("/a/1?x").text()), ("4 of 1", "2 of 2", "5 of 1"));
    assert_eq!(article::key(1).as_str(), "article:1");
}

/// Who shows this is let in.
struct Bearer(String);

impl<S: Sync> FromRequestParts<S> for Bearer {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let shown = parts.headers.get("authorization").and_then(|shown| shown.to_str().ok());
        shown.map(|shown| Self(shown.to_owned())).ok_or(StatusCode::UNAUTHORIZED)
    }
}

#[cache_page(60, key = "of:<bearer.0>")]
async fn account(bearer: Bearer, headers: HeaderMap, State(count): State<Count>) -> String {
    format!("{} for {}, {:?}", count.one_more(), bearer.0, headers.get("authorization"))
}

#[test]
fn a_guard_that_reads_authorization_has_said_what_it_means_for_pages() {
    let _larder = testing::isolated();
    let app = Router::new().route("/", get(account)).with_state(Count::default());
    let ask = |shown| stack::get(&app, "/", &[("authorization", shown)]);
    for _ in 0..2 {
        assert_eq!((ask("ann").text(), ask("bob").text()), ("1 for ann, None", "2 for bob, None"));
    }
    assert!(ask("ann").is_hit());
    assert_eq!(visit(&app, "/").status, StatusCode::UNAUTHORIZED);
}

fn of_the_shop() -> Router {
    #[cache_page(60)]
    async fn index() -> &'static str {
        "the shop"
    }
    Router::new().route("/", get(index))
}

fn of_the_office() -> Router {
    #[cache_page(60)]
    async fn index() -> &'static str {
        "the office"
    }
    Router::new().route("/", get(index))
}

#[test]
fn two_handlers_of_one_name_do_not_read_each_others_pages() {
    let _larder = testing::isolated();
    for _ in 0..2 {
        let both = (visit(&of_the_shop(), "/"), visit(&of_the_office(), "/"));
        assert_eq!((both.0.text(), both.1.text()), ("the shop", "the office"));
    }
}
