//! A candidate, and how its page is asked for.

use std::convert::Infallible;

use axum::ServiceExt as _;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderValue, Request, Response, StatusCode};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tower::{Service, ServiceExt as _};

use crate::page::{Maker, PAGE, TYPE};
use crate::request::{Own, Tally, request};

/// A server's whole application, as axum takes it.
pub trait App:
    Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send> + Clone + Send + 'static
{
}

impl<S> App for S where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send> + Clone + Send + 'static
{
}

/// What a candidate answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// Nothing: what a request costs that nobody looks at.
    Nothing,
    /// The page, made for each request anew, or a constant.
    Uncached,
    /// The page, from its cache.
    Cached,
    /// That the page is still the one whose tag the request names, from its cache.
    NotModified,
}

/// Somebody who takes part.
pub struct Candidate {
    pub name: &'static str,
    pub answers: Answers,
    /// Whether it is asked by somebody who is known by a cookie.
    pub personal: bool,
    build: Build,
}

type Build = Box<dyn Fn(Option<Own>) -> Box<dyn Site>>;

/// The cookie of somebody who is known.
const SESSION: HeaderValue = HeaderValue::from_static("session=4711");

impl Candidate {
    /// Makes a candidate; `app` puts a cache around this handler.
    pub fn new<S: App>(name: &'static str, answers: Answers, app: impl Fn(Maker) -> S + 'static) -> Self {
        let build: Build = Box::new(move |own| Box::new(Warm::new(name, answers, own, &app)));
        Self { name, answers, personal: false, build }
    }

    /// Has it asked with a cookie.
    #[must_use]
    pub fn personal(self) -> Self {
        Self { personal: true, ..self }
    }

    /// Builds the application, and asks it until its cache is filled.
    #[must_use]
    pub fn site(&self) -> Box<dyn Site> {
        (self.build)(self.personal.then_some((COOKIE, SESSION)))
    }
}

/// Returns whether this is the name of a candidate that somebody else publishes as a cache of pages.
#[must_use]
pub fn is_rival(name: &str) -> bool {
    ["`axum-response-cache`", "`tower-http-cache`", "`http-cache-tower-server`"]
        .iter()
        .any(|rival| name.starts_with(rival))
}

/// A candidate whose cache is filled.
pub trait Site {
    /// Asks so often, one request after another, and checks what came.
    fn ask(&self, times: usize);

    /// Answers whoever connects, for ever.
    fn serve(&self, listener: std::net::TcpListener);
}

struct Warm<S> {
    name: &'static str,
    answers: Answers,
    app: S,
    maker: Maker,
    /// The cookie of who asks, or the tag that each request names.
    own: Option<Own>,
    runtime: Runtime,
}

impl<S: App> Warm<S> {
    fn new(name: &'static str, answers: Answers, own: Option<Own>, app: impl Fn(Maker) -> S) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let maker = Maker::default();
        let app = {
            let _entered = runtime.enter();
            app(maker.clone())
        };
        let mut warm = Self { name, answers, app, maker, own, runtime };
        if answers != Answers::Nothing {
            let answer = warm.page();
            let known = (answers == Answers::NotModified).then(|| (IF_NONE_MATCH, answer.headers()[ETAG].clone()));
            // Some write their entry in a task of its own.
            warm.runtime.block_on(async { while_others_run().await });
            warm.page();
            warm.own = known.or(warm.own);
        }
        warm.ask(1);
        warm
    }

    /// Asks for the page, and checks that it is the one.
    fn page(&self) -> Response<()> {
        self.runtime.block_on(async {
            let answer = answer(&self.app, request(self.own.as_ref())).await;
            let (head, body) = answer.into_parts();
            let body = to_bytes(body, PAGE.len()).await.expect("the page is whole");
            assert_eq!(head.status, StatusCode::OK, "{}: a page is found", self.name);
            assert_eq!(head.headers[CONTENT_TYPE], TYPE, "{}: headers are kept", self.name);
            assert!(body == PAGE, "{}: the page is the one that was made", self.name);
            Response::from_parts(head, ())
        })
    }

    fn expected(&self, times: usize) -> (StatusCode, Tally) {
        match self.answers {
            Answers::Nothing => (StatusCode::OK, Tally::default()),
            Answers::NotModified => (StatusCode::NOT_MODIFIED, Tally::default()),
            _ => (StatusCode::OK, Tally { frames: times, bytes: times * PAGE.len(), wrong: 0 }),
        }
    }
}

impl<S: App> Site for Warm<S> {
    fn ask(&self, times: usize) {
        let (status, expected) = self.expected(times);
        let mut tally = Tally::default();
        self.runtime.block_on(async {
            for _ in 0..times {
                tally.count(answer(&self.app, request(self.own.as_ref())).await, status).await;
            }
        });
        assert_eq!(tally, expected, "{}: each answer is whole", self.name);
        if matches!(self.answers, Answers::Cached | Answers::NotModified) {
            assert_eq!(self.maker.made(), 1, "{}: the page comes from the cache", self.name);
        }
    }

    fn serve(&self, listener: std::net::TcpListener) {
        self.runtime.block_on(async {
            let listener = TcpListener::from_std(listener).expect("the listener does not block");
            axum::serve(listener, self.app.clone().into_make_service()).await.expect("axum serves for ever");
        });
    }
}

/// Asks once, as axum's own server does: of a clone, for the next request may come before this one is answered.
async fn answer<S: App>(app: &S, request: Request<Body>) -> Response<Body> {
    match app.clone().oneshot(request).await {
        Ok(answer) => answer,
        Err(never) => match never {},
    }
}

/// Lets the tasks run that were spawned.
async fn while_others_run() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}
