//! Runs what belongs to this thread, for tests that go step by step: the tasks of actix go on while somebody polls.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use axum::BoxError;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::runtime::{Builder, Runtime};
use tokio::task::{LocalSet, yield_now};

thread_local! {
    /// It is never torn down: tasks that are left over would look for the caches of a thread that has none any more.
    static WORKER: &'static (Runtime, LocalSet) = Box::leak(Box::new(worker()));
}

fn worker() -> (Runtime, LocalSet) {
    (Builder::new_current_thread().enable_all().build().expect("a runtime"), LocalSet::new())
}

/// How often all tasks have a turn before somebody looks again: some have to wait for others.
const TURNS: usize = 16;

/// Polls something, and lets all tasks of this thread have their turns meanwhile.
fn poll<T>(mut look: impl FnMut(&mut Context<'_>) -> Poll<T>) -> Poll<T> {
    WORKER.with(|(runtime, tasks)| {
        runtime.block_on(tasks.run_until(async {
            for _ in 0..TURNS {
                if let Poll::Ready(ready) = poll_fn(|context| Poll::Ready(look(context))).await {
                    return Poll::Ready(ready);
                }
                yield_now().await;
            }
            Poll::Pending
        }))
    })
}

/// Begins something where a worker is.
pub fn enter<T>(begin: impl FnOnce() -> T) -> T {
    WORKER.with(|(runtime, tasks)| {
        let _entered = (runtime.enter(), tasks.enter());
        begin()
    })
}

/// Waits for something at once.
pub fn block_on<F: Future>(awaited: F) -> F::Output {
    WORKER.with(|(runtime, tasks)| runtime.block_on(tasks.run_until(awaited)))
}

/// A future of a worker, for somebody who is none.
pub struct Worked<F>(pub Pin<Box<F>>);

impl<F: Future> Future for Worked<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let polled = poll(|inside| self.0.as_mut().poll(inside));
        if polled.is_pending() {
            // Nobody tells from outside when a task can go on.
            context.waker().wake_by_ref();
        }
        polled
    }
}

/// The body of a response of actix, for somebody who is no worker.
pub struct Sent<B>(pub Pin<Box<B>>);

impl<B: MessageBody> Body for Sent<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let polled = poll(|inside| self.0.as_mut().poll_next(inside));
        if polled.is_pending() {
            context.waker().wake_by_ref();
        }
        let said = |error: B::Error| -> BoxError { error.into().to_string().into() };
        polled.map(|next| next.map(|data| data.map(Frame::data).map_err(said)))
    }

    fn is_end_stream(&self) -> bool {
        self.0.size().is_eof()
    }

    fn size_hint(&self) -> SizeHint {
        match self.0.size() {
            BodySize::None => SizeHint::with_exact(0),
            BodySize::Sized(length) => SizeHint::with_exact(length),
            BodySize::Stream => SizeHint::default(),
        }
    }
}
