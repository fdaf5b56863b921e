//! Handlers of every shape that a router takes: what they take, return and stand in.

use std::collections::HashMap;
use std::convert::Infallible;
use std::marker::PhantomData;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::{NestedPathRejection, QueryRejection};
use axum::extract::{
    FromRequestParts, MatchedPath, NestedPath, OriginalUri, Path, Query, RawPathParams, RawQuery, State,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use axum::{Json, Router};
use larder::page::Language;
use larder::{KeyName, cache_page, testing};

use crate::app::Count;
use crate::stack;

/// Asks twice, and returns what was answered both times.
fn twice(app: &Router, path: &str) -> String {
    let (first, second) = (stack::get(app, path, &[]), stack::get(app, path, &[]));
    assert!(second.is_hit(), "{path}: {:?}", second.status);
    assert_eq!(first.text(), second.text(), "{path}");
    second.text().to_owned()
}

fn once(app: &Router, path: &str, status: StatusCode) -> String {
    let visits = [(); 2].map(|()| stack::get(app, path, &[]));
    assert!(visits.iter().all(|visit| visit.status == status && !visit.is_hit()), "{path}");
    visits[1].text().to_owned()
}

#[cache_page(60)]
async fn nothing() -> &'static str {
    "nothing"
}

/// The part of the path that has this number.
struct Part<const N: usize>(String);

impl<S: Sync, const N: usize> FromRequestParts<S> for Part<N> {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let part = parts.uri.path().split('/').nth(N + 1).ok_or(StatusCode::NOT_FOUND)?;
        Ok(Self(part.to_owned()))
    }
}

#[cache_page(60, shared(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o))]
#[expect(clippy::too_many_arguments, clippy::many_single_char_names, reason = "as many as a router takes")]
async fn sixteen(
    Part(a): Part<0>,
    Part(b): Part<1>,
    Part(c): Part<2>,
    Part(d): Part<3>,
    Part(e): Part<4>,
    Part(f): Part<5>,
    Part(g): Part<6>,
    Part(h): Part<7>,
    Part(i): Part<8>,
    Part(j): Part<9>,
    Part(k): Part<10>,
    Part(l): Part<11>,
    Part(m): Part<12>,
    Part(n): Part<13>,
    Part(o): Part<14>,
    uri: Uri,
) -> String {
    format!("{a}{b}{c}{d}{e}{f}{g}{h}{i}{j}{k}{l}{m}{n}{o} {uri}")
}

#[cache_page(60)]
#[expect(clippy::too_many_arguments, reason = "as many as a router takes")]
async fn of_all_kinds(
    State(count): State<Count>,
    Path(all): Path<HashMap<String, String>>,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
    RawQuery(raw): RawQuery,
    params: RawPathParams,
    matched: MatchedPath,
    OriginalUri(whole): OriginalUri,
    uri: Uri,
    method: Method,
    headers: HeaderMap,
    nested: Result<NestedPath, NestedPathRejection>,
    again: Result<State<Count>, Infallible>,
    Path(path): Path<Vec<(String, String)>>,
    State(same): State<Count>,
    language: Option<Language>,
    body: Bytes,
) -> String {
    let names = (
        all.len(),
        query.map(|Query(all)| all.len()).ok(),
        raw,
        params.iter().count(),
        matched.as_str().to_owned(),
        whole,
        uri,
        method,
    );
    let rest = (headers.len(), nested.is_ok(), again.is_ok(), path.len(), language.is_some(), body.len());
    format!("{} {names:?} {rest:?} {}", count.one_more(), same.get())
}

#[test]
fn a_handler_takes_up_to_sixteen_arguments() {
    let _larder = testing::isolated();
    let app = Router::new()
        .route("/", get(nothing))
        .route("/p/{*all}", get(sixteen))
        .route("/n/{a}/{b}", get(of_all_kinds))
        .with_state(Count::default());
    assert_eq!(twice(&app, "/"), "nothing");
    let path = "/p/b/c/d/e/f/g/h/i/j/k/l/m/n/o";
    assert_eq!(twice(&app, path), format!("pbcdefghijklmno {path}"));
    assert_eq!(
        twice(&app, "/n/1/2?c=3"),
        "1 (2, Some(1), Some(\"c=3\"), 2, \"/n/{a}/{b}\", /n/1/2?c=3, /n/1/2?c=3, GET) (1, false, true, 2, false, 0) 1"
    );
}

trait Shelf: Clone + Send + Sync + 'static {
    const NAME: &'static str;
}

#[derive(Clone, KeyName)]
#[key_name = "signatures:books"]
struct Books;

#[derive(Clone, KeyName)]
#[key_name = "signatures:discs"]
struct Discs;

impl Shelf for Books {
    const NAME: &'static str = "books";
}

impl Shelf for Discs {
    const NAME: &'static str = "discs";
}

#[cache_page(60)]
async fn list<T, const FIRST: usize, const LOUD: bool>(
    State(_): State<(T, Count)>,
    State((_, count)): State<(T, Count)>,
) -> String
where
    T: Shelf,
{
    format!("{} {} from {FIRST} {LOUD}", count.one_more(), T::NAME)
}

#[cache_page(60, key = "shelf:<T>:<N>:<id>")]
async fn shelf<T: Shelf + KeyName, const N: usize>(
    Path(id): Path<u64>,
    State((_, count)): State<(T, Count)>,
) -> String {
    format!("{} {} {N} {id}", count.one_more(), T::NAME)
}

#[test]
fn pages_of_one_url_are_told_apart_by_types_and_constants() {
    let _larder = testing::isolated();
    let count = Count::default();
    let app = |route| Router::new().route("/", route);
    let all = [
        app(get(list::<Books, 1, true>)).with_state((Books, count.clone())),
        app(get(list::<Books, 2, true>)).with_state((Books, count.clone())),
        app(get(list::<Books, 1, false>)).with_state((Books, count.clone())),
    ];
    let discs = Router::new().route("/", get(list::<Discs, 1, true>)).with_state((Discs, count));
    let texts: Vec<_> = all.iter().chain([&discs]).map(|app| twice(app, "/")).collect();
    assert_eq!(texts, ["1 books from 1 true", "2 books from 2 true", "3 books from 1 false", "4 discs from 1 true"]);
}

#[test]
fn a_companion_takes_the_parameters_that_its_key_names() {
    let _larder = testing::isolated();
    let count = Count::default();
    let route = || Router::new().route("/{id}", get(shelf::<Books, 3>));
    let app = route().with_state((Books, count));
    assert_eq!((twice(&app, "/7"), twice(&app, "/8")), ("1 books 3 7".to_owned(), "2 books 3 8".to_owned()));
    assert_ne!(shelf::key::<Books, 3>(7), shelf::key::<Discs, 3>(7));
    testing::block_on(shelf::invalidate::<Discs, 3>(7));
    assert_eq!(twice(&app, "/7"), "1 books 3 7");
    testing::block_on(shelf::invalidate::<Books, 3>(7));
    assert_eq!((twice(&app, "/7"), twice(&app, "/8")), ("3 books 3 7".to_owned(), "2 books 3 8".to_owned()));
}

#[derive(serde::Deserialize)]
struct Paging {
    page: u32,
    size: Option<u32>,
}

#[cache_page(60, key = "patterns:<a>:<page: u32>")]
async fn patterns(
    Path((mut a, _)): Path<(u64, String)>,
    Query(Paging { page, size: ref wanted @ Some(_) | ref wanted }): Query<Paging>,
    mut headers: HeaderMap,
) -> String {
    a += 1;
    headers.clear();
    format!("{a} {page} {wanted:?} {}", headers.len())
}

#[cache_page(60, key = "raw:<r#type>:<r#in>")]
async fn r#struct(Path((r#type, r#in)): Path<(u64, String)>) -> String {
    format!("{type} {in}")
}

#[test]
fn arguments_are_patterns_mutable_and_raw() {
    let _larder = testing::isolated();
    let app = Router::<()>::new().route("/p/{a}/{b}", get(patterns)).route("/r/{a}/{b}", get(r#struct));
    assert_eq!(twice(&app, "/p/6/x?page=2"), "7 2 None 0");
    assert_eq!(twice(&app, "/p/6/x?page=2&size=5"), "7 2 Some(5) 0");
    testing::block_on(patterns::invalidate(6, 2));
    assert_eq!(stack::get(&app, "/p/6/x?page=2", &[]).text(), "7 2 None 0");
    assert_eq!((patterns::stats().misses, patterns::key(6, 2).as_str()), (3, "patterns:6:2"));
    assert_eq!((twice(&app, "/r/1/x"), r#struct::key(1, "x").as_str()), ("1 x".to_owned(), "raw:1:x"));
}

type Answer<T> = Result<T, StatusCode>;

#[cache_page(60)]
async fn early(Path(id): Path<u64>, State(count): State<Count>) -> Result<String, StatusCode> {
    if id == 1 {
        return Ok("early".to_owned());
    }
    let text = if id == 0 { None } else { Some("late") };
    let text = text.ok_or(StatusCode::NOT_FOUND)?;
    Ok(format!("{text} {}", count.one_more()))
}

#[cache_page(60)]
async fn aliased(Path(id): Path<u64>) -> Answer<Html<&'static str>> {
    if id == 0 { Err(StatusCode::GONE) } else { Ok(Html("here")) }
}

#[cache_page(60)]
async fn with_any_error(Path(id): Path<u64>) -> axum::response::Result<&'static str> {
    if id == 0 {
        Err((StatusCode::GONE, "gone"))?;
    }
    Ok("here")
}

#[cache_page(60)]
async fn by_a_trait(Path(id): Path<u64>) -> impl IntoResponse {
    ([("x-id", id.to_string())], Json(id))
}

#[test]
fn a_body_leaves_early_and_an_error_is_not_kept_whatever_its_alias() {
    let _larder = testing::isolated();
    let app = Router::new()
        .route("/early/{id}", get(early))
        .route("/aliased/{id}", get(aliased))
        .route("/any/{id}", get(with_any_error))
        .route("/trait/{id}", get(by_a_trait))
        .with_state(Count::default());
    assert_eq!((twice(&app, "/early/1"), twice(&app, "/early/2")), ("early".to_owned(), "late 1".to_owned()));
    once(&app, "/early/0", StatusCode::NOT_FOUND);
    assert_eq!(twice(&app, "/aliased/1"), "here");
    once(&app, "/aliased/0", StatusCode::GONE);
    assert_eq!(twice(&app, "/any/1"), "here");
    assert_eq!(once(&app, "/any/0", StatusCode::GONE), "gone");
    assert_eq!(twice(&app, "/trait/5"), "5");
}

mod pages {
    mod inner {
        use larder::cache_page;

        pub(in super::super) struct Private(pub u64);

        /// Shows the front page.
        #[cache_page(60, key = "signatures:front")]
        pub async fn front() -> &'static str {
            "front"
        }

        #[cache_page(60)]
        pub(crate) async fn crate_wide() -> &'static str {
            "crate"
        }

        #[cfg(not(test))]
        #[cache_page(60)]
        pub async fn conditional() -> &'static str {
            "not a test"
        }

        #[cfg(test)]
        #[cache_page(60)]
        pub async fn conditional() -> &'static str {
            "a test"
        }
    }

    pub(super) use inner::Private;
    pub(crate) use inner::crate_wide;
    pub use inner::{conditional, front as home};
}

#[cache_page(60, key = "private:<private.0>")]
async fn private(private: Private) -> String {
    private.0.to_string()
}

use pages::Private;

impl<S: Sync> FromRequestParts<S> for Private {
    type Rejection = StatusCode;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        Ok(Self(5))
    }
}

#[test]
fn handlers_are_used_through_other_names_and_modules() {
    let _larder = testing::isolated();
    let app = Router::<()>::new()
        .route("/", get(pages::home))
        .route("/crate", get(pages::crate_wide))
        .route("/cfg", get(pages::conditional))
        .route("/private", get(private));
    assert_eq!((twice(&app, "/"), twice(&app, "/crate")), ("front".to_owned(), "crate".to_owned()));
    assert_eq!((twice(&app, "/cfg"), twice(&app, "/private")), ("a test".to_owned(), "5".to_owned()));
    assert_eq!((pages::home::stats().hits, private::key(Private(5)).as_str()), (1, "private:5"));
    assert_eq!(testing::block_on(pages::home::uncached()), "front");
}

#[test]
fn a_handler_stands_in_a_function_with_types_of_its_own() {
    #[derive(Clone)]
    struct Local(u64);

    #[cache_page(60, companion = Nested)]
    async fn nested(State(Local(id)): State<Local>) -> String {
        id.to_string()
    }

    let _larder = testing::isolated();
    let app = Router::new().route("/", get(nested)).with_state(Local(7));
    assert_eq!((twice(&app, "/"), Nested::stats().hits), ("7".to_owned(), 1));
    assert_eq!(testing::block_on(Nested::uncached(State(Local(8)))), "8");
}

struct Site<'a, T> {
    name: &'a str,
    of: PhantomData<T>,
}

impl<T: Shelf> Site<'static, T> {
    #[cache_page(60, key = "site:<self.name: &str>:<id>")]
    async fn show(self: Arc<Self>, Path(id): Path<u64>) -> String {
        format!("{} {} {id}", self.name, T::NAME)
    }

    #[cache_page(60, associated)]
    pub(crate) async fn about<const N: usize>() -> String {
        format!("{} {N}", T::NAME)
    }
}

#[test]
fn a_handler_stands_in_the_impl_of_a_generic_type() {
    let _larder = testing::isolated();
    let (books, discs) = (
        Arc::new(Site::<Books> { name: "shop", of: PhantomData }),
        Arc::new(Site::<Discs> { name: "shop", of: PhantomData }),
    );
    let books = Router::<()>::new()
        .route("/s/{id}", get(move |arrival| books.show(arrival)))
        .route("/about", get(Site::<Books>::about::<1>));
    let discs = Router::<()>::new()
        .route("/s/{id}", get(move |arrival| discs.show(arrival)))
        .route("/about", get(Site::<Discs>::about::<1>));
    assert_eq!((twice(&books, "/s/1"), twice(&discs, "/s/1")), ("shop books 1".to_owned(), "shop discs 1".to_owned()));
    assert_eq!((twice(&books, "/about"), twice(&discs, "/about")), ("books 1".to_owned(), "discs 1".to_owned()));
    let two = Router::<()>::new().route("/about", get(Site::<Books>::about::<2>));
    assert_eq!(twice(&two, "/about"), "books 2");
}
