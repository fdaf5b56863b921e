//! A handler that is asked at most once, as the service that stands behind a page.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::response::Response;
use tower_service::Service;

/// What makes the page of one request.
pub(super) struct Once<F>(Option<F>);

impl<F> Once<F> {
    pub(super) fn new(make: F) -> Self {
        Self(Some(make))
    }
}

impl<F, A> Service<Request> for Once<F>
where
    F: FnOnce(Request) -> A,
    A: Future<Output = Response> + Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let make = self.0.take().expect("a request has one page, which is asked for once");
        let making = make(request);
        Box::pin(async move { Ok(making.await) })
    }
}
