//! The answer of a handler with a page of its own: there at once, as a rule.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use axum::response::Response;

use crate::page::body::PageBody;
use crate::page::service::PageFuture;

/// Answers a request, as a handler with [`#[cache_page]`](macro@crate::cache_page) does.
///
/// It does not say that it has to be waited for: a handler may say so itself, and says it twice then.
#[derive(Debug)]
pub struct Answering(PageFuture<Response<PageBody<Body>>, Infallible>);

impl Answering {
    pub(super) fn ready(page: Response<PageBody<Body>>) -> Self {
        Self(PageFuture::ready(page))
    }

    pub(super) fn working(page: PageFuture<Response<PageBody<Body>>, Infallible>) -> Self {
        Self(page)
    }
}

impl Future for Answering {
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Response> {
        match ready!(Pin::new(&mut self.0).poll(context)) {
            Ok(response) => Poll::Ready(response.map(Body::new)),
            Err(never) => match never {},
        }
    }
}
