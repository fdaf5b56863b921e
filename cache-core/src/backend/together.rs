//! Several questions at once.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll};

/// Waits for both; the first one is asked first.
pub(super) async fn both<A: Future, B: Future>(first: A, second: B) -> (A::Output, B::Output) {
    let (mut first, mut second) = (pin!(first), pin!(second));
    let (mut one, mut other) = (None, None);
    poll_fn(|context| {
        one = one.take().or_else(|| output(first.as_mut().poll(context)));
        other = other.take().or_else(|| output(second.as_mut().poll(context)));
        match (one.take(), other.take()) {
            (Some(a), Some(b)) => Poll::Ready((a, b)),
            (a, b) => {
                (one, other) = (a, b);
                Poll::Pending
            }
        }
    })
    .await
}

/// Waits for all of them, side by side, and returns what they came to in their order.
pub(crate) async fn all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut open: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    let mut ask = |context: &mut Context<'_>| {
        for (future, came) in &mut open {
            if came.is_none() {
                *came = output(future.as_mut().poll(context));
            }
        }
        if open.iter().all(|(_, came)| came.is_some()) { Poll::Ready(()) } else { Poll::Pending }
    };
    poll_fn(&mut ask).await;
    open.into_iter().filter_map(|(_, came)| came).collect()
}

fn output<T>(answer: Poll<T>) -> Option<T> {
    match answer {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
