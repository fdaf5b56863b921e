//! By what pages are told apart beside their URL, and what handlers see.

use axum::extract::{Extension, FromRequestParts, OriginalUri, RawQuery, Request, State};
use http::request::Parts;
use http::{HeaderMap, StatusCode, Uri};
use larder::page::{Language, TimeZone};
use larder::{KeyPart, cache_page, testing};

use super::{Site, User};
use crate::app::{Count, Visit, request};
use crate::stack;

/// Returns what a handler sees, with the number of its run.
fn seen(count: &Count, headers: &HeaderMap) -> String {
    let mut lines: Vec<_> = headers
        .iter()
        .filter(|(name, _)| *name != "host")
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    lines.sort();
    format!("{} {}", count.one_more(), lines.join(", "))
}

macro_rules! seeing {
    ($name:ident: $($option:tt)*) => {
        #[cache_page($($option)*)]
        async fn $name(State(count): State<Count>, headers: HeaderMap) -> String {
            seen(&count, &headers)
        }
    };
}

seeing!(by_url: 60);
seeing!(by_header: 60, vary = "X-Color");
seeing!(by_headers: 60, vary("X-Color", "X-Size"));
seeing!(by_cookies: 60, vary = "Cookie");
seeing!(by_cookie: 60, vary = cookie("session"));
seeing!(by_both: 60, vary("X-Color", cookie("session")));
seeing!(sees: 60, see("X-Trace", "X-Request-Id"));

const ALL: [(&str, &str); 5] = [
    ("x-color", "red"),
    ("x-size", "xl"),
    ("cookie", "session=a; theme=dark"),
    ("x-trace", "7"),
    ("x-request-id", "8"),
];

/// Asks as all the others do, but for one header.
fn but_for(site: &Site, name: &str, value: &str) -> String {
    site.text_with("/", &ALL.map(|header| if header.0 == name { (name, value) } else { header }))
}

#[test]
fn what_is_not_told_apart_is_not_seen() {
    let _larder = testing::isolated();
    let table = [
        (Site::of(by_url), "1 ", [1, 1, 1, 1, 1]),
        (Site::of(by_header), "1 x-color: red", [2, 1, 1, 1, 1]),
        (Site::of(by_headers), "1 x-color: red, x-size: xl", [2, 3, 1, 1, 1]),
        (Site::of(by_cookies), "1 cookie: session=a; theme=dark", [1, 1, 2, 1, 1]),
        (Site::of(by_cookie), "1 cookie: session=a", [1, 1, 1, 1, 1]),
        (Site::of(by_both), "1 cookie: session=a, x-color: red", [2, 1, 1, 1, 1]),
        (Site::of(sees), "1 x-request-id: 8, x-trace: 7", [1, 1, 1, 1, 1]),
    ];
    for (site, sees, runs) in table {
        assert_eq!(site.text_with("/", &ALL), sees);
        let others = [
            ("x-color", "blue"),
            ("x-size", "s"),
            ("cookie", "session=a; theme=light"),
            ("x-trace", "9"),
            ("x-request-id", "9"),
        ];
        for ((name, value), run) in others.into_iter().zip(runs) {
            let text = but_for(&site, name, value);
            assert_eq!(text.split(' ').next(), Some(&*run.to_string()), "{sees}: {name}");
        }
    }
}

#[test]
fn one_cookie_is_told_apart_from_its_neighbours() {
    let _larder = testing::isolated();
    let site = Site::of(by_cookie);
    let run = |cookie: &str| but_for(&site, "cookie", cookie);
    assert_eq!(
        [run("session=a"), run("x=1; session=a; y=2"), run("session=b"), run("other=a")],
        ["1 cookie: session=a", "1 cookie: session=a", "2 cookie: session=b", "3 "]
    );
}

#[cache_page(60, vary(user = "Cookie"))]
async fn by_guard(user: User, headers: HeaderMap, State(count): State<Count>) -> String {
    format!("{} for {} {:?}", count.one_more(), user.id, headers.get("cookie"))
}

#[cache_page(60, vary(user = cookie("user"), "X-Color"))]
async fn by_guards_cookie(user: User, headers: HeaderMap, State(count): State<Count>) -> String {
    format!("{} for {} {:?}", count.one_more(), user.id, headers.get("cookie"))
}

#[test]
fn a_header_may_decide_what_a_guard_is() {
    let _larder = testing::isolated();
    let (whole, one) = (Site::of(by_guard), Site::of(by_guards_cookie));
    let ask = |site: &Site, cookie: &str| site.text_with("/", &[("cookie", cookie)]);
    for _ in 0..2 {
        assert_eq!(ask(&whole, "user=1"), "1 for 1 Some(\"user=1\")");
        assert_eq!(ask(&whole, "user=2"), "2 for 2 Some(\"user=2\")");
        assert_eq!(ask(&whole, "user=2; a=b"), "3 for 2 Some(\"user=2; a=b\")");
        assert_eq!(ask(&one, "user=1; a=b"), "1 for 1 Some(\"user=1\")");
        assert_eq!(ask(&one, "a=c; user=1"), "1 for 1 Some(\"user=1\")");
        assert_eq!(ask(&one, "user=2"), "2 for 2 Some(\"user=2\")");
    }
    assert_eq!(whole.get("/").status, StatusCode::UNAUTHORIZED);
}

#[cache_page(60, shared(user))]
async fn shared(user: User, State(count): State<Count>) -> String {
    format!("{} for {}", count.one_more(), user.id)
}

#[test]
fn all_whom_a_guard_lets_in_may_share_a_page() {
    let _larder = testing::isolated();
    let site = Site::of(shared);
    let ask = |cookie: &str| site.get_with("/", &[("cookie", cookie)]);
    assert_eq!(ask("user=1").text(), "1 for 1");
    assert_eq!(ask("user=2").text(), "1 for 1");
    assert_eq!(ask("user=2").header("cache-control").as_deref(), Some("private, max-age=0"));
    assert_eq!((ask("").status, site.count.get()), (StatusCode::UNAUTHORIZED, 1));
    assert_eq!(ask("").header("cache-status"), None, "a refusal comes from no cache");
}

#[cache_page(60, query("page", "sort"))]
async fn by_query(
    uri: Uri,
    OriginalUri(whole): OriginalUri,
    RawQuery(query): RawQuery,
    State(count): State<Count>,
) -> String {
    format!("{} {uri} {} {query:?}", count.one_more(), whole.path_and_query().unwrap())
}

#[cache_page(60, query())]
async fn by_path(uri: Uri, RawQuery(query): RawQuery, State(count): State<Count>) -> String {
    format!("{} {uri} {query:?}", count.one_more())
}

#[test]
fn parameters_that_are_not_named_are_neither_told_apart_nor_seen() {
    let _larder = testing::isolated();
    let (some, none) = (Site::of(by_query), Site::of(by_path));
    assert_eq!(some.text("/?utm=1&page=2&sort=up&x"), "1 /?page=2&sort=up /?page=2&sort=up Some(\"page=2&sort=up\")");
    assert_eq!(some.text("/?page=2&sort=up"), some.text("/?page=2&z=1&sort=up"));
    assert_eq!((some.text("/?page=3").chars().next(), some.text("/?utm=9").chars().next()), (Some('2'), Some('3')));
    assert_eq!(
        (none.text("/?a=b"), none.text("/"), none.text("/?c")),
        ("1 / None".into(), "1 / None".into(), "1 / None".into())
    );
}

/// A theme that a layer has put into the request.
#[derive(Clone, KeyPart)]
struct Theme(&'static str);

#[cache_page(60, key = "theme:<theme.0>")]
async fn by_extension(Extension(theme): Extension<Theme>, State(count): State<Count>) -> String {
    format!("{} {}", count.one_more(), theme.0)
}

#[cache_page(60, shared(theme))]
async fn whatever_extension(Extension(theme): Extension<Theme>, State(count): State<Count>) -> String {
    format!("{} {}", count.one_more(), theme.0)
}

fn with<T: Clone + Send + Sync + 'static>(site: &Site, extension: T) -> Visit {
    let mut request = request("GET", "/", &[]);
    request.extensions_mut().insert(extension);
    testing::block_on(stack::ask(&site.app, request))
}

#[test]
fn what_a_layer_has_put_into_a_request_is_told_apart_where_it_is_named() {
    let _larder = testing::isolated();
    let (apart, all) = (Site::of(by_extension), Site::of(whatever_extension));
    assert_eq!(
        ["dark", "light", "dark"].map(|theme| with(&apart, Theme(theme)).text().to_owned()),
        ["1 dark", "2 light", "1 dark"]
    );
    assert_eq!(["dark", "light"].map(|theme| with(&all, Theme(theme)).text().to_owned()), ["1 dark", "1 dark"]);
    assert_eq!(with(&apart, ()).status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(with(&apart, Theme("dark")).header("cache-control").is_some_and(|said| said.contains("private")));
}

#[cache_page(60)]
async fn of_a_request(State(count): State<Count>, request: Request) -> String {
    format!("{} {:?}", count.one_more(), request.extensions().get::<Theme>().is_some())
}

#[test]
fn what_a_layer_has_put_into_a_request_is_seen_by_nobody_who_does_not_name_it() {
    let _larder = testing::isolated();
    assert_eq!(with(&Site::of(of_a_request), Theme("dark")).text(), "1 false");
}

#[cache_page(60)]
async fn in_a_language(language: Option<Language>, zone: Option<TimeZone>, State(count): State<Count>) -> String {
    format!("{} {:?} {:?}", count.one_more(), language.map(|one| one.0), zone.map(|one| one.0))
}

#[test]
fn languages_and_time_zones_are_always_told_apart() {
    let _larder = testing::isolated();
    let site = Site::of(in_a_language);
    let language = |name: &str| with(&site, Language(name.to_owned())).text().to_owned();
    let zone = |name: &str| with(&site, TimeZone(name.to_owned())).text().to_owned();
    for _ in 0..2 {
        assert_eq!(
            [language("de"), language("en"), zone("UTC")],
            ["1 Some(\"de\") None", "2 Some(\"en\") None", "3 None Some(\"UTC\")"]
        );
        assert_eq!(site.text("/"), "4 None None");
    }
}

/// What a client says that it is.
struct Agent(String);

impl<S: Sync> FromRequestParts<S> for Agent {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        Ok(Self(format!("{:?}", parts.headers.get("user-agent"))))
    }
}

#[cache_page(60, vary(agent = "User-Agent"))]
async fn by_agent(agent: Agent, State(count): State<Count>) -> String {
    format!("{} {}", count.one_more(), agent.0)
}

#[test]
fn a_guard_that_is_told_apart_by_a_header_is_told_to_those_downstream() {
    let _larder = testing::isolated();
    let site = Site::of(by_agent);
    let visit = site.get_with("/", &[("user-agent", "x")]);
    assert_eq!(visit.text(), "1 Some(\"x\")");
    assert_eq!(visit.header("vary").as_deref(), Some("user-agent, cookie, authorization"));
}
