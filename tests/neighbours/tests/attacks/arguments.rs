//! Arguments that a page takes in ways that nobody thought of.

use std::convert::Infallible;

use axum::Router;
use axum::extract::{Query, RawQuery, Request, State};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get as on_get;
use http::header::COOKIE;
use http::{HeaderMap, Uri};
use larder::page::CacheLayer;
use larder::{cache_page, testing};
use serde::Deserialize;

use crate::site::{ask, get, request, send_to};

fn cookie_in(headers: &HeaderMap) -> &str {
    headers.get(COOKIE).map_or("nobody", |line| line.to_str().expect("a text"))
}

#[cache_page(60, key = "hosts:<headers.len()>")]
async fn named_headers(headers: HeaderMap) -> String {
    cookie_in(&headers).to_owned()
}

#[derive(Deserialize)]
struct Paging {
    page: u32,
    token: Option<String>,
}

#[cache_page(60, key = "page:<paging.page: u32>", query("page"))]
async fn named_query(Query(paging): Query<Paging>, RawQuery(query): RawQuery, uri: Uri) -> String {
    format!("{} {:?} {query:?} {uri}", paging.page, paging.token)
}

#[cache_page(60, key = "<paging.page: u32>", query("page"), tags = ["of:<headers.len()>"])]
async fn named_in_tags(Query(paging): Query<Paging>, headers: HeaderMap) -> String {
    format!("{} {:?} {}", paging.page, paging.token, cookie_in(&headers))
}

#[test]
fn an_argument_that_names_a_page_sees_no_more_than_one_that_does_not() {
    let _larder = testing::isolated();
    let site = Router::new()
        .route("/headers", on_get(named_headers))
        .route("/query", on_get(named_query))
        .route("/tags", on_get(named_in_tags));
    for user in ["ann", "bob"] {
        let ask = |path: &str| send_to(&site, "GET", path, &[("cookie", user)]).text();
        assert_eq!(ask("/headers"), "nobody");
        assert_eq!(ask(&format!("/query?page=1&token={user}")), "1 None Some(\"page=1\") /query?page=1");
        assert_eq!(ask(&format!("/tags?token={user}&page=1")), "1 None nobody");
    }
}

#[derive(Clone)]
struct CurrentUser(String);

/// Tells everybody behind it who asks.
async fn tell(mut request: Request, next: Next) -> Response {
    let user = CurrentUser(cookie_in(request.headers()).to_owned());
    request.extensions_mut().insert(user);
    next.run(request).await
}

#[cache_page(60)]
async fn of_a_request_or_none(request: Result<Request, Infallible>) -> String {
    let Ok(request) = request;
    request.extensions().get::<CurrentUser>().map_or("nobody".to_owned(), |CurrentUser(user)| user.clone())
}

#[test]
fn a_request_is_the_same_whatever_is_put_around_it() {
    let _larder = testing::isolated();
    let site = Router::new().route("/page", on_get(of_a_request_or_none)).layer(from_fn(tell));
    for user in ["ann", "bob"] {
        assert_eq!(get(&site, &[("cookie", user)]).text(), "nobody");
    }
}

tokio::task_local! {
    static ASKING: String;
}

#[cache_page(60, key_prefix = "of a task")]
async fn of_its_task() -> String {
    ASKING.try_with(Clone::clone).unwrap_or("nobody".to_owned())
}

/// A page is made by a task of its own, to which nobody's variables belong. In caches of a test there are no such tasks.
#[test]
fn what_a_layer_says_of_its_task_is_not_said_of_the_one_that_makes_a_page() {
    let scoped = from_fn(async |request: Request, next: Next| {
        let user = cookie_in(request.headers()).to_owned();
        ASKING.scope(user, next.run(request)).await
    });
    let site = Router::new().route("/page", on_get(of_its_task)).layer(scoped);
    crate::wire::run(async {
        for user in ["ann", "bob"] {
            let page = ask(&site, request("GET", "/page", &[("cookie", user)])).await;
            assert_eq!(page.text(), "nobody");
        }
    });
}

#[cache_page(60, vary(user = cookie("user")), layer = |_| CacheLayer::new())]
async fn with_a_layer_of_its_own(user: crate::attacks::layers::Named) -> String {
    user.0
}

#[test]
fn a_layer_that_begins_anew_does_not_forget_what_decides_a_guard() {
    let _larder = testing::isolated();
    let site = Router::new().route("/page", on_get(with_a_layer_of_its_own));
    for is_hit in [false, true] {
        for user in ["user=ann", "user=bob"] {
            let page = get(&site, &[("cookie", user)]);
            assert_eq!((&*page.text(), page.is_hit()), (user, is_hit));
        }
    }
}

/// What somebody keeps in the state of a router that is made for one request.
#[derive(Clone)]
struct Of(&'static str);

#[cache_page(60)]
async fn of_its_state(State(Of(user)): State<Of>) -> &'static str {
    user
}

#[test]
fn a_state_is_taken_for_the_same_for_all_as_the_manual_says() {
    let _larder = testing::isolated();
    let site = |user| Router::new().route("/page", on_get(of_its_state)).with_state(Of(user));
    assert_eq!(get(&site("ann"), &[]).text(), "ann");
    assert_eq!(get(&site("bob"), &[]).text(), "ann");
}
