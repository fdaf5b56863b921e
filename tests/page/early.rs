//! Handlers that say what version of a page there is before they make it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::StatusCode;
use larder::page::{CacheLayer, cache_page, headers};
use larder::testing;

use super::app::{App, Count, Visit, request};
use super::handlers::answer as answered;
use super::handlers::{Answer, Path, Route, Routes, State, any, cache_control, etag, last_modified};
use super::heads::ask;
use super::site::Site;

const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const SECONDS: u64 = 784_111_777;

/// One article, in versions, and how often it was shown or written.
#[derive(Clone, Default)]
struct Article {
    version: Option<u64>,
    runs: Count,
}

impl Article {
    fn of(version: u64) -> Self {
        Self { version: Some(version), runs: Count::default() }
    }

    async fn version(&self) -> Option<u64> {
        std::future::ready(self.version).await
    }

    fn app(&self) -> Site {
        Routes::new().route("/{id}", any(article)).with_state(self.clone())
    }

    fn ask(&self, method: &str, headers: &[(&str, &str)]) -> Visit {
        ask(&self.app(), request(method, "/7", headers))
    }
}

/// The body may use its arguments up: what stands in the attribute only looks at them.
#[etag(article.version().await.map(|version| format!("{id}-{version}")))]
async fn article(State(article): State<Article>, Path(id): Path<u64>) -> String {
    let Article { version, runs } = article;
    format!("{id} {version:?} {}", runs.one_more())
}

#[test]
fn who_has_the_version_that_there_is_gets_a_304_and_the_handler_does_not_run() {
    let article = Article::of(3);
    let page = article.ask("GET", &[]);
    assert_eq!((page.status, page.text()), (StatusCode::OK, "7 Some(3) 1"));
    assert_eq!(page.header("etag").as_deref(), Some("\"7-3\""));
    for known in ["\"7-3\"", "W/\"7-3\"", "\"a\", \"7-3\"", "*"] {
        for method in ["GET", "HEAD"] {
            let visit = article.ask(method, &[("if-none-match", known)]);
            assert_eq!((visit.status.as_u16(), visit.text()), (304, ""), "{known}");
            assert_eq!(visit.header("etag").as_deref(), Some("\"7-3\""), "{known}");
        }
    }
    assert_eq!(article.runs.get(), 1);
    assert_eq!(article.ask("GET", &[("if-none-match", "\"7-2\"")]).text(), "7 Some(3) 2");
    assert_eq!(article.ask("HEAD", &[]).header("etag").as_deref(), Some("\"7-3\""));
}

#[test]
fn a_304_behind_a_router_does_not_say_that_a_page_is_empty() {
    let visit = Article::of(3).ask("GET", &[("if-none-match", "\"7-3\"")]);
    assert_eq!((visit.status, visit.header("content-length")), (StatusCode::NOT_MODIFIED, None));
}

#[test]
fn a_write_goes_by_the_version_that_there_is_and_says_nothing_of_the_one_that_it_leaves() {
    let article = Article::of(3);
    for (name, value, status) in [
        ("if-match", "\"7-3\"", 200),
        ("if-match", "*", 200),
        ("if-match", "\"7-2\"", 412),
        ("if-match", "W/\"7-3\"", 412),
        ("if-none-match", "*", 412),
        ("if-none-match", "\"7-3\"", 412),
        ("if-none-match", "\"7-2\"", 200),
    ] {
        for method in ["PUT", "POST", "DELETE", "PATCH"] {
            let before = article.runs.get();
            let visit = article.ask(method, &[(name, value)]);
            assert_eq!(visit.status.as_u16(), status, "{method} {name}: {value}");
            assert_eq!(visit.header("etag"), None, "{method} {name}: {value}");
            assert_eq!(article.runs.get() - before, usize::from(status == 200), "{method} {name}: {value}");
        }
    }
    assert_eq!(article.ask("OPTIONS", &[("if-none-match", "*")]).status, 200, "it chooses among no versions");
}

#[test]
fn where_nothing_is_known_a_read_finds_out_and_a_write_may_only_make_something() {
    let nothing = Article::default();
    for (method, name, value, status) in [
        ("GET", "if-none-match", "*", 200),
        ("GET", "if-match", "\"7-3\"", 200),
        ("PUT", "if-none-match", "*", 200),
        ("PUT", "if-match", "*", 412),
        ("PUT", "if-match", "\"7-3\"", 412),
        ("PUT", "if-unmodified-since", DATE, 200),
    ] {
        let visit = nothing.ask(method, &[(name, value)]);
        assert_eq!((visit.status.as_u16(), visit.header("etag")), (status, None), "{method} {name}: {value}");
    }
}

#[last_modified(UNIX_EPOCH + Duration::from_secs(SECONDS))]
#[etag("v1")]
async fn both() -> &'static str {
    "fine"
}

#[last_modified(SECONDS)]
async fn dated() -> &'static str {
    "fine"
}

#[test]
fn tag_and_date_are_judged_together_as_the_rfc_says() {
    let app = Routes::new().route("/", any(both)).route("/dated", any(dated));
    let (before, after) = ("Sun, 06 Nov 1994 08:49:36 GMT", "Sunday, 06-Nov-94 08:49:38 GMT");
    for (path, headers, status) in [
        ("/", &[("if-none-match", "\"v0\""), ("if-modified-since", DATE)] as &[_], 200),
        ("/", &[("if-none-match", "\"v1\""), ("if-modified-since", before)], 304),
        ("/", &[("if-match", "\"v1\""), ("if-unmodified-since", before)], 200),
        ("/", &[("if-match", "\"v0\""), ("if-unmodified-since", after)], 412),
        ("/", &[("if-match", "\"v1\""), ("if-none-match", "\"v1\"")], 304),
        ("/dated", &[("if-modified-since", DATE)], 304),
        ("/dated", &[("if-modified-since", after)], 304),
        ("/dated", &[("if-modified-since", before)], 200),
        ("/dated", &[("if-unmodified-since", before)], 412),
        ("/dated", &[("if-unmodified-since", DATE)], 200),
        ("/dated", &[("if-none-match", "\"v1\""), ("if-modified-since", DATE)], 200),
        ("/dated", &[("if-modified-since", "yesterday")], 200),
        ("/dated", &[("range", "bytes=0-1")], 200),
    ] {
        let visit = ask(&app, request("GET", path, headers));
        assert_eq!(visit.status.as_u16(), status, "{path} {headers:?}");
        assert_eq!(visit.header("last-modified").as_deref(), Some(DATE), "{path} {headers:?}");
        assert_eq!(visit.header("etag").is_some(), path == "/", "{path} {headers:?}");
    }
    let write = ask(&app, request("PUT", "/dated", &[("if-modified-since", DATE)]));
    assert_eq!((write.status.as_u16(), write.header("last-modified")), (200, None));
}

#[etag("mine")]
#[last_modified(SECONDS)]
async fn answer(Path(status): Path<u16>) -> Answer {
    answered(status, &[("etag", "\"own\"")], "")
}

#[etag("mine")]
async fn failing(Path(status): Path<u16>) -> Answer {
    answered(status, &[], "")
}

#[test]
fn what_a_response_says_itself_stays_and_an_error_is_no_version_of_anything() {
    let app = Routes::new().route("/own/{status}", any(answer)).route("/{status}", any(failing));
    let says = |path: &str| ask(&app, request("GET", path, &[]));
    let own = says("/own/200");
    assert_eq!((own.header("etag").as_deref(), own.header("last-modified").as_deref()), (Some("\"own\""), Some(DATE)));
    assert_eq!(says("/own/404").header("last-modified"), None);
    assert_eq!(says("/203").header("etag").as_deref(), Some("\"mine\""));
    for failed in ["/302", "/404", "/500"] {
        assert_eq!(says(failed).header("etag"), None, "{failed}");
    }
}

/// A time that is to come in every clock that there is.
#[last_modified(SystemTime::now() + Duration::from_secs(200 * 365 * 86_400))]
async fn to_come() -> &'static str {
    ""
}

#[test]
fn nothing_was_modified_after_it_was_sent() {
    let larder = testing::isolated();
    larder.advance(Duration::from_millis(4_102_444_800_000 - larder.clock().wall_millis()));
    let visit = ask(&Routes::new().route("/", any(to_come)), request("GET", "/", &[]));
    assert_eq!(visit.header("last-modified").as_deref(), Some("Fri, 01 Jan 2100 00:00:00 GMT"));
}

#[test]
fn a_clock_of_a_test_does_not_make_times_of_today_times_to_come() {
    #[last_modified(SECONDS)]
    async fn old() -> &'static str {
        ""
    }

    let _larder = testing::isolated();
    let visit = ask(&Routes::new().route("/", any(old)), request("GET", "/", &[]));
    assert_eq!(visit.header("last-modified").as_deref(), Some(DATE));
}

#[cache_control(max_age = 60)]
#[etag(article.version)]
async fn kept(State(article): State<Article>) -> String {
    format!("made {}", article.runs.one_more())
}

/// A site whose article is kept for a minute.
fn site(article: &Article, layer: &CacheLayer) -> App {
    App::site(layer, Routes::new().route("/", any(kept)).with_state(article.clone()))
}

#[test]
fn a_page_that_is_past_its_time_is_kept_on_without_being_made_anew() {
    let (larder, article) = (testing::isolated(), Article::of(3));
    let app = site(&article, &cache_page(60));
    assert_eq!((app.get("/").text(), app.get("/").is_hit()), ("made 1", true));
    for _ in 0..3 {
        larder.advance(Duration::from_secs(60));
        let renewed = app.get("/");
        assert_eq!((renewed.status.as_u16(), renewed.text()), (200, "made 1"), "{renewed:?}");
        assert_eq!(renewed.header("cache-control").as_deref(), Some("max-age=60"));
        larder.advance(Duration::from_secs(59));
        assert!(app.get("/").is_hit(), "it is as good as new");
    }
    assert_eq!(article.runs.get(), 1);
    assert_eq!(app.get_with("/", &[("if-none-match", "\"3\"")]).status, 304);
}

#[test]
fn a_page_that_has_changed_meanwhile_is_made_anew() {
    let (larder, article) = (testing::isolated(), Article::of(3));
    let layer = cache_page(60);
    assert_eq!(site(&article, &layer).get("/").text(), "made 1");
    let changed = site(&Article { version: Some(4), ..article.clone() }, &layer);
    assert_eq!(changed.get("/").text(), "made 1");
    larder.advance(Duration::from_secs(60));
    assert_eq!(changed.get("/").text(), "made 2");
    assert_eq!(changed.get("/").header("etag").as_deref(), Some("\"4\""));
}

mod etags {
    use std::borrow::Cow;
    use std::sync::Arc;

    use super::etag;

    macro_rules! etags {
        ($($name:ident = $etag:expr;)+) => {
            $(#[etag($etag)]
            pub async fn $name() -> &'static str {
                ""
            })+
        };
    }

    etags! {
        text = "v7";
        owned = String::from("v7");
        borrowed = &String::from("v7");
        cow = Cow::Borrowed("v7");
        arc = Arc::<str>::from("v7");
        quoted = "\"v7\"";
        weak = "W/\"v7\"";
        number = 7;
        negative = -7_i64;
        referred = &7_u128;
        some = Some("v7");
        nested = Some(Some(7_u8));
        none = None::<u64>;
        empty = "";
        spaced = "a title";
        other = "another title";
    }
}

#[test]
fn an_etag_is_a_text_or_an_integer_and_what_none_can_hold_becomes_a_digest() {
    let tag = |route: Route| ask(&Routes::new().route("/", route), request("GET", "/", &[])).header("etag");
    let table = [
        (any(etags::text), Some("\"v7\"")),
        (any(etags::owned), Some("\"v7\"")),
        (any(etags::borrowed), Some("\"v7\"")),
        (any(etags::cow), Some("\"v7\"")),
        (any(etags::arc), Some("\"v7\"")),
        (any(etags::quoted), Some("\"v7\"")),
        (any(etags::weak), Some("W/\"v7\"")),
        (any(etags::number), Some("\"7\"")),
        (any(etags::negative), Some("\"-7\"")),
        (any(etags::referred), Some("\"7\"")),
        (any(etags::some), Some("\"v7\"")),
        (any(etags::nested), Some("\"7\"")),
        (any(etags::none), None),
        (any(etags::empty), None),
    ];
    for (row, (route, expected)) in table.into_iter().enumerate() {
        assert_eq!(tag(route).as_deref(), expected, "{row}");
    }
    let spaced = tag(any(etags::spaced)).expect("a tag");
    assert_eq!((spaced.len(), headers::entity_tag(&spaced).is_some()), (66, true), "{spaced}");
    assert_ne!(Some(spaced), tag(any(etags::other)));
}
