//! What somebody writes who needs one page cached: a look-up in a table, without a time.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{future::RouteFuture, get};
use futures_util::future::Either;
use quick_cache::sync::Cache;
use tower::Service;

use crate::page::{Maker, ROUTE, TYPE};
use crate::site::{Answers, Candidate};

const ROOM: usize = 1_024;
const TAG: &str = "\"2d8f6b\"";

pub fn candidates() -> Vec<Candidate> {
    vec![
        Candidate::new("`quick_cache` by hand, in the handler", Answers::Cached, |maker| in_handler(maker, false)),
        Candidate::new("`quick_cache` by hand, around the router", Answers::Cached, |maker| around(maker, false)),
        Candidate::new("`quick_cache` by hand, in the handler, 304", Answers::NotModified, |maker| {
            in_handler(maker, true)
        }),
        Candidate::new("`quick_cache` by hand, around the router, 304", Answers::NotModified, |maker| {
            around(maker, true)
        }),
    ]
}

/// A page with its headers.
#[derive(Clone)]
struct Page {
    headers: HeaderMap,
    body: Bytes,
}

/// The pages of a handler by path and query; with tags, if clients are to ask by them.
#[derive(Clone)]
struct Pages {
    kept: Arc<Cache<String, Page>>,
    maker: Maker,
    tagged: bool,
}

impl Pages {
    fn of(maker: Maker, tagged: bool) -> Self {
        Self { kept: Arc::new(Cache::new(ROOM)), maker, tagged }
    }

    /// Returns the page, or says that it is the one that the client has.
    fn get(&self, request: &Request<Body>) -> Option<Response<Body>> {
        let Page { headers, body } = self.kept.get(key(request))?;
        if self.tagged && request.headers().get(IF_NONE_MATCH).is_some_and(|tag| tag == headers[ETAG]) {
            return Some((StatusCode::NOT_MODIFIED, [(ETAG, TAG)]).into_response());
        }
        Some(whole(headers, body))
    }

    fn make(&self, request: &Request<Body>) -> Response<Body> {
        let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(TYPE))]);
        if self.tagged {
            headers.insert(ETAG, HeaderValue::from_static(TAG));
        }
        let page = Page { headers, body: self.maker.page() };
        self.kept.insert(key(request).to_owned(), page.clone());
        whole(page.headers, page.body)
    }
}

/// Returns an answer with these headers: to join them to some others takes longer.
fn whole(headers: HeaderMap, body: Bytes) -> Response<Body> {
    let mut answer = Response::new(Body::from(body));
    *answer.headers_mut() = headers;
    answer
}

fn key(request: &Request<Body>) -> &str {
    request.uri().path_and_query().map_or("", PathAndQuery::as_str)
}

fn in_handler(maker: Maker, tagged: bool) -> Router {
    let pages = Pages::of(maker, tagged);
    let handler = move |request: Request<Body>| ready(pages.get(&request).unwrap_or_else(|| pages.make(&request)));
    Router::new().route(ROUTE, get(handler)).with_state(())
}

fn around(maker: Maker, tagged: bool) -> Around {
    let pages = Pages::of(maker, tagged);
    let maker = pages.clone();
    let handler = move |request: Request<Body>| ready(maker.make(&request));
    Around { pages, router: Router::new().route(ROUTE, get(handler)).with_state(()) }
}

/// A service that answers before the router is asked, and boxes nothing.
#[derive(Clone)]
struct Around {
    pages: Pages,
    router: Router,
}

impl Service<Request<Body>> for Around {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Either<Ready<Result<Response<Body>, Infallible>>, RouteFuture<Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Service::<Request<Body>>::poll_ready(&mut self.router, context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        match self.pages.get(&request) {
            Some(answer) => Either::Left(ready(Ok(answer))),
            None => Either::Right(self.router.call(request)),
        }
    }
}
