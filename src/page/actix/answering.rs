//! An answer: there at once, as a rule.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Answers a request, on the thread of its worker.
#[must_use = "a request is answered only when somebody waits for it"]
pub struct Answering<T>(State<T>);

enum State<T> {
    Ready(Option<T>),
    Working(Pin<Box<dyn Future<Output = T>>>),
}

impl<T> Answering<T> {
    pub(super) fn ready(answer: T) -> Self {
        Self(State::Ready(Some(answer)))
    }

    pub(super) fn working(work: impl Future<Output = T> + 'static) -> Self {
        Self(State::Working(Box::pin(work)))
    }
}

/// Nothing in it is pinned where it stands.
impl<T> Unpin for Answering<T> {}

impl<T> Future for Answering<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        match &mut self.0 {
            State::Ready(answer) => Poll::Ready(answer.take().expect("a future that is not polled after its end")),
            State::Working(work) => work.as_mut().poll(context),
        }
    }
}

impl<T> fmt::Debug for Answering<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_ready = matches!(self.0, State::Ready(_));
        f.debug_struct("Answering").field("is_ready", &is_ready).finish()
    }
}
