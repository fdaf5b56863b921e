//! Where handlers stand: in routers of all kinds, behind layers, and inside of themselves.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, OriginalUri, Path, Request, State};
use axum::handler::Handler;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use http::{HeaderMap, StatusCode, Uri};
use http_body_util::BodyExt;
use larder::page::{CacheLayer, cache_page as layer};
use larder::report::{Report, ReportLayer};
use larder::{cache_page, cached, testing};
use std::sync::OnceLock;
use tower::{Layer, ServiceExt};

use super::User;
use crate::app::{Count, request};
use crate::play::Visitor;
use crate::stack::{self, send};

#[cache_page(60)]
async fn page(matched: MatchedPath, uri: Uri, OriginalUri(whole): OriginalUri, State(count): State<Count>) -> String {
    format!("{} {} {uri} {}", count.one_more(), matched.as_str(), whole.path())
}

#[cache_page(60)]
async fn anything(uri: Uri, headers: HeaderMap, State(count): State<Count>) -> String {
    format!("{} {uri} {:?}", count.one_more(), headers.get("accept-language"))
}

fn text(app: &Router, path: &str) -> String {
    stack::get(app, path, &[]).text().to_owned()
}

fn hits<const N: usize>(app: &Router, paths: [&str; N]) -> [bool; N] {
    paths.map(|path| stack::get(app, path, &[]).is_hit())
}

#[test]
fn one_handler_at_several_places_has_a_page_at_each() {
    let _larder = testing::isolated();
    let inner = || Router::new().route("/x", get(page)).route("/y", get(page));
    let app = Router::new()
        .route("/x", get(page))
        .nest("/a", inner())
        .nest("/b", Router::new().nest("/a", inner()))
        .merge(Router::new().route("/z", get(page)))
        .with_state(Count::default());
    let paths = ["/x", "/a/x", "/a/y", "/b/a/x", "/z"];
    let texts = paths.map(|path| text(&app, path));
    assert_eq!(texts, ["1 /x /x /x", "2 /a/x /x /a/x", "3 /a/y /y /a/y", "4 /b/a/x /x /b/a/x", "5 /z /z /z"]);
    assert_eq!(hits(&app, paths), [true; 5]);
    testing::block_on(page::invalidate());
    assert_eq!(hits(&app, paths), [false; 5]);
}

#[test]
fn a_handler_may_be_a_fallback_and_a_service() {
    let _larder = testing::isolated();
    let count = Count::default();
    let app = Router::new()
        .nest("/nested", Router::new().fallback(anything))
        .fallback(anything)
        .with_state(count.clone())
        .nest_service("/service", anything.with_state(count));
    let paths = ["/nested/1", "/2", "/service/3"];
    assert_eq!(paths.map(|path| text(&app, path)), ["1 /1 None", "2 /2 None", "3 /3 None"]);
    assert_eq!(hits(&app, paths), [true; 3]);
}

#[test]
fn layers_between_a_router_and_its_handlers_run_each_time() {
    let _larder = testing::isolated();
    let passed = Count::default();
    let counting = passed.clone();
    let app = Router::new()
        .route("/x", get(page))
        .route_layer(from_fn(move |request: Request, next: Next| {
            counting.one_more();
            next.run(request)
        }))
        .with_state(Count::default());
    assert_eq!([text(&app, "/x"), text(&app, "/x")], ["1 /x /x /x", "1 /x /x /x"]);
    assert_eq!((passed.get(), stack::get(&app, "/y", &[]).status), (2, StatusCode::NOT_FOUND));
}

#[test]
fn a_layer_around_a_site_leaves_the_pages_of_its_handlers_to_them() {
    let larder = testing::isolated();
    let app = Router::new().route("/x", get(anything)).with_state(Count::default());
    let app = app.layer(CacheLayer::new().vary("Accept-Language").time(600));
    let ask = |language| stack::get(&app, "/x", &[("accept-language", language)]).text().to_owned();
    assert_eq!([ask("de"), ask("en")], ["1 /x None", "1 /x None"], "the handler's page is told apart by nothing");
    larder.advance(std::time::Duration::from_secs(60));
    assert_eq!([ask("de"), ask("en")], ["2 /x None", "2 /x None"], "and kept for as long as the handler says");
    testing::block_on(anything::invalidate());
    assert_eq!(ask("de"), "3 /x None");
}

#[cache_page(60, key = "mine:<user.id: u64>")]
async fn mine(user: User, State(count): State<Count>) -> String {
    format!("{} for {}", count.one_more(), user.id)
}

#[test]
fn guards_see_who_asks_behind_whatever_layer() {
    let _larder = testing::isolated();
    for outer in [CacheLayer::new(), CacheLayer::new().vary("Accept"), CacheLayer::new().time(600).key_prefix("outer")]
    {
        let route = get(mine).layer(layer(60).query([]));
        let app = Router::new().route("/x", route).with_state(Count::default()).layer(outer);
        let ask = |user: &str| stack::get(&app, "/x?a", &[("cookie", user)]);
        for _ in 0..3 {
            assert_eq!([ask("user=1").text(), ask("user=2").text()], ["1 for 1", "2 for 2"]);
            assert_eq!(ask("").status, StatusCode::UNAUTHORIZED);
        }
        testing::block_on(mine::invalidate_all());
    }
}

#[cache_page(60, key_prefix = "other")]
async fn prefixed(State(count): State<Count>) -> String {
    count.one_more().to_string()
}

#[test]
fn a_write_that_only_a_layer_outside_sees_empties_the_pages_of_handlers_too() {
    let _larder = testing::isolated();
    let app = Router::new()
        .route("/mine", get(mine).post(async || "saved"))
        .route("/x", get(anything).post(async || "saved"))
        .route("/p", get(prefixed).post(async || "saved"))
        .with_state(Count::default())
        .layer(CacheLayer::new());
    let ask = |path, user: &str| stack::get(&app, path, &[("cookie", user)]).text().to_owned();
    let all = || [ask("/mine", "user=1"), ask("/mine", "user=2"), ask("/x", ""), ask("/p", "")];
    assert_eq!(all(), ["1 for 1", "2 for 2", "3 /x None", "4"]);
    assert_eq!(all(), ["1 for 1", "2 for 2", "3 /x None", "4"]);
    send(&app, "POST", "/mine", &[]);
    assert_eq!(all(), ["5 for 1", "6 for 2", "3 /x None", "4"]);
    send(&app, "POST", "/x", &[]);
    assert_eq!(all(), ["5 for 1", "6 for 2", "7 /x None", "4"]);
    send(&app, "POST", "/p", &[]);
    assert_eq!(all(), ["5 for 1", "6 for 2", "7 /x None", "8"]);
}

/// Where a handler finds the router that it stands in.
#[derive(Clone, Default)]
struct Own(Arc<OnceLock<Router>>, Count);

async fn asked(own: &Own, path: &str) -> String {
    let app = own.0.get().expect("the router").clone();
    let response = app.oneshot(request("GET", path, &[])).await.expect("no error can happen");
    let body = response.into_body().collect().await.expect("a whole body").to_bytes();
    String::from_utf8(body.to_vec()).expect("a text")
}

/// Asks for itself, until it is deep enough.
#[cache_page(60)]
async fn inside(State(own): State<Own>) -> String {
    let run = own.1.one_more();
    if run < 4 { format!("{run} in {}", asked(&own, "/inside").await) } else { format!("{run}") }
}

/// Asks for the other one, which asks for this one.
#[cache_page(60)]
async fn here(State(own): State<Own>) -> String {
    let run = own.1.one_more();
    if run < 6 { format!("here {run}, {}", asked(&own, "/there").await) } else { "here".to_owned() }
}

#[cache_page(60)]
async fn there(State(own): State<Own>) -> String {
    let run = own.1.one_more();
    if run < 6 { format!("there {run}, {}", asked(&own, "/here").await) } else { "there".to_owned() }
}

/// Shows a value that is loaded from a page, which shows that value.
#[cache_page(60)]
async fn shown(State(own): State<Own>) -> String {
    let run = own.1.one_more();
    if run < 4 { format!("{run} shows {}", loaded(&own).await) } else { format!("{run}") }
}

#[cached(key = "page-inside-a-value", ttl = 60, ignore(own))]
async fn loaded(own: &Own) -> String {
    asked(own, "/shown").await
}

fn own() -> (Router, Own) {
    let own = Own::default();
    let app = Router::new()
        .route("/inside", get(inside))
        .route("/here", get(here))
        .route("/there", get(there))
        .route("/shown", get(shown))
        .with_state(own.clone());
    own.0.set(app.clone()).expect("set once");
    (app, own)
}

#[test]
fn a_handler_that_asks_for_its_own_page_does_not_wait_for_itself() {
    for path in ["/inside", "/here", "/shown"] {
        let larder = testing::isolated();
        let (app, own) = own();
        let mut visitor = Visitor::at(&app, request("GET", path, &[]));
        visitor.go_on();
        larder.run_tasks();
        visitor.go_on();
        assert!(visitor.page().is_some(), "{path} has an end, after {} runs", own.1.get());
        let mut next = Visitor::at(&app, request("GET", path, &[]));
        assert_eq!(next.go_on().page(), visitor.page(), "{path}: the whole is kept, and no part of it");
    }
}

#[test]
fn two_visitors_of_pages_that_show_each_other_are_both_answered() {
    let larder = testing::isolated();
    let (app, _) = own();
    let mut all = ["/here", "/there", "/here", "/there"].map(|path| Visitor::at(&app, request("GET", path, &[])));
    for _ in 0..8 {
        all.iter_mut().for_each(Visitor::step);
        larder.run_tasks();
    }
    assert!(all.iter_mut().all(|one| one.go_on().page().is_some()));
}

/// Hands the very request that it was asked with to its own router.
#[cache_page(60)]
async fn forwards(State(own): State<Own>, request: Request) -> Response {
    if own.1.one_more() > 3 {
        return "deep enough".into_response();
    }
    own.0.get().expect("the router").clone().oneshot(request).await.expect("no error can happen")
}

#[test]
fn a_handler_that_hands_its_request_to_its_own_router_does_not_wait_for_itself() {
    let _larder = testing::isolated();
    let own = Own::default();
    let app = Router::new().route("/", get(forwards)).with_state(own.clone());
    own.0.set(app.clone()).expect("set once");
    assert_eq!(Visitor::at(&app, request("GET", "/", &[])).go_on().page(), Some("deep enough"));
}

#[cache_page(60)]
async fn read(State(count): State<Count>) -> String {
    format!("read {}", count.one_more())
}

#[cache_page(60, key = "written:<id>")]
async fn write(Path(id): Path<u64>, State(count): State<Count>) -> String {
    format!("written {} {id}", count.one_more())
}

#[test]
fn two_handlers_at_one_url_are_told_apart_by_method() {
    let _larder = testing::isolated();
    let app = Router::new().route("/{id}", get(read).post(write).put(write)).with_state(Count::default());
    let ask = |method| send(&app, method, "/7", &[]).text().to_owned();
    assert_eq!([ask("GET"), ask("GET")], ["read 1", "read 1"]);
    assert_eq!([ask("POST"), ask("POST"), ask("PUT")], ["written 2 7", "written 3 7", "written 4 7"]);
    assert_eq!([ask("GET"), ask("GET"), ask("HEAD")], ["read 5", "read 5", ""]);
}

#[cache_page(60)]
async fn of_ann(State(count): State<Count>) -> String {
    format!("ann {}", count.one_more())
}

#[cache_page(60)]
async fn of_bob(State(count): State<Count>) -> String {
    format!("bob {}", count.one_more())
}

#[test]
fn two_handlers_at_one_url_are_told_apart_by_host() {
    let _larder = testing::isolated();
    let count = Count::default();
    let (ann, bob) = (of_ann.with_state(count.clone()), of_bob.with_state(count));
    let by_host = move |request: Request| {
        let (ann, bob) = (ann.clone(), bob.clone());
        async move {
            let is_ann = request.headers()["host"] == "ann.example";
            if is_ann { ann.oneshot(request).await } else { bob.oneshot(request).await }
        }
    };
    let app = Router::new().fallback(any(by_host));
    let ask = |host| stack::get(&app, "/", &[("host", host)]).text().to_owned();
    for _ in 0..2 {
        assert_eq!([ask("ann.example"), ask("bob.example")], ["ann 1", "bob 2"]);
    }
}

#[test]
fn two_handlers_at_one_address_that_something_else_decides_never_show_each_others_pages() {
    let _larder = testing::isolated();
    let count = Count::default();
    let (ann, bob) = (of_ann.with_state(count.clone()), of_bob.with_state(count));
    let by_header = move |request: Request| {
        let (ann, bob) = (ann.clone(), bob.clone());
        async move {
            let is_ann = request.headers().contains_key("x-ann");
            if is_ann { ann.oneshot(request).await } else { bob.oneshot(request).await }
        }
    };
    let app = Router::new().fallback(any(by_header));
    for _ in 0..3 {
        assert!(stack::get(&app, "/", &[("x-ann", "")]).text().starts_with("ann"));
        assert!(stack::get(&app, "/", &[]).text().starts_with("bob"));
    }
}

#[test]
fn a_report_counts_each_page_of_a_handler_once() {
    let _larder = testing::isolated();
    let app = Router::new().route("/", get(mine)).route("/write", post(mine)).with_state(Count::default());
    let ask = |method: &str, path: &str| {
        let service = ReportLayer::new().layer(app.clone());
        let response = testing::block_on(service.oneshot(request(method, path, &[("cookie", "user=1")])));
        let response: Response<Body> = response.expect("no error can happen");
        let seen = response.extensions().get::<Report>().expect("a report").seen;
        drop(testing::block_on(response.into_body().collect()));
        (seen.hits, seen.misses)
    };
    assert_eq!([ask("GET", "/"), ask("GET", "/"), ask("POST", "/write")], [(0, 1), (1, 0), (0, 0)]);
}
