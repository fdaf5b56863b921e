//! One call of a warm-up.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::Said;
use super::report::Ended;
use crate::executor::sentence;
use crate::heat::Heat;

/// A call, with what is noted of it.
pub(super) struct Call<F> {
    pub(super) number: usize,
    heat: Arc<Heat>,
    future: Option<Pin<Box<F>>>,
}

impl<F: Future<Output = Said>> Call<F> {
    pub(super) fn new(number: usize, future: F, jitter: f32) -> Self {
        Self { number, heat: Heat::new(jitter), future: Some(Box::pin(future)) }
    }

    /// Goes on with it; a panic ends it, and nobody else.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Ended> {
        let Some(future) = &mut self.future else { return Poll::Pending };
        let within = self.heat.enter();
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        drop(within);
        let said = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(said)) => said,
            Err(payload) => {
                // What it has may panic once more where it is dropped.
                let _ = catch_unwind(AssertUnwindSafe(|| self.future = None));
                Err(format!("it has panicked: {}", sentence(&*payload)))
            }
        };
        Poll::Ready(Ended::of(&self.heat, said))
    }
}

/// One of two futures, so that calls of two kinds are one list.
pub(super) enum Either<A, B> {
    One(Pin<Box<A>>),
    Other(Pin<Box<B>>),
}

impl<A, B> Either<A, B> {
    pub(super) fn one(future: A) -> Self {
        Self::One(Box::pin(future))
    }

    pub(super) fn other(future: B) -> Self {
        Self::Other(Box::pin(future))
    }
}

impl<A: Future, B: Future<Output = A::Output>> Future for Either<A, B> {
    type Output = A::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<A::Output> {
        match &mut *self {
            Self::One(future) => future.as_mut().poll(context),
            Self::Other(future) => future.as_mut().poll(context),
        }
    }
}
