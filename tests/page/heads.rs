//! What handlers say of themselves in headers, by attributes.

use std::time::Duration;

use axum::body::Body;
use http::{Request, StatusCode};
use larder::page::{CacheLayer, cache_page};
use larder::testing;

use super::app::{App, Visit, request};
use super::handlers::{
    Answer, Headers, Path, Refused, Route, Routes, answer, any, cache_control, etag, last_modified, never_cache,
    vary_on_cookie, vary_on_headers,
};
use super::site::{self, Site};

/// Asks a site for what a request asks for.
pub fn ask(site: &Site, request: Request<Body>) -> Visit {
    testing::block_on(site::ask(site, request))
}

fn look(site: &Site, path: &str) -> Visit {
    ask(site, request("GET", path, &[]))
}

/// Returns what a handler says to caches.
fn says(route: Route) -> Option<String> {
    look(&Routes::new().route("/", route), "/").header("cache-control")
}

mod times {
    use super::{Duration, cache_control};

    const HOUR: u64 = 60 * 60;
    const DAY: Duration = Duration::from_secs(86_400);
    const SHORT: i32 = 5;

    #[cache_control(max_age = 300)]
    pub async fn seconds() -> &'static str {
        ""
    }

    #[cache_control(max_age = 60 * 15, s_maxage = HOUR)]
    pub async fn computed() -> &'static str {
        ""
    }

    #[cache_control(max_age = DAY, stale_while_revalidate = Duration::from_millis(1500))]
    pub async fn durations() -> &'static str {
        ""
    }

    #[cache_control(max_age = SHORT, s_maxage = 7u8)]
    pub async fn of_other_types() -> &'static str {
        ""
    }

    #[cache_control(max_age = 0, s_maxage = 0_u8, stale_if_error = Duration::ZERO)]
    pub async fn nothing() -> &'static str {
        ""
    }
}

#[test]
fn times_are_written_as_people_write_them_and_may_be_none() {
    assert_eq!(says(any(times::seconds)).as_deref(), Some("max-age=300"));
    assert_eq!(says(any(times::computed)).as_deref(), Some("max-age=900, s-maxage=3600"));
    assert_eq!(says(any(times::durations)).as_deref(), Some("max-age=86400, stale-while-revalidate=1"));
    assert_eq!(says(any(times::of_other_types)).as_deref(), Some("max-age=5, s-maxage=7"));
    assert_eq!(says(any(times::nothing)).as_deref(), Some("max-age=0, s-maxage=0, stale-if-error=0"));
}

#[cache_control(public, private("Set-Cookie", "X-User"), immutable, max_age = 60, no_transform, proxy_revalidate)]
async fn for_everybody() -> &'static str {
    ""
}

#[cache_control(private, no_cache, must_revalidate, stale_if_error = 0)]
async fn for_one() -> &'static str {
    ""
}

#[cache_control(must_understand, no_store, no_cache("set-cookie"), max_age = 60)]
async fn understood() -> &'static str {
    ""
}

#[test]
fn every_directive_is_written_as_the_rfc_has_it() {
    let everybody = r#"public, private="set-cookie, x-user", immutable, max-age=60, no-transform, proxy-revalidate"#;
    assert_eq!(says(any(for_everybody)).as_deref(), Some(everybody));
    assert_eq!(says(any(for_one)).as_deref(), Some("private, no-cache, must-revalidate, stale-if-error=0"));
    let understood_says = r#"must-understand, no-store, no-cache="set-cookie", max-age=60"#;
    assert_eq!(says(any(understood)).as_deref(), Some(understood_says));
}

#[cache_control(public, max_age = 3600)]
async fn says_more() -> Answer {
    answer(200, &[("cache-control", "private, max-age=10, must-revalidate")], "")
}

#[vary_on_headers("Accept-Language", "Cookie")]
async fn varies_too() -> Answer {
    answer(200, &[("vary", "cookie, X-Other")], "")
}

#[test]
fn a_response_that_says_something_itself_never_says_less_than_that() {
    assert_eq!(says(any(says_more)).as_deref(), Some("max-age=10, must-revalidate, public"));
    let vary = look(&Routes::new().route("/", any(varies_too)), "/").header("vary");
    assert_eq!(vary.as_deref(), Some("cookie, X-Other, accept-language"));
}

#[cache_control(public, immutable, max_age = 3600, must_revalidate)]
async fn article(Path(status): Path<u16>) -> Result<&'static str, Refused> {
    if (200..300).contains(&status) { Ok("an article") } else { Err(Refused(status)) }
}

#[cache_control(private, max_age = 0)]
async fn account(Path(status): Path<u16>) -> Answer {
    answer(status, &[], "")
}

#[test]
fn of_an_error_nothing_is_said_that_has_it_kept_and_all_that_has_it_not_kept() {
    let app = Routes::new().route("/a/{status}", any(article)).route("/b/{status}", any(account));
    let says = |path: &str| look(&app, path).header("cache-control").unwrap_or_default();
    for fine in [200, 203, 301, 304] {
        assert_eq!(says(&format!("/a/{fine}")), "public, immutable, max-age=3600, must-revalidate", "{fine}");
        assert_eq!(says(&format!("/b/{fine}")), "private, max-age=0", "{fine}");
    }
    for failed in [400, 404, 410, 500, 503] {
        assert_eq!(says(&format!("/a/{failed}")), "must-revalidate", "{failed}");
        assert_eq!(says(&format!("/b/{failed}")), "private, max-age=0", "{failed}");
    }
}

#[never_cache]
async fn balance() -> Answer {
    let headers = [("cache-control", "public, max-age=300"), ("expires", "Wed, 15 Nov 2033 00:00:00 GMT")];
    answer(200, &headers, "12.50")
}

#[never_cache]
async fn broken() -> Answer {
    answer(500, &[], "")
}

#[test]
fn what_is_never_cached_says_so_in_every_way_there_is_by_the_clock_of_the_test() {
    let larder = testing::isolated();
    larder.advance(Duration::from_millis(784_111_777_000 - larder.clock().wall_millis()));
    let app = Routes::new().route("/", any(balance)).route("/broken", any(broken));
    for path in ["/", "/broken"] {
        let visit = look(&app, path);
        let never = "max-age=0, no-cache, no-store, must-revalidate, private";
        assert_eq!(visit.header("cache-control").as_deref(), Some(never), "{path}");
        assert_eq!(visit.header("expires").as_deref(), Some("Sun, 06 Nov 1994 08:49:37 GMT"), "{path}");
    }
    assert_eq!(look(&app, "/").text(), "12.50");
}

#[vary_on_cookie]
#[vary_on_headers("Accept-Language", "X-A")]
async fn both_vary() -> &'static str {
    ""
}

#[vary_on_cookie()]
async fn any_header() -> Answer {
    answer(200, &[("vary", "*")], "")
}

#[test]
fn names_are_said_once_and_every_header_stays_every_header() {
    let vary = |site: Site| look(&site, "/").header("vary");
    assert_eq!(vary(Routes::new().route("/", any(both_vary))).as_deref(), Some("cookie, accept-language, x-a"));
    assert_eq!(vary(Routes::new().route("/", any(any_header))).as_deref(), Some("*"));
}

/// Writes one handler for each order of all the attributes that go together.
macro_rules! in_each_order {
    ($($order:ident: $(#[$attribute:meta])+;)+) => {
        mod orders {
            use super::*;

            $($(#[$attribute])+
            pub async fn $order() -> Answer {
                answer(200, &[("x-made", "yes")], "fine")
            })+
        }

        fn orders() -> Vec<(&'static str, Site)> {
            vec![$((stringify!($order), Routes::new().route("/", any(orders::$order)))),+]
        }
    };
}

in_each_order! {
    early_first: #[etag("v1")] #[last_modified(784_111_777_u64)] #[cache_control(public, max_age = 60)] #[vary_on_headers("X-A")] #[vary_on_cookie];
    early_last: #[cache_control(public, max_age = 60)] #[vary_on_headers("X-A")] #[vary_on_cookie] #[etag("v1")] #[last_modified(784_111_777_u64)];
    early_between: #[vary_on_headers("X-A")] #[last_modified(784_111_777_u64)] #[cache_control(public, max_age = 60)] #[etag("v1")] #[vary_on_cookie];
    early_around: #[last_modified(784_111_777_u64)] #[vary_on_cookie] #[cache_control(public, max_age = 60)] #[vary_on_headers("X-A")] #[etag("v1")];
}

#[test]
fn a_304_says_what_the_page_says_in_whatever_order_the_attributes_stand() {
    let says = |visit: &Visit| {
        let names = ["etag", "last-modified", "cache-control"].map(|name| visit.header(name).unwrap_or_default());
        let vary = visit.header("vary").unwrap_or_default();
        let mut vary: Vec<_> = vary.split(", ").map(str::to_owned).collect();
        vary.sort();
        (names, vary)
    };
    let expected = [r#""v1""#, "Sun, 06 Nov 1994 08:49:37 GMT", "public, max-age=60"].map(str::to_owned);
    let expected = (expected, vec!["cookie".to_owned(), "x-a".to_owned()]);
    for (order, site) in orders() {
        let page = ask(&site, request("GET", "/", &[]));
        assert_eq!((page.status, page.header("x-made").as_deref()), (StatusCode::OK, Some("yes")), "{order}");
        assert_eq!(says(&page), expected, "{order}");
        let known = ask(&site, request("GET", "/", &[("if-none-match", r#""v1""#)]));
        assert_eq!((known.status, known.header("x-made")), (StatusCode::NOT_MODIFIED, None), "{order}");
        assert_eq!(says(&known), expected, "{order}");
    }
}

#[vary_on_headers("X-A")]
async fn by_header(Headers(headers): Headers) -> String {
    format!("{:?}", headers.get("x-a"))
}

#[cache_control(private)]
async fn by_one() -> &'static str {
    "mine"
}

#[test]
fn a_layer_around_a_handler_obeys_what_its_attributes_say() {
    let _larder = testing::isolated();
    let layer = || CacheLayer::new().vary("X-A");
    let app = App::site(&layer(), Routes::new().route("/a", any(by_header)).route("/b", any(by_one)));
    for value in ["1", "2"] {
        assert!(!app.get_with("/a", &[("x-a", value)]).is_hit());
        let again = app.get_with("/a", &[("x-a", value)]);
        assert!(again.is_hit() && again.text().contains(value), "{again:?}");
    }
    assert!(!app.get("/b").is_hit() && !app.get("/b").is_hit());
}

#[cache_control(max_age = 10)]
async fn listed() -> &'static str {
    "listed"
}

#[test]
fn the_time_of_a_handler_is_the_most_that_a_layer_keeps_it_for() {
    let larder = testing::isolated();
    let app = App::site(&cache_page(60), Routes::new().route("/", any(listed)));
    assert!(!app.get("/").is_hit() && app.get("/").is_hit());
    larder.advance(Duration::from_secs(10));
    assert!(!app.get("/").is_hit());
}
