//! Two visitors with one browser: what that keeps of the first one's page does not become the second one's.

use axum::Extension;
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use http::{HeaderMap, StatusCode};
use larder::page::{CacheLayer, Language};
use larder::{KeyPart, cache_control, cache_page, etag, last_modified, testing};

use super::{Site, User};
use crate::app::{App, Count, Visit, request, response};
use crate::stack;

const LONG_AGO: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

#[cache_page(60, key = "tagged:<user.id: u64>")]
async fn tagged(user: User) -> impl IntoResponse {
    ([("etag", "\"v1\"")], format!("for {}", user.id))
}

#[cache_page(60, key = "marked:<user.id: u64>")]
#[etag("v1")]
async fn marked(user: User) -> String {
    format!("for {}", user.id)
}

#[cache_page(60, vary(user = cookie("user")))]
#[etag("v1")]
async fn by_cookie(user: User) -> String {
    format!("for {}", user.id)
}

#[cache_page(60, key = "dated:<user.id: u64>")]
#[last_modified(784_111_777_u64)]
async fn dated(user: User) -> String {
    format!("for {}", user.id)
}

#[cache_page(60, key = "bytes:<user.id: u64>", etag)]
async fn bytes(user: User) -> String {
    format!("for {}", user.id)
}

#[cache_page(60, shared(user))]
#[etag("v1")]
async fn shared(user: User) -> String {
    format!("for {}", user.id)
}

#[cache_page(60, key = "through:<user.id: u64>")]
async fn by_extension(Extension(user): Extension<User>) -> impl IntoResponse {
    ([("etag", "\"v1\"")], format!("for {}", user.id))
}

/// Asks as a user, with what a browser knows of the page that it has.
fn ask(site: &Site, user: u64, more: &[(&str, &str)]) -> Visit {
    let cookie = format!("user={user}");
    let mut request = request("GET", "/", &[&[("cookie", &*cookie)], more].concat());
    request.extensions_mut().insert(User { id: user });
    testing::block_on(stack::ask(&site.app, request))
}

/// Makes a site.
type Make = fn() -> Site;

#[test]
fn the_etag_or_the_date_of_one_visitors_page_confirms_no_other_ones() {
    let sites: [(&str, Make); 5] = [
        ("by itself", || Site::of(tagged)),
        ("by its attribute", || Site::of(marked)),
        ("by cookie", || Site::of(by_cookie)),
        ("a date", || Site::of(dated)),
        ("an extension", || Site::of(by_extension)),
    ];
    for (name, site) in sites {
        let _larder = testing::isolated();
        let site = site();
        for second_is_kept in [false, true] {
            let first = ask(&site, 1, &[]);
            if second_is_kept {
                ask(&site, 2, &[]);
            }
            let known = ["etag", "last-modified"].map(|said| first.header(said));
            for (condition, value) in ["if-none-match", "if-modified-since"].into_iter().zip(known) {
                let Some(value) = value else { continue };
                let second = ask(&site, 2, &[(condition, &value)]);
                assert_eq!((second.status, second.text()), (StatusCode::OK, "for 2"), "{name}, {condition}");
                let part = ask(&site, 2, &[("range", "bytes=4-"), ("if-range", &value)]);
                assert_eq!((part.status, part.text()), (StatusCode::OK, "for 2"), "{name}, if-range");
            }
        }
    }
}

#[test]
fn a_tag_of_the_bytes_confirms_the_page_of_whoever_has_the_same_bytes() {
    let _larder = testing::isolated();
    let site = Site::of(bytes);
    ask(&site, 1, &[]);
    ask(&site, 2, &[]);
    let tag = |user: u64| ask(&site, user, &[]).header("etag").expect("a tag of its bytes");
    assert_eq!(ask(&site, 1, &[("if-none-match", &tag(1))]).status, StatusCode::NOT_MODIFIED);
    assert_eq!(ask(&site, 2, &[("if-none-match", &tag(1))]).text(), "for 2");
    let listed = format!("W/\"v1\", {}", tag(2));
    assert_eq!(ask(&site, 2, &[("if-none-match", &listed)]).status, StatusCode::NOT_MODIFIED);
    assert_eq!(ask(&site, 2, &[("range", "bytes=4-"), ("if-range", &tag(2))]).text(), "2");
}

#[test]
fn a_page_that_all_share_is_confirmed_by_whatever_it_has() {
    let _larder = testing::isolated();
    let site = Site::of(shared);
    ask(&site, 1, &[]);
    assert_eq!(ask(&site, 2, &[("if-none-match", "\"v1\"")]).status, StatusCode::NOT_MODIFIED);
}

#[test]
fn a_layer_that_tells_visitors_apart_confirms_no_others_page_either() {
    #[derive(Clone, KeyPart)]
    struct Who(u64);
    let layers = [
        CacheLayer::new().vary("Cookie"),
        CacheLayer::new().vary_cookie("user"),
        CacheLayer::new().vary_extension::<Who>(),
    ];
    for layer in layers {
        let _larder = testing::isolated();
        let app = App::new(&layer, |_, request| {
            let seen = request.headers().get("cookie").map_or("nobody", |cookie| cookie.to_str().unwrap());
            let seen = request.extensions().get().map_or(seen.to_owned(), |Who(id)| format!("user={id}"));
            response(200, &[("etag", "\"v1\""), ("last-modified", LONG_AGO)], seen)
        });
        let ask = |user: u64, more: &[(&str, &str)]| {
            let cookie = format!("user={user}");
            let mut request = request("GET", "/", &[&[("cookie", &*cookie)], more].concat());
            request.extensions_mut().insert(Who(user));
            testing::block_on(app.ask(request))
        };
        for known in [("if-none-match", "\"v1\""), ("if-modified-since", LONG_AGO)] {
            ask(1, &[]);
            assert_eq!(ask(2, &[known]).text(), "user=2", "{known:?}");
            assert_eq!(ask(2, &[known]).text(), "user=2", "{known:?}");
        }
    }
}

#[cache_page(60)]
#[last_modified(784_111_777_u64)]
async fn translated(Language(name): Language) -> String {
    name
}

#[test]
fn no_date_confirms_a_page_in_another_language() {
    let _larder = testing::isolated();
    let site = Site::of(translated);
    let ask = |language: &str, more: &[(&str, &str)]| {
        let mut request = request("GET", "/", more);
        request.extensions_mut().insert(Language(language.to_owned()));
        testing::block_on(stack::ask(&site.app, request))
    };
    assert_eq!(ask("en", &[]).header("last-modified").as_deref(), Some(LONG_AGO));
    for _ in 0..2 {
        assert_eq!(ask("de", &[("if-modified-since", LONG_AGO)]).text(), "de");
    }
}

#[cache_page(60, key = "plain:<user.id: u64>")]
async fn plain(user: User) -> String {
    format!("for {}", user.id)
}

#[cache_page(60, key = "longer:<user.id: u64>", browser = 60)]
async fn longer(user: User) -> String {
    format!("for {}", user.id)
}

#[cache_page(60, key = "lent:<user.id: u64>")]
#[cache_control(stale_while_revalidate = 600)]
async fn lent(user: User) -> String {
    format!("for {}", user.id)
}

#[cache_page(60, key = "failing:<user.id: u64>")]
async fn failing(user: User) -> Result<String, StatusCode> {
    if user.id == 0 { Ok(String::new()) } else { Err(StatusCode::NOT_FOUND) }
}

#[cache_page(60, key = "loud:<user.id: u64>")]
async fn loud(user: User) -> impl IntoResponse {
    ([("cache-control", "max-age=600"), ("set-cookie", "a=b")], format!("for {}", user.id))
}

/// What a way to answer is called, the method, and the headers that ask for it.
type Way = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// Every way to answer, in the order in which they come about.
const WAYS: [Way; 7] = [
    ("HEAD of nothing", "HEAD", &[]),
    ("a part of nothing", "GET", &[("range", "bytes=0-2")]),
    ("made", "GET", &[]),
    ("kept", "GET", &[]),
    ("HEAD", "HEAD", &[]),
    ("a part", "GET", &[("range", "bytes=0-2")]),
    ("a condition", "GET", &[("if-match", "\"other\"")]),
];

#[test]
fn every_answer_with_a_guard_says_that_it_is_for_one_and_that_a_cookie_decides_it() {
    let sites: [(&str, Make, &str); 7] = [
        ("plain", || Site::of(plain), "max-age=0"),
        ("longer", || Site::of(longer), "max-age=60"),
        ("lent", || Site::of(lent), "max-age=0"),
        ("by cookie", || Site::of(by_cookie), "max-age=0"),
        ("shared", || Site::of(shared), "max-age=0"),
        ("failing", || Site::of(failing), "max-age=0"),
        ("loud", || Site::of(loud), "max-age=0"),
    ];
    for (name, site, time) in sites {
        let _larder = testing::isolated();
        let site = site();
        for (way, method, more) in WAYS {
            let visit = stack::send(&site.app, method, "/", &[&[("cookie", "user=1")], more].concat());
            let said = visit.header("cache-control").unwrap_or_default();
            let words: Vec<_> = said.split(", ").collect();
            assert!(words.contains(&"private"), "{name}, {way}: {said}");
            let has_time = visit.status == StatusCode::NOT_FOUND || way == "a part of nothing" || words.contains(&time);
            assert!(has_time, "{name}, {way}: {said}");
            let vary = visit.header("vary").unwrap_or_default().to_lowercase();
            assert!(vary.contains("cookie") && vary.contains("authorization"), "{name}, {way}: {vary}");
        }
    }
}

#[cache_page(60, key = "open:<user.id: u64>")]
#[cache_control(public)]
async fn open(user: User) -> String {
    format!("for {}", user.id)
}

#[test]
fn a_page_that_says_that_it_is_public_stays_so() {
    let _larder = testing::isolated();
    let site = Site::of(open);
    for _ in 0..2 {
        let visit = ask(&site, 1, &[]);
        assert_eq!((visit.header("cache-control").as_deref(), visit.header("vary")), (Some("public, max-age=0"), None));
    }
}

/// What a list can be asked for.
#[derive(serde::Deserialize)]
struct Paging {
    page: u32,
    sort: Option<String>,
}

#[cache_page(60, query("page"), key = "list:<paging.page: u32>")]
async fn list(Query(paging): Query<Paging>, State(count): State<Count>) -> String {
    format!("{} page {} by {:?}", count.one_more(), paging.page, paging.sort)
}

#[cache_page(60, tags = ["headers:<headers.len()>"])]
async fn headers(headers: HeaderMap, State(count): State<Count>) -> String {
    format!("{} {:?}", count.one_more(), headers.get("cookie"))
}

#[test]
fn what_a_page_is_named_by_shows_a_handler_no_more_than_it_sees_else() {
    let _larder = testing::isolated();
    let (list, headers) = (Site::of(list), Site::of(headers));
    assert_eq!(list.text("/?page=1&sort=up"), "1 page 1 by None");
    assert_eq!(list.text("/?page=1&sort=down"), "1 page 1 by None");
    assert_eq!(headers.text_with("/", &[("cookie", "user=1")]), "1 None");
}
