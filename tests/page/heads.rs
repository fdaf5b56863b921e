//! What handlers say of themselves in headers, by attributes.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{Router, any, get};
use http::header::{CACHE_CONTROL, EXPIRES, VARY};
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use larder::page::{CacheLayer, cache_page};
use larder::{cache_control, etag, last_modified, never_cache, testing, vary_on_cookie, vary_on_headers};
use tower::ServiceExt;

use crate::app::{App, Visit, request};

/// Asks a router for what a request asks for.
pub fn ask(router: &Router, request: Request<Body>) -> Visit {
    testing::block_on(async {
        let (parts, body) = router.clone().oneshot(request).await.expect("no error can happen").into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes();
        Visit { status: parts.status, headers: parts.headers, body }
    })
}

fn look(router: &Router, path: &str) -> Visit {
    ask(router, request("GET", path, &[]))
}

/// Returns what a handler says to caches.
fn says<H, T>(handler: H) -> Option<String>
where
    H: axum::handler::Handler<T, ()>,
    T: 'static,
{
    look(&Router::new().route("/", get(handler)), "/").header("cache-control")
}

mod times {
    use super::{Duration, cache_control};

    const HOUR: u64 = 60 * 60;
    const DAY: Duration = Duration::from_secs(86_400);
    const SHORT: i32 = 5;

    #[cache_control(max_age = 300)]
    pub async fn seconds() {}

    #[cache_control(max_age = 60 * 15, s_maxage = HOUR)]
    pub async fn computed() {}

    #[cache_control(max_age = DAY, stale_while_revalidate = Duration::from_millis(1500))]
    pub async fn durations() {}

    #[cache_control(max_age = SHORT, s_maxage = 7u8)]
    pub async fn of_other_types() {}

    #[cache_control(max_age = 0, s_maxage = 0_u8, stale_if_error = Duration::ZERO)]
    pub async fn nothing() {}
}

#[test]
fn times_are_written_as_people_write_them_and_may_be_none() {
    assert_eq!(says(times::seconds).as_deref(), Some("max-age=300"));
    assert_eq!(says(times::computed).as_deref(), Some("max-age=900, s-maxage=3600"));
    assert_eq!(says(times::durations).as_deref(), Some("max-age=86400, stale-while-revalidate=1"));
    assert_eq!(says(times::of_other_types).as_deref(), Some("max-age=5, s-maxage=7"));
    assert_eq!(says(times::nothing).as_deref(), Some("max-age=0, s-maxage=0, stale-if-error=0"));
}

#[cache_control(public, private("Set-Cookie", "X-User"), immutable, max_age = 60, no_transform, proxy_revalidate)]
async fn for_everybody() {}

#[cache_control(private, no_cache, must_revalidate, stale_if_error = 0)]
async fn for_one() {}

#[cache_control(must_understand, no_store, no_cache("set-cookie"), max_age = 60)]
async fn understood() {}

#[test]
fn every_directive_is_written_as_the_rfc_has_it() {
    let everybody = r#"public, private="set-cookie, x-user", immutable, max-age=60, no-transform, proxy-revalidate"#;
    assert_eq!(says(for_everybody).as_deref(), Some(everybody));
    assert_eq!(says(for_one).as_deref(), Some("private, no-cache, must-revalidate, stale-if-error=0"));
    let understood_says = r#"must-understand, no-store, no-cache="set-cookie", max-age=60"#;
    assert_eq!(says(understood).as_deref(), Some(understood_says));
}

#[cache_control(public, max_age = 3600)]
async fn says_more() -> impl IntoResponse {
    [(CACHE_CONTROL, "private, max-age=10, must-revalidate")]
}

#[vary_on_headers("Accept-Language", "Cookie")]
async fn varies_too() -> impl IntoResponse {
    [(VARY, "cookie, X-Other")]
}

#[test]
fn a_response_that_says_something_itself_never_says_less_than_that() {
    assert_eq!(says(says_more).as_deref(), Some("max-age=10, must-revalidate, public"));
    let vary = look(&Router::new().route("/", get(varies_too)), "/").header("vary");
    assert_eq!(vary.as_deref(), Some("cookie, X-Other, accept-language"));
}

#[cache_control(public, immutable, max_age = 3600, must_revalidate)]
async fn article(Path(status): Path<u16>) -> Result<&'static str, StatusCode> {
    let status = StatusCode::from_u16(status).unwrap_or_default();
    if status.is_success() { Ok("an article") } else { Err(status) }
}

#[cache_control(private, max_age = 0)]
async fn account(Path(status): Path<u16>) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or_default()
}

#[test]
fn of_an_error_nothing_is_said_that_has_it_kept_and_all_that_has_it_not_kept() {
    let app = Router::new().route("/a/{status}", get(article)).route("/b/{status}", get(account));
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
async fn balance() -> impl IntoResponse {
    ([(CACHE_CONTROL, "public, max-age=300"), (EXPIRES, "Wed, 15 Nov 2033 00:00:00 GMT")], "12.50")
}

#[never_cache]
async fn broken() -> StatusCode {
    StatusCode::INTERNAL_SERVER_ERROR
}

#[test]
fn what_is_never_cached_says_so_in_every_way_there_is_by_the_clock_of_the_test() {
    let larder = testing::isolated();
    larder.advance(Duration::from_millis(784_111_777_000 - larder.clock().wall_millis()));
    let app = Router::new().route("/", get(balance)).route("/broken", get(broken));
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
async fn both_vary() {}

#[vary_on_cookie()]
async fn any_header() -> impl IntoResponse {
    [(VARY, "*")]
}

#[test]
fn names_are_said_once_and_every_header_stays_every_header() {
    let vary = |router: Router| look(&router, "/").header("vary");
    assert_eq!(vary(Router::new().route("/", get(both_vary))).as_deref(), Some("cookie, accept-language, x-a"));
    assert_eq!(vary(Router::new().route("/", get(any_header))).as_deref(), Some("*"));
}

/// Writes one handler for each order of all the attributes that go together.
macro_rules! in_each_order {
    ($($order:ident: $(#[$attribute:meta])+;)+) => {
        mod orders {
            use super::*;

            $($(#[$attribute])+
            pub async fn $order() -> impl IntoResponse {
                ([("x-made", "yes")], "fine")
            })+
        }

        fn orders() -> Vec<(&'static str, Router)> {
            vec![$((stringify!($order), Router::new().route("/", any(orders::$order)))),+]
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
    for (order, router) in orders() {
        let page = ask(&router, request("GET", "/", &[]));
        assert_eq!((page.status, page.header("x-made").as_deref()), (StatusCode::OK, Some("yes")), "{order}");
        assert_eq!(says(&page), expected, "{order}");
        let known = ask(&router, request("GET", "/", &[("if-none-match", r#""v1""#)]));
        assert_eq!((known.status, known.header("x-made")), (StatusCode::NOT_MODIFIED, None), "{order}");
        assert_eq!(says(&known), expected, "{order}");
    }
}

mod forms {
    use super::*;

    pub type Answer<T> = Result<T, (StatusCode, &'static str)>;

    #[derive(Clone)]
    pub struct Db(pub &'static str);

    /// Is documented, and stays so.
    ///
    /// # Errors
    ///
    /// Where the id is odd.
    #[cache_control(max_age = 1)]
    #[must_use]
    pub async fn with_a_question_mark(Path(id): Path<u64>, State(db): State<Db>) -> Answer<String> {
        let half = (id % 2 == 0).then_some(id / 2).ok_or((StatusCode::NOT_FOUND, "odd"))?;
        if half == 1 {
            return Ok("early".to_owned());
        }
        std::future::ready(()).await;
        Ok(format!("{} {half}", db.0))
    }

    /// Its error is nowhere but in its type.
    #[cache_control(max_age = 2)]
    pub async fn with_an_opaque_part(Path(id): Path<u64>) -> Result<impl IntoResponse, StatusCode> {
        let half = (id % 2 == 0).then_some(id / 2).ok_or(StatusCode::NOT_FOUND)?;
        Ok(Html(half.to_string()))
    }

    #[cache_control(max_age = 3)]
    #[vary_on_cookie]
    pub async fn generic<T, const N: usize>(Path(mut value): Path<T>, mut text: String) -> impl IntoResponse
    where
        T: ToString + Default + Send + 'static,
    {
        text += &value.to_string().repeat(N);
        value = T::default();
        text + &value.to_string()
    }

    #[cache_control(max_age = 4)]
    pub async fn of_any_argument(shown: impl std::fmt::Display + Send) -> String {
        shown.to_string()
    }

    #[cache_control(max_age = 5)]
    pub async fn of_nothing() {}

    #[cache_control(max_age = 6)]
    pub async fn of_parts() -> (StatusCode, [(&'static str, &'static str); 1], Html<&'static str>) {
        (StatusCode::ACCEPTED, [("x-a", "1")], Html("parts"))
    }

    #[cache_control(max_age = 7)]
    pub async fn borrowing(db: &Db, name: &str) -> Response {
        format!("{} {name}", db.0).into_response()
    }

    pub struct Api {
        pub name: &'static str,
    }

    impl Api {
        #[cache_control(max_age = 8)]
        pub async fn associated(Path(id): Path<u64>) -> Html<String> {
            Self::shown(id)
        }

        #[never_cache]
        pub async fn method(&self, id: u64) -> Html<String> {
            Html(format!("{} {}", self.name, Self::shown(id).0))
        }

        #[etag(self.name)]
        pub async fn known(&self) -> &'static str {
            self.name
        }

        const TIME: u64 = 9;

        #[cache_control(max_age = Self::TIME + N, s_maxage = 3)]
        pub async fn timed<const N: u64>() {}

        fn shown(id: u64) -> Html<String> {
            Html(format!("<b>{id}</b>"))
        }
    }
}

#[test]
fn handlers_of_every_form_keep_their_form() {
    use forms::{Api, Db};

    let app: Router = Router::new()
        .route("/question/{id}", get(forms::with_a_question_mark))
        .route("/opaque/{id}", get(forms::with_an_opaque_part))
        .route("/generic/{value}", get(forms::generic::<u8, 3>))
        .route("/nothing", get(forms::of_nothing))
        .route("/parts", get(forms::of_parts))
        .route("/associated/{id}", get(Api::associated))
        .route("/timed", get(Api::timed::<2>))
        .with_state(Db("db"));
    for (path, status, said, body) in [
        ("/question/8", 200, Some("max-age=1"), "db 4"),
        ("/question/2", 200, Some("max-age=1"), "early"),
        ("/question/7", 404, None, "odd"),
        ("/opaque/8", 200, Some("max-age=2"), "4"),
        ("/opaque/7", 404, None, ""),
        ("/generic/7", 200, Some("max-age=3"), "7770"),
        ("/nothing", 200, Some("max-age=5"), ""),
        ("/parts", 202, Some("max-age=6"), "parts"),
        ("/associated/7", 200, Some("max-age=8"), "<b>7</b>"),
        ("/timed", 200, Some("max-age=11, s-maxage=3"), ""),
    ] {
        let visit = look(&app, path);
        assert_eq!((visit.status.as_u16(), visit.text()), (status, body), "{path}");
        assert_eq!(visit.header("cache-control").as_deref(), said, "{path}");
    }
}

#[test]
fn what_is_no_handler_but_like_one_is_called_as_before_and_returns_a_response() {
    let (db, name) = (forms::Db("db"), "a name".to_owned());
    let borrowed = testing::block_on(forms::borrowing(&db, &name));
    assert_eq!(borrowed.headers()[CACHE_CONTROL], "max-age=7");
    let shown = testing::block_on(forms::of_any_argument(7));
    assert_eq!(shown.headers()[CACHE_CONTROL], "max-age=4");
    let api = forms::Api { name: "api" };
    let method = testing::block_on(api.method(7));
    assert!(method.headers()[CACHE_CONTROL].to_str().is_ok_and(|said| said.contains("no-store")));
    let known = testing::block_on(api.known(larder::page::Conditions::default()));
    assert_eq!(known.headers()["etag"], "\"api\"");
}

/// Everything around the handlers is named like something that an expansion uses.
#[deny(warnings, missing_docs, clippy::pedantic, unused_qualifications)]
#[expect(dead_code, non_camel_case_types, reason = "their only purpose is to be in the way")]
pub mod hostile {
    mod core {}
    mod std {}
    mod larder {}
    mod http {}
    mod axum {}
    struct Option;
    struct Some;
    struct None;
    struct Response;
    struct Conditions;
    struct CacheControl;
    trait IntoResponse {}
    struct u64;

    type Answer = ::core::result::Result<::std::string::String, ::http::StatusCode>;

    /// Greets.
    ///
    /// # Errors
    ///
    /// Never.
    #[::larder::cache_control(max_age = 60, no_cache("a"))]
    #[::larder::vary_on_cookie]
    #[::larder::etag(__conditions.as_str())]
    #[::larder::last_modified(::core::option::Option::Some(5_u64))]
    #[::larder::vary_on_headers("x")]
    pub async fn greeting(__conditions: ::std::string::String) -> Answer {
        let __known = __conditions;
        ::core::result::Result::Ok(__known)
    }

    /// Says nothing.
    #[::larder::never_cache]
    pub async fn silence() {}
}

mod elsewhere {
    pub mod framework {
        pub use larder as cache;
    }

    use framework::cache;

    #[cache::cache_control(max_age = 60, crate = framework::cache)]
    #[cache::vary_on_headers("A", crate = framework::cache)]
    #[cache::vary_on_cookie(crate = framework::cache)]
    #[cache::etag(1, crate = framework::cache)]
    #[cache::last_modified(crate = framework::cache, 5_u64)]
    pub async fn page() -> &'static str {
        "fine"
    }

    #[cache::never_cache(crate = framework::cache)]
    pub async fn never() {}
}

macro_rules! written_by_a_macro {
    ($name:ident, $time:expr, $header:literal, $tag:expr, $answer:ty) => {
        #[cache_control(max_age = $time)]
        #[vary_on_headers($header)]
        #[etag($tag)]
        async fn $name() -> $answer {
            Ok("fine")
        }
    };
}

written_by_a_macro!(from_a_macro, 30 * 2, "X-A", "v".to_owned() + "1", Result<&'static str, StatusCode>);

#[test]
fn nothing_around_a_handler_is_in_the_way() {
    let app = Router::new()
        .route("/hostile", any(hostile::greeting))
        .route("/silence", get(hostile::silence))
        .route("/elsewhere", get(elsewhere::page))
        .route("/never", get(elsewhere::never))
        .route("/macro", get(from_a_macro));
    let greeting = ask(&app, Request::post("/hostile").body(Body::from("hello")).expect("a request"));
    assert_eq!((greeting.text(), greeting.header("vary").as_deref()), ("hello", Some("cookie, x")));
    assert_eq!(greeting.header("cache-control").as_deref(), Some("max-age=60, no-cache=\"a\""));
    for (path, name, value) in [
        ("/silence", "cache-control", "max-age=0, no-cache, no-store, must-revalidate, private"),
        ("/elsewhere", "vary", "a, cookie"),
        ("/elsewhere", "etag", "\"1\""),
        ("/elsewhere", "last-modified", "Thu, 01 Jan 1970 00:00:05 GMT"),
        ("/elsewhere", "cache-control", "max-age=60"),
        ("/never", "cache-control", "max-age=0, no-cache, no-store, must-revalidate, private"),
        ("/macro", "cache-control", "max-age=60"),
        ("/macro", "vary", "x-a"),
        ("/macro", "etag", "\"v1\""),
    ] {
        assert_eq!(look(&app, path).header(name).as_deref(), Some(value), "{path}");
    }
}

#[vary_on_headers("X-A")]
async fn by_header(headers: http::HeaderMap) -> String {
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
    let app = App::of(&layer(), |_| Router::new().route("/a", get(by_header)).route("/b", get(by_one)));
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
    let app = App::of(&cache_page(60), |_| Router::new().route("/", get(listed)));
    assert!(!app.get("/").is_hit() && app.get("/").is_hit());
    larder.advance(Duration::from_secs(10));
    assert!(!app.get("/").is_hit());
}
