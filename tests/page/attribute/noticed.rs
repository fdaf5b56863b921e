//! What only one line of the house sees to, and would go unnoticed without it.

use axum::Router;
use axum::extract::{FromRequestParts, MatchedPath, OriginalUri, Path, Request, State};
use axum::routing::any;
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use larder::page::{CacheLayer, Language, TimeZone};
use larder::{KeyPart, cache_page, etag, testing};

use super::{Site, User};
use crate::app::{App, Count, request, response};
use crate::stack;

#[cache_page(60, key = "inbox:<user.id: u64>")]
async fn inbox(user: User, State(count): State<Count>) -> String {
    format!("{} for {}", count.one_more(), user.id)
}

#[test]
fn a_guard_behind_a_layer_that_hides_cookies_sees_them_and_its_refusal_is_kept_by_nobody() {
    let _larder = testing::isolated();
    let count = Count::default();
    let app = Router::new().fallback(inbox).with_state(count).layer(CacheLayer::new());
    let ask = |headers: &[(&str, &str)]| stack::get(&app, "/", headers);
    assert_eq!(ask(&[]).status, StatusCode::UNAUTHORIZED);
    for _ in 0..2 {
        assert_eq!(ask(&[("cookie", "user=1")]).text(), "1 for 1");
        assert_eq!(ask(&[("cookie", "user=2")]).text(), "2 for 2");
        assert_eq!(ask(&[]).status, StatusCode::UNAUTHORIZED);
    }
}

#[derive(Clone)]
struct Theme;

#[cache_page(60)]
async fn of_a_request(State(count): State<Count>, request: Request) -> String {
    let all = request.extensions();
    let (language, zone) = (all.get::<Language>().is_some(), all.get::<TimeZone>().is_some());
    let address = (all.get::<OriginalUri>().is_some(), all.get::<MatchedPath>().is_some());
    format!("{} {language} {zone} {address:?} {}", count.one_more(), all.get::<Theme>().is_some())
}

#[test]
fn a_request_keeps_what_its_page_is_told_apart_by_and_all_of_it_where_no_page_is_made() {
    let _larder = testing::isolated();
    let inner = Router::new().route("/page", any(of_a_request)).with_state(Count::default());
    let app = Router::new().nest("/in", inner);
    let ask = |method: &str| {
        let mut request = request(method, "/in/page", &[]);
        request.extensions_mut().insert(Language("de".to_owned()));
        request.extensions_mut().insert(TimeZone("UTC".to_owned()));
        request.extensions_mut().insert(Theme);
        testing::block_on(stack::ask(&app, request)).text().to_owned()
    };
    assert_eq!(ask("GET"), "1 true true (true, true) false");
    assert_eq!(ask("POST"), "2 true true (true, true) true");
}

#[cache_page(60, key = "article:<id>")]
async fn article(Path(id): Path<u64>) -> String {
    id.to_string()
}

#[test]
fn a_name_out_of_the_address_makes_no_page_private_and_a_language_or_a_zone_does() {
    let _larder = testing::isolated();
    let app = Router::new().route("/{id}", any(article));
    let says = |locale: fn(&mut Request)| {
        let mut request = request("GET", "/7", &[]);
        locale(&mut request);
        let visit = testing::block_on(stack::ask(&app, request));
        (visit.header("cache-control").unwrap_or_default(), visit.header("vary"))
    };
    assert_eq!(says(|_| {}), ("max-age=60".to_owned(), None));
    let private = ("max-age=60, private".to_owned(), None);
    assert_eq!(says(|request| drop(request.extensions_mut().insert(Language("de".to_owned())))), private);
    assert_eq!(says(|request| drop(request.extensions_mut().insert(TimeZone("UTC".to_owned())))), private);
}

#[cache_page(60, browser = 60, shared(user))]
async fn failing(user: User) -> Result<&'static str, StatusCode> {
    if user.id == 0 { Ok("") } else { Err(StatusCode::NOT_FOUND) }
}

#[test]
fn what_is_not_kept_is_told_no_time_that_it_does_not_have_unless_that_is_none() {
    let _larder = testing::isolated();
    let error = Site::of(failing).get_with("/", &[("cookie", "user=1")]);
    assert_eq!((error.status, error.header("cache-control").as_deref()), (StatusCode::NOT_FOUND, Some("private")));
    let says = [("cache-control", "private, max-age=600")];
    let app = App::new(&CacheLayer::new().browser(60), move |_, _| response(200, &says, ""));
    assert_eq!(app.get("/").header("cache-control").as_deref(), Some("private, max-age=600"), "nobody stands guard");
}

/// Whoever has this key.
struct Client(String);

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let key = parts.headers.get("x-api-key").and_then(|key| key.to_str().ok());
        key.map(|key| Self(key.to_owned())).ok_or(StatusCode::UNAUTHORIZED)
    }
}

#[cache_page(60, vary(client = "X-Api-Key"))]
#[etag("v1")]
async fn orders(client: Client) -> String {
    client.0
}

#[test]
fn a_guard_that_reads_a_header_of_its_own_tells_visitors_apart_as_cookies_do() {
    let _larder = testing::isolated();
    let site = Site::of(orders);
    for _ in 0..2 {
        assert_eq!(site.text_with("/", &[("x-api-key", "ann")]), "ann");
        assert_eq!(site.text_with("/", &[("x-api-key", "bob"), ("if-none-match", "\"v1\"")]), "bob");
    }
}

#[derive(Clone, KeyPart)]
struct Who(u64);

#[test]
fn a_part_of_a_visitors_page_is_no_part_of_what_another_one_has() {
    let _larder = testing::isolated();
    let app = App::new(&CacheLayer::new().vary_extension::<Who>().keep_parts(), |run, request| {
        let headers = [("etag", "\"v1\""), ("cache-control", "max-age=60"), ("content-range", "bytes 0-2/9")];
        let is_part = request.headers().contains_key("range");
        response(if is_part { 206 } else { 200 }, if is_part { &headers } else { &headers[..2] }, format!("{run:03}"))
    });
    let ask = |headers: HeaderMap| {
        let mut asked = request("GET", "/", &[("range", "bytes=0-2")]);
        asked.headers_mut().extend(headers);
        asked.extensions_mut().insert(Who(1));
        testing::block_on(app.ask(asked)).text().to_owned()
    };
    assert_eq!([ask(HeaderMap::new()), ask(HeaderMap::new())], ["001", "001"]);
    let known = [(http::header::IF_RANGE, "\"v1\"".parse().unwrap())];
    assert_eq!(ask(known.into_iter().collect()), "002");
}
