//! Many visitors at once, on many threads: nobody is handed what was made for another.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Extension, Router};
use http::request::Parts;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use larder::page::Language;
use larder::testing::{self, Larder};
use larder::{KeyPart, cache_page};
use tower::ServiceExt;

use super::User;
use crate::app::{Count, request};

/// Who asks, as a session has it: nobody is one of them.
#[derive(Clone, Debug, PartialEq, KeyPart)]
struct Session(Option<String>);

impl<S: Sync> FromRequestParts<S> for Session {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        // Some take longer, so that all orders come about.
        for _ in 0..parts.headers.len() % 3 {
            tokio::task::yield_now().await;
        }
        let shown = parts.headers.get("x-session").map(|shown| shown.to_str().map(str::to_owned));
        shown.transpose().map(Self).map_err(|_| StatusCode::BAD_REQUEST)
    }
}

#[derive(serde::Deserialize)]
struct Sorting {
    sort: Option<String>,
}

/// What a request was made from, as far as the handler sees it.
fn told(what: impl std::fmt::Debug, headers: &HeaderMap) -> String {
    let value = |name: &str| headers.get(name).map(|value| value.to_str().expect("a text").to_owned());
    format!("{what:?} {:?} {:?} {:?}", value("x-kind"), value("cookie"), value("accept-language"))
}

async fn stand(count: &Count) {
    for _ in 0..count.one_more() % 7 {
        tokio::task::yield_now().await;
    }
}

#[cache_page(60, key = "crowd:<session.0>:<id>", vary("X-Kind", cookie("theme")))]
async fn by_all(
    session: Session,
    Path(id): Path<u64>,
    language: Option<Language>,
    headers: HeaderMap,
    State(count): State<Count>,
) -> String {
    stand(&count).await;
    told((session, id, language), &headers)
}

#[cache_page(60, key = "crowd-user:<user.id: u64>", stale = 60)]
async fn by_user(user: User, headers: HeaderMap, State(count): State<Count>) -> impl IntoResponse {
    stand(&count).await;
    told(user, &headers)
}

#[cache_page(60, vary(user = cookie("user")), query("sort"))]
async fn by_cookie(
    user: User,
    Query(sorting): Query<Sorting>,
    headers: HeaderMap,
    State(count): State<Count>,
) -> String {
    stand(&count).await;
    told((user, sorting.sort), &headers)
}

#[cache_page(60, key = "crowd-extension:<session.0>")]
async fn by_extension(
    Extension(session): Extension<Session>,
    headers: HeaderMap,
    State(count): State<Count>,
) -> String {
    stand(&count).await;
    told(session, &headers)
}

/// It says itself by what it varies, and now and then that it is for nobody else.
#[cache_page(60, see("X-Kind"))]
async fn by_its_own_word(headers: HeaderMap, State(count): State<Count>) -> impl IntoResponse {
    stand(&count).await;
    let private = headers.get("x-kind").is_some_and(|kind| kind == "3");
    ([("vary", "X-Kind"), ("cache-control", if private { "private" } else { "max-age=60" })], told((), &headers))
}

/// Numbers that look as if nobody had chosen them, and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// A request, and what the page has to say that answers it.
fn drawn(dice: &mut Dice) -> (Request<Body>, String) {
    let kind = dice.roll(5);
    let kind = (kind < 4).then(|| kind.to_string());
    let (user, theme, session) = (dice.roll(6), dice.roll(3), dice.roll(4));
    // A session that is nobody's, an empty one, and two that look like parts of keys.
    let session = ["", ":", "1:crowd"].get(usize::try_from(session).unwrap()).map(|text| (*text).to_owned());
    let language =
        (dice.roll(3) > 0).then(|| Language(["de", "en"][usize::try_from(dice.roll(2)).unwrap()].to_owned()));
    let (id, sort, which) = (dice.roll(3), dice.roll(3), dice.roll(5));
    let cookies = match dice.roll(2) {
        0 => format!("theme={theme}; user={user}"),
        _ => format!("user={user}; tracking={}; theme={theme}", dice.roll(100)),
    };
    let mut headers = vec![("cookie", cookies.as_str()), ("accept-language", "fr")];
    headers.extend(kind.as_deref().map(|kind| ("x-kind", kind)));
    headers.extend(session.as_deref().map(|session| ("x-session", session)));
    let path = match which {
        0 => format!("/all/{id}"),
        1 => "/user".to_owned(),
        2 => format!("/cookie?utm={}&sort={sort}", dice.roll(50)),
        3 => "/extension".to_owned(),
        _ => "/word".to_owned(),
    };
    let mut request = request("GET", &path, &headers);
    let session = Session(session.clone());
    let none = None::<String>;
    let expected = match which {
        0 => format!("{:?} {kind:?} {:?} {none:?}", (&session, id, &language), Some(format!("theme={theme}"))),
        1 => format!("{:?} {none:?} {none:?} {none:?}", User { id: user }),
        2 => {
            let (user, cookie) = (User { id: user }, Some(format!("user={user}")));
            format!("{:?} {none:?} {cookie:?} {none:?}", (user, Some(sort.to_string())))
        }
        3 => format!("{session:?} {none:?} {none:?} {none:?}"),
        _ => format!("() {kind:?} {none:?} {none:?}"),
    };
    request.extensions_mut().insert(session);
    if let Some(language) = language {
        request.extensions_mut().insert(language);
    }
    (request, expected)
}

fn app(count: &Count) -> Router {
    Router::new()
        .route("/all/{id}", get(by_all))
        .route("/user", get(by_user))
        .route("/cookie", get(by_cookie))
        .route("/extension", get(by_extension))
        .route("/word", get(by_its_own_word))
        .with_state(count.clone())
}

/// Asks for one page after another, and holds each against what it has to say. Now and then something is invalidated.
async fn wander(app: Router, larder: Option<Larder>, seed: u64, visits: usize, answered: Arc<AtomicUsize>) {
    let mut dice = Dice(seed);
    for _ in 0..visits {
        let (request, expected) = drawn(&mut dice);
        let asked = format!("{} {:?}", request.uri(), request.headers());
        let response = app.clone().oneshot(request).await.expect("no error can happen");
        let said = format!("{} {:?}", response.status(), response.headers());
        let body = response.into_body().collect().await.expect("a whole body").to_bytes();
        assert_eq!(std::str::from_utf8(&body), Ok(&*expected), "{asked} was answered with {said}");
        answered.fetch_add(1, Ordering::Relaxed);
        match dice.roll(300) {
            0 => by_user::invalidate(dice.roll(6)).await,
            1 => by_all::invalidate_all().await,
            2 => larder::page::invalidate_blocking("/word").expect("a configuration that works"),
            3 => by_extension::invalidate(Session(None)).await,
            4 => larder.iter().for_each(|larder| larder.advance(std::time::Duration::from_secs(20))),
            _ => {}
        }
    }
}

/// Sends 32 visitors about, each on a task of its own; with caches of the test's own, whose tasks run when somebody waits, or
/// with those of the program, whose tasks are tokio's.
async fn crowd(larder: Option<Larder>) {
    let (count, answered) = (Count::default(), Arc::new(AtomicUsize::new(0)));
    let app = app(&count);
    let spawn = |seed: u64| {
        let wandering = wander(app.clone(), larder.clone(), seed * 7919 + 1, 250, Arc::clone(&answered));
        match &larder {
            Some(larder) => tokio::spawn(larder.scope(wandering)),
            None => tokio::spawn(wandering),
        }
    };
    for task in (0..32).map(spawn).collect::<Vec<_>>() {
        task.await.expect("each was answered with what was theirs");
    }
    let (visits, runs) = (answered.load(Ordering::Relaxed), count.get());
    assert_eq!(visits, 8000);
    assert!(runs * 2 < visits, "most of them are answered with what was made for their like: {runs}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_page_that_is_made_for_one_is_handed_to_another() {
    crowd(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_page_that_is_made_for_one_is_handed_to_another_in_a_test_of_its_own() {
    let larder = testing::isolated().handle();
    crowd(Some(larder)).await;
}

/// Visitors of one page at one moment, on the runtime's own tasks.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn visitors_who_come_together_share_the_pages_of_their_like_and_no_others() {
    for round in 0..20_u64 {
        let larder = testing::isolated().handle();
        let count = Count::default();
        let app = app(&count);
        let asking = (0..60_u64).map(|number| {
            let (app, user) = (app.clone(), number % 3);
            let cookie = format!("user={user}; round={round}");
            tokio::spawn(larder.scope(async move {
                let request = request("GET", "/user", &[("cookie", &cookie)]);
                let response = app.oneshot(request).await.expect("no error can happen");
                let body = response.into_body().collect().await.expect("a whole body").to_bytes();
                (user, String::from_utf8(body.to_vec()).expect("a text"))
            }))
        });
        for asked in asking.collect::<Vec<_>>() {
            let (user, text) = asked.await.expect("an answer");
            assert!(text.starts_with(&format!("User {{ id: {user} }}")), "{user} was told {text}");
        }
        assert_eq!(count.get(), 3, "one body for each");
    }
}
