//! Makes sure that the cache and the origin are asked the same.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::header::{HOST, HeaderValue};
use hyper::http::uri::{Authority, PathAndQuery};
use hyper::{Method, Request, Response, StatusCode, Uri};
use tower::Service;

use crate::hops;

/// Refuses requests without one sound `Host`, and removes what was meant for the client's connection alone.
///
/// It stands outside of the cache. Were `Connection: Accept-Language` obeyed behind it, the cache would keep an answer
/// under a language that the origin never saw.
#[derive(Clone, Debug)]
pub struct Front<S> {
    inner: S,
}

impl<S> Front<S> {
    /// Puts itself in front of a service.
    pub fn new(inner: S) -> Self {
        Self { inner }
    }
}

impl<S, B, R> Service<Request<B>> for Front<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Future: Send + 'static,
{
    type Response = Response<Either<R, Full<Bytes>>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        if let Err((status, why)) = tidy(&mut request) {
            return Box::pin(async move { Ok(refusal(status, why)) });
        }
        let answer = self.inner.call(request);
        Box::pin(async move { Ok(answer.await?.map(Either::Left)) })
    }
}

type Refusal = (StatusCode, &'static str);

fn tidy<B>(request: &mut Request<B>) -> Result<(), Refusal> {
    if request.method() == Method::CONNECT {
        return Err((StatusCode::NOT_IMPLEMENTED, "this is no tunnel\n"));
    }
    let host = host(request).ok_or((StatusCode::BAD_REQUEST, "say one host, in one line\n"))?;
    request.headers_mut().insert(HOST, host);
    let path = request.uri().path_and_query().cloned().unwrap_or(PathAndQuery::from_static("/"));
    *request.uri_mut() = Uri::from(path);
    hops::strip(request.headers_mut());
    Ok(())
}

/// Returns the host that is asked for: a whole address in the first line of a request counts more than the header.
fn host<B>(request: &Request<B>) -> Option<HeaderValue> {
    let mut lines = request.headers().get_all(HOST).iter();
    let (line, None) = (lines.next()?, lines.next()) else { return None };
    let header = Authority::try_from(line.as_bytes()).ok()?;
    let asked = request.uri().authority().unwrap_or(&header);
    let sound = |authority: &Authority| !authority.host().is_empty() && !authority.as_str().contains('@');
    (sound(asked) && sound(&header)).then(|| HeaderValue::from_str(asked.as_str()).ok())?
}

fn refusal<R>(status: StatusCode, why: &'static str) -> Response<Either<R, Full<Bytes>>> {
    let mut response = Response::new(Either::Right(Full::from(why)));
    *response.status_mut() = status;
    response
}
