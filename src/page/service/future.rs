//! The future of a response: a page that is there needs none.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Answers a request. From a [`CacheService`](crate::page::CacheService).
#[must_use = "a request is answered only when somebody waits for it"]
pub struct PageFuture<T, E>(State<T, E>);

type Work<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;

enum State<T, E> {
    Ready(Option<T>),
    Working(Work<T, E>),
}

impl<T, E> PageFuture<T, E> {
    pub(in crate::page) fn ready(response: T) -> Self {
        Self(State::Ready(Some(response)))
    }

    pub(in crate::page) fn working(work: impl Future<Output = Result<T, E>> + Send + 'static) -> Self {
        Self(State::Working(Box::pin(work)))
    }
}

/// Nothing in it is pinned where it stands.
impl<T, E> Unpin for PageFuture<T, E> {}

impl<T, E> Future for PageFuture<T, E> {
    type Output = Result<T, E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            State::Ready(response) => {
                Poll::Ready(Ok(response.take().expect("a future that is not polled after its end")))
            }
            State::Working(work) => work.as_mut().poll(context),
        }
    }
}

impl<T, E> fmt::Debug for PageFuture<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_ready = matches!(self.0, State::Ready(_));
        f.debug_struct("PageFuture").field("is_ready", &is_ready).finish()
    }
}
