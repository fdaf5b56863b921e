//! Asks the origin.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::body::{Body, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_LENGTH, HeaderValue, TRANSFER_ENCODING};
use hyper::http::uri::{Authority, Parts, PathAndQuery, Scheme};
use hyper::{Method, Request, Response, StatusCode, Uri, Version};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tower::Service;

use crate::hops;

/// The body of an answer: the origin's as it comes, or a sentence where there is none.
pub type Passed = Either<Incoming, Full<Bytes>>;

/// Passes each request to the origin once, and its answer back.
///
/// Where the origin cannot be reached or breaks off before its answer begins, the answer is 502; where it takes too
/// long, 504. A cache around it may answer with something older then.
#[derive(Clone, Debug)]
pub struct Forward {
    origin: Authority,
    timeout: Duration,
    pooled: Client<HttpConnector, Incoming>,
    single: Client<HttpConnector, Incoming>,
}

impl Forward {
    /// Makes a service that asks this origin, and waits so long for an answer to begin.
    #[must_use]
    pub fn new(origin: Authority, timeout: Duration) -> Self {
        Self { origin, timeout, pooled: client(usize::MAX), single: client(0) }
    }

    /// A connection that has been idle may be closed by the origin at the moment at which it is used again, and nothing
    /// is sent twice here: what changes something at the origin has a connection of its own.
    fn client(&self, request: &Request<Incoming>) -> &Client<HttpConnector, Incoming> {
        let harmless = request.method().is_safe() && request.body().is_end_stream();
        if harmless { &self.pooled } else { &self.single }
    }

    async fn ask(self, request: Request<Incoming>) -> Response<Passed> {
        let Some(request) = outgoing(request, self.origin.clone()) else {
            return failure(StatusCode::BAD_REQUEST, "this is no path\n");
        };
        match tokio::time::timeout(self.timeout, self.client(&request).request(request)).await {
            Ok(Ok(response)) => incoming(response),
            Ok(Err(_)) => failure(StatusCode::BAD_GATEWAY, "the origin cannot be reached\n"),
            Err(_) => failure(StatusCode::GATEWAY_TIMEOUT, "the origin takes too long\n"),
        }
    }
}

impl Service<Request<Incoming>> for Forward {
    type Response = Response<Passed>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        let answer = self.clone().ask(request);
        Box::pin(async { Ok(answer.await) })
    }
}

fn client(idle: usize) -> Client<HttpConnector, Incoming> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    Client::builder(TokioExecutor::new())
        .retry_canceled_requests(false)
        .pool_max_idle_per_host(idle)
        // Shorter than servers wait (two seconds and more), so that it is this end that closes.
        .pool_idle_timeout(Duration::from_secs(1))
        .pool_timer(TokioTimer::new())
        .build(connector)
}

fn outgoing(mut request: Request<Incoming>, origin: Authority) -> Option<Request<Incoming>> {
    let mut parts = Parts::default();
    parts.scheme = Some(Scheme::HTTP);
    parts.authority = Some(origin);
    parts.path_and_query = Some(request.uri().path_and_query().cloned().unwrap_or(PathAndQuery::from_static("/")));
    *request.uri_mut() = Uri::from_parts(parts).ok()?;
    let received = std::mem::replace(request.version_mut(), Version::HTTP_11);
    hops::add_via(request.headers_mut(), received);
    // Without a length hyper takes a `GET` for one without a body, unless it is told.
    let unusual = matches!(*request.method(), Method::GET | Method::HEAD) && !request.body().is_end_stream();
    if unusual && !request.headers().contains_key(CONTENT_LENGTH) {
        request.headers_mut().insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
    }
    Some(request)
}

fn incoming(mut response: Response<Incoming>) -> Response<Passed> {
    let received = std::mem::replace(response.version_mut(), Version::HTTP_11);
    hops::strip(response.headers_mut());
    hops::add_via(response.headers_mut(), received);
    response.map(Either::Left)
}

fn failure(status: StatusCode, why: &'static str) -> Response<Passed> {
    let mut response = Response::new(Either::Right(Full::from(why)));
    *response.status_mut() = status;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
