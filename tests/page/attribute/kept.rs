//! What is kept of what a handler answers.

use axum::extract::State;
use axum::response::{Html, IntoResponse};
use http::{HeaderMap, StatusCode, Uri};
use larder::page::{Hole, Statuses};
use larder::testing;
use larder::{cache_control, cache_page, etag, vary_on_cookie};
use std::time::Duration;

use super::{Site, User, page};
use crate::app::Count;

const LIMIT: u64 = 2;

page!(plain: 60);
page!(statuses: 60, statuses(404 = 10, 403, 418 = Duration::from_secs(20)));
page!(with_cookies: 60, keep_cookies);
page!(trusting: 60, trust_client);
page!(tagged: 60, etag);
page!(silent: 60, silent);
page!(small: 60, limit = LIMIT);
page!(few: 60, vary = "X-Kind", variants = 2);
page!(with_errors: 60, statuses(404), layer = larder::page::CacheLayer::keep_errors);
page!(with_named_errors: 60, layer = |layer| layer.keep_errors().statuses(Statuses::none().and(StatusCode::INTERNAL_SERVER_ERROR)));

fn is_kept(site: &Site, path: &str) -> bool {
    site.text(path) == site.text(path)
}

#[test]
fn statuses_that_are_named_are_kept_and_may_have_a_time_of_their_own() {
    let larder = testing::isolated();
    let (plain, named) = (Site::of(plain), Site::of(statuses));
    for (path, usually) in [("/?status=404", true), ("/?status=403", false), ("/?status=418", false)] {
        assert_eq!((is_kept(&plain, path), is_kept(&named, path)), (usually, true), "{path}");
    }
    for path in ["/?status=500", "/?status=302", "/?status=400"] {
        assert!(!is_kept(&named, path), "{path}");
    }
    let texts = || ["404", "403", "418", "200"].map(|status| named.text(&format!("/?status={status}")));
    let first = texts();
    let kept = |now: [String; 4]| [0, 1, 2, 3].map(|index| now[index] == first[index]);
    larder.advance(Duration::from_secs(9));
    assert_eq!(kept(texts()), [true; 4]);
    larder.advance(Duration::from_secs(1));
    assert_eq!(kept(texts()), [false, true, true, true]);
    larder.advance(Duration::from_secs(10));
    assert_eq!(kept(texts()), [false, true, false, true]);
    larder.advance(Duration::from_secs(40));
    assert_eq!(kept(texts()), [false; 4]);
}

/// An alias, which hides that this is a `Result`.
type Answer = Result<String, (StatusCode, &'static str)>;

#[cache_page(60, statuses(404 = 10))]
async fn found(State(count): State<Count>, uri: Uri) -> Answer {
    let run = count.one_more();
    let status = match uri.path() {
        "/404" => StatusCode::NOT_FOUND,
        "/410" => StatusCode::GONE,
        "/200" => StatusCode::OK,
        _ => return Ok(run.to_string()),
    };
    Err((status, "an error"))?;
    Ok(String::new())
}

#[test]
fn an_error_is_answered_and_kept_only_where_its_status_is_named() {
    let larder = testing::isolated();
    let site = Site::of(found);
    let runs = |path: &str| {
        let before = site.count.get();
        site.get(path);
        site.get(path);
        site.count.get() - before
    };
    assert_eq!((runs("/404"), runs("/410"), runs("/200"), runs("/")), (1, 2, 2, 1));
    assert_eq!((site.get("/410").status, site.get("/410").text()), (StatusCode::GONE, "an error"));
    larder.advance(Duration::from_secs(10));
    assert_eq!((runs("/404"), runs("/")), (1, 0));
}

#[test]
fn pages_that_set_cookies_are_kept_only_on_request() {
    let _larder = testing::isolated();
    assert!(!is_kept(&Site::of(plain), "/?set-cookie=a=b"));
    let site = Site::of(with_cookies);
    assert!(is_kept(&site, "/?set-cookie=a=b"));
    assert_eq!(site.get("/?set-cookie=a=b").header("set-cookie").as_deref(), Some("a=b"));
}

#[test]
fn clients_are_obeyed_only_on_request() {
    let _larder = testing::isolated();
    let (plain, trusting) = (Site::of(plain), Site::of(trusting));
    let anew = |site: &Site, path| [site.text(path), site.text_with(path, &[("cache-control", "no-cache")])];
    assert_eq!(
        (anew(&plain, "/stranger"), anew(&trusting, "/client")),
        (["1", "1"].map(Into::into), ["1", "2"].map(Into::into))
    );
    let only = [("cache-control", "only-if-cached")];
    assert_eq!(
        (plain.get_with("/a", &only).status.as_u16(), trusting.get_with("/b", &only).status.as_u16()),
        (200, 504)
    );
}

#[test]
fn a_page_gets_a_tag_of_its_bytes_only_on_request() {
    let _larder = testing::isolated();
    let site = Site::of(plain);
    site.get("/tag");
    assert_eq!(site.get("/tag").header("etag"), None);
    let site = Site::of(tagged);
    site.get("/tag");
    let tag = site.get("/tag").header("etag").expect("a tag");
    assert_eq!(site.get_with("/tag", &[("if-none-match", &tag)]).status, StatusCode::NOT_MODIFIED);
    assert_eq!(site.count.get(), 1);
}

#[test]
fn the_cache_says_what_it_did_unless_it_is_to_be_silent() {
    let _larder = testing::isolated();
    let (plain, silent) = (Site::of(plain), Site::of(silent));
    plain.get("/said");
    silent.get("/unsaid");
    assert!(plain.get("/said").is_hit());
    assert_eq!((silent.get("/unsaid").header("cache-status"), silent.count.get()), (None, 1));
}

#[test]
fn a_page_over_its_limit_is_handed_on_and_not_kept() {
    let _larder = testing::isolated();
    let site = Site::of(small);
    for _ in 0..98 {
        site.count.one_more();
    }
    assert_eq!([site.text("/two"), site.text("/two")], ["99", "99"]);
    assert_eq!([site.text("/three"), site.text("/three")], ["100", "101"]);
}

#[test]
fn of_the_variants_of_a_page_so_many_are_kept() {
    let _larder = testing::isolated();
    let site = Site::of(few);
    let ask = |kind: &str| site.text_with("/", &[("x-kind", kind)]);
    assert_eq!([ask("a"), ask("b"), ask("a"), ask("b")], ["1", "2", "1", "2"]);
    ask("c");
    let _ = ["a", "b", "c"].map(ask);
    assert!(site.count.get() > 3, "one of them had to go");
}

static NAME: Hole = Hole::new("name");

#[cache_page(60, layer = |layer| layer.fill(&NAME, name_of))]
async fn with_a_hole(State(count): State<Count>, headers: HeaderMap) -> Html<String> {
    assert!(headers.get("cookie").is_none());
    Html(format!("{} for {NAME}", count.one_more()))
}

fn name_of(request: &http::request::Parts) -> String {
    request.headers.get("cookie").map(|cookie| cookie.to_str().unwrap().to_owned()).unwrap_or_default()
}

#[test]
fn a_layer_is_told_all_that_has_no_word_of_its_own() {
    let _larder = testing::isolated();
    let site = Site::of(with_a_hole);
    let ask = |name: &str| site.text_with("/", &[("cookie", name)]);
    assert_eq!([ask("ann"), ask("bob")], ["1 for ann", "1 for bob"]);
}

#[cache_page(60, key = "mine:<user.id: u64>", layer = |layer| layer.cache("elsewhere").key_prefix("there"))]
async fn elsewhere(user: User, State(count): State<Count>) -> String {
    format!("{} for {}", count.one_more(), user.id)
}

#[test]
fn a_layer_may_name_another_cache_and_pages_are_invalidated_there_too() {
    let larder = testing::isolated();
    let site = Site::of(elsewhere);
    let ask = |id: u64| site.text_with("/", &[("cookie", &format!("user={id}"))]);
    assert_eq!([ask(1), ask(2), ask(1)], ["1 for 1", "2 for 2", "1 for 1"]);
    assert_eq!((larder.cache("elsewhere").stats().entries, larder.cache("default").stats().entries), (2, 0));
    testing::block_on(elsewhere::invalidate(1));
    assert_eq!([ask(1), ask(2)], ["3 for 1", "2 for 2"]);
    testing::block_on(elsewhere::invalidate_all());
    assert_eq!([ask(1), ask(2)], ["4 for 1", "5 for 2"]);
}

#[test]
fn an_error_of_the_server_is_kept_where_the_layer_is_told_so_and_names_it() {
    let _larder = testing::isolated();
    assert!(!is_kept(&Site::of(plain), "/?status=500"));
    assert!(!is_kept(&Site::of(with_errors), "/?status=500"), "it is not named");
    assert!(is_kept(&Site::of(with_named_errors), "/?status=500"));
}

#[cache_page(60)]
async fn of_parts(State(count): State<Count>) -> impl IntoResponse {
    let headers = [("x-run", count.one_more().to_string()), ("content-language", "de".to_owned())];
    (StatusCode::NON_AUTHORITATIVE_INFORMATION, headers, "text")
}

#[test]
fn status_and_headers_are_kept_with_the_page() {
    let _larder = testing::isolated();
    let site = Site::of(of_parts);
    for _ in 0..2 {
        let visit = site.get("/");
        assert_eq!((visit.status.as_u16(), visit.header("x-run").as_deref(), visit.text()), (203, Some("1"), "text"));
    }
}

#[cache_page(60)]
#[cache_control(max_age = 60)]
async fn said_to_caches(State(count): State<Count>) -> Answer {
    Err((StatusCode::NOT_FOUND, if count.one_more() > 1 { "again" } else { "once" }))
}

#[vary_on_cookie]
#[etag(None::<u64>)]
#[cache_page(60)]
async fn said_to_clients(State(count): State<Count>) -> Result<impl IntoResponse, StatusCode> {
    if count.one_more() > 9 { Ok("never") } else { Err(StatusCode::NOT_FOUND) }
}

#[test]
fn an_error_is_not_kept_either_that_other_attributes_have_made_a_response_of() {
    let _larder = testing::isolated();
    for site in [Site::of(said_to_caches), Site::of(said_to_clients)] {
        for run in 1..3 {
            assert_eq!((site.get("/").status, site.count.get()), (StatusCode::NOT_FOUND, run));
        }
    }
}
