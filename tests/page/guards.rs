//! Handlers and their guards: what each account means for the pages of two users.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path, Query, Request, State};
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Extension, Router};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use larder::page::{self, Language};
use larder::{KeyPart, cache_page, invalidate_tag, testing};

use crate::app::{Count, Visit};
use crate::stack;

/// Who asks, by a cookie or by `Authorization`; who does not say is refused.
struct User(String);

impl<S: Sync> FromRequestParts<S> for User {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let cookie = parts.headers.get("cookie").and_then(|cookie| cookie.to_str().ok()?.strip_prefix("session="));
        let authorized = parts.headers.get("authorization").and_then(|line| line.to_str().ok());
        let name = cookie.or(authorized).ok_or(StatusCode::UNAUTHORIZED)?;
        Ok(Self(name.to_owned()))
    }
}

#[derive(Clone, KeyPart)]
struct Flags {
    new: bool,
}

#[cache_page(60, shared(user))]
async fn shared(user: User, State(count): State<Count>) -> String {
    format!("{} for {}", count.one_more(), user.0)
}

#[cache_page(60, key = "kept-for:<user.0: String>")]
async fn named(user: User, State(count): State<Count>) -> String {
    format!("{} for {}", count.one_more(), user.0)
}

#[cache_page(60, vary(user = cookie("session")))]
async fn varied(user: User, headers: HeaderMap, State(count): State<Count>) -> String {
    format!("{} for {} by {:?}", count.one_more(), user.0, headers["cookie"])
}

#[cache_page(60, browser = 30, shared(user))]
async fn told(user: User) -> ([(&'static str, &'static str); 1], String) {
    ([("cache-control", "public")], user.0)
}

#[cache_page(60, key = "cart:<flags.new: bool>")]
async fn cart(Extension(flags): Extension<Flags>, State(count): State<Count>) -> String {
    format!("{} of {}", count.one_more(), flags.new)
}

#[cache_page(60, shared(flags))]
async fn same(Extension(flags): Extension<Flags>, State(count): State<Count>) -> String {
    format!("{} of {}", count.one_more(), flags.new)
}

fn app() -> Router {
    Router::new()
        .route("/shared", get(shared))
        .route("/named", get(named))
        .route("/varied", get(varied))
        .route("/told", get(told))
        .route("/cart", get(cart))
        .route("/same", get(same))
        .layer(from_fn(async |mut request: Request, next: Next| {
            let new = request.headers().contains_key("x-new");
            request.extensions_mut().insert(Flags { new });
            next.run(request).await
        }))
        .with_state(Count::default())
}

fn visit(app: &Router, path: &str, headers: &[(&str, &str)]) -> Visit {
    stack::get(app, path, headers)
}

#[test]
fn all_whom_a_shared_guard_lets_in_get_one_page_and_nobody_else_gets_it() {
    let (_larder, app) = (testing::isolated(), app());
    let visit = |headers: &[(&str, &str)]| visit(&app, "/shared", headers);
    assert_eq!(visit(&[]).status, StatusCode::UNAUTHORIZED);
    assert_eq!(visit(&[("cookie", "session=ann")]).text(), "1 for ann");
    let of_ben = visit(&[("cookie", "session=ben")]);
    assert_eq!((of_ben.text(), of_ben.is_hit()), ("1 for ann", true));
    assert_eq!(of_ben.header("cache-control").as_deref(), Some("private, max-age=0"));
    let refused = visit(&[]);
    assert_eq!((refused.status, refused.header("cache-status")), (StatusCode::UNAUTHORIZED, None));
}

#[test]
fn a_guard_in_the_key_makes_a_page_for_each_also_for_those_who_are_authorized() {
    let (_larder, app) = (testing::isolated(), app());
    let visit = |headers: &[(&str, &str)]| visit(&app, "/named", headers);
    assert_eq!(visit(&[("authorization", "ann")]).text(), "1 for ann");
    assert_eq!(visit(&[("authorization", "ben")]).text(), "2 for ben");
    // By whatever it was found who it is.
    let of_ann = visit(&[("cookie", "session=ann")]);
    assert_eq!((of_ann.text(), of_ann.is_hit()), ("1 for ann", true));
    testing::block_on(named::invalidate("ann"));
    assert_eq!(visit(&[("authorization", "ann")]).text(), "3 for ann");
    assert_eq!(visit(&[("authorization", "ben")]).text(), "2 for ben");
    testing::block_on(named::invalidate_all());
    assert_eq!(visit(&[("authorization", "ben")]).text(), "4 for ben");
}

#[test]
fn a_guard_that_one_cookie_decides_makes_a_page_for_each_value_and_the_handler_sees_it() {
    let (_larder, app) = (testing::isolated(), app());
    let visit = |cookie: &str| visit(&app, "/varied", &[("cookie", cookie)]);
    let first = visit("session=ann");
    assert_eq!(first.text(), "1 for ann by \"session=ann\"");
    assert_eq!(first.header("vary").as_deref(), Some("cookie"));
    assert_eq!(visit("session=ben").text(), "2 for ben by \"session=ben\"");
    assert!(visit("session=ann").is_hit());
}

#[test]
fn browsers_are_told_what_the_handler_and_its_page_say() {
    let (_larder, app) = (testing::isolated(), app());
    let told = visit(&app, "/told", &[("cookie", "session=ann")]).header("cache-control");
    assert_eq!(told.as_deref(), Some("public, max-age=30"));
}

#[test]
fn what_a_layer_has_put_in_is_told_apart_or_shared_as_its_handler_says() {
    let (_larder, app) = (testing::isolated(), app());
    let ask = |path, headers: &[(&str, &str)]| {
        let visit = visit(&app, path, headers);
        (visit.text().to_owned(), visit.header("cache-control").unwrap_or_default())
    };
    let answer = |text: &str, told: &str| (text.to_owned(), told.to_owned());
    for _ in 0..2 {
        assert_eq!(ask("/cart", &[("x-new", "1")]), answer("1 of true", "max-age=60, private"));
        assert_eq!(ask("/cart", &[]), answer("2 of false", "max-age=60, private"));
        assert_eq!(ask("/same", &[("x-new", "1")]), answer("3 of true", "max-age=60"));
        assert_eq!(ask("/same", &[]), answer("3 of true", "max-age=60"));
    }
}

#[cache_page(60)]
async fn hidden(State(count): State<Count>, request: Request) -> String {
    let flags = request.extensions().get::<Flags>().is_some();
    let language = request.extensions().get().map(|Language(name)| name.clone());
    format!("{} {flags} {language:?} {:?}", count.one_more(), request.headers().keys().collect::<Vec<_>>())
}

#[cache_page(60)]
async fn greeting(language: Option<Language>, State(count): State<Count>) -> String {
    format!("{} {language:?}", count.one_more())
}

#[cache_page(60)]
async fn hello(Language(language): Language) -> String {
    language
}

/// A layer outside says the language, where somebody asks for one.
fn in_languages(router: Router<Count>) -> Router {
    let layer = from_fn(async |mut request: Request, next: Next| {
        request.extensions_mut().insert(Flags { new: true });
        if let Some(language) = request.headers().get("accept-language").and_then(|name| name.to_str().ok()) {
            let language = Language(language.to_owned());
            request.extensions_mut().insert(language);
        }
        next.run(request).await
    });
    router.layer(layer).with_state(Count::default())
}

#[test]
fn a_request_comes_without_what_layers_have_put_in_but_for_the_language() {
    let _larder = testing::isolated();
    let app = in_languages(Router::new().route("/", get(hidden)));
    let visit = |language: &str| visit(&app, "/", &[("accept-language", language), ("cookie", "a=b"), ("x-a", "b")]);
    assert_eq!(visit("de").text(), "1 false Some(\"de\") [\"host\"]");
    assert_eq!(visit("en").text(), "2 false Some(\"en\") [\"host\"]");
    assert!(visit("de").is_hit());
}

#[test]
fn a_language_is_an_argument_that_needs_no_account() {
    let _larder = testing::isolated();
    let app = in_languages(Router::new().route("/", get(greeting)).route("/hello", get(hello)));
    let visit = |path: &str, headers: &[(&str, &str)]| visit(&app, path, headers);
    for _ in 0..2 {
        assert_eq!(visit("/", &[("accept-language", "de")]).text(), "1 Some(Language(\"de\"))");
        assert_eq!(visit("/", &[]).text(), "2 None");
    }
    let german = visit("/hello", &[("accept-language", "de")]);
    assert_eq!((german.text(), german.header("cache-control").as_deref()), ("de", Some("max-age=60, private")));
    assert_eq!(visit("/hello", &[]).status, StatusCode::INTERNAL_SERVER_ERROR);
}

#[cache_page(60, key = "post:<id>", tags = ["posts"])]
async fn post(Query(query): Query<HashMap<String, String>>, Path(id): Path<u64>, State(count): State<Count>) -> String {
    format!("{} of {id} {}", count.one_more(), query.len())
}

/// What it returns is an error that nobody can see.
#[cache_page(60)]
async fn opaque(State(count): State<Count>) -> impl IntoResponse {
    count.one_more();
    Err::<String, _>((StatusCode::NOT_FOUND, count.get().to_string()))
}

type Answer<T> = Result<T, (StatusCode, String)>;

#[cache_page(60)]
async fn failing(State(count): State<Count>) -> Answer<String> {
    Err((StatusCode::NOT_FOUND, count.one_more().to_string()))
}

#[test]
fn of_a_result_by_whatever_name_no_error_is_kept_and_of_what_nobody_can_see_the_status_decides() {
    let _larder = testing::isolated();
    let app = Router::new().route("/opaque", get(opaque)).route("/failing", get(failing)).with_state(Count::default());
    assert_eq!((visit(&app, "/opaque", &[]).text(), visit(&app, "/opaque", &[]).text()), ("1", "1"));
    assert_eq!((visit(&app, "/failing", &[]).text(), visit(&app, "/failing", &[]).text()), ("2", "3"));
}

#[test]
fn a_page_goes_by_its_name_its_tags_and_its_path_and_not_by_what_another_handler_of_its_route_does() {
    let _larder = testing::isolated();
    let app = Router::new().route("/posts/{id}", get(post).post(async || "done")).with_state(Count::default());
    let visit = || visit(&app, "/posts/7?a=b", &[]).text().to_owned();
    assert_eq!(visit(), "1 of 7 1");
    stack::send(&app, "POST", "/posts/7?a=b", &[]);
    assert_eq!(visit(), "1 of 7 1");
    invalidate_tag(post::key(7)).expect("a tag");
    assert_eq!(visit(), "2 of 7 1");
    invalidate_tag("posts").expect("a tag");
    assert_eq!(visit(), "3 of 7 1");
    page::invalidate("/posts/*").expect("a pattern");
    assert_eq!(visit(), "4 of 7 1");
}
