//! Waiting on behalf of the engine.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use crate::entry::Hearing;

/// Runs what speaks of a page, so that whoever listens to that hears it.
pub(super) async fn heard<F: Future>(hearing: Option<&Hearing>, speaker: F) -> F::Output {
    let speaker = pin!(speaker);
    match hearing {
        Some(hearing) => hearing.of(speaker).await,
        None => speaker.await,
    }
}

/// Waits for something until nobody wants it any more.
pub(super) async fn while_wanted<F: Future>(mut unwanted: Pin<&mut impl Future>, awaited: F) -> Option<F::Output> {
    let mut awaited = pin!(awaited);
    poll_fn(|context| match awaited.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => unwanted.as_mut().poll(context).map(|_| None),
    })
    .await
}
