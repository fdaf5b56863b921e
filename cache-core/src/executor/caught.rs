//! A task that may panic, and takes nobody along.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;

use super::Task;

/// Runs a task to its end, or until it panics: then it says why.
pub(crate) async fn caught(task: Task) -> Result<(), String> {
    let mut task = Some(task);
    poll_fn(move |context| {
        let Some(running) = &mut task else { return Poll::Ready(Ok(())) };
        match catch_unwind(AssertUnwindSafe(|| running.as_mut().poll(context))) {
            Ok(polled) => polled.map(Ok),
            Err(payload) => {
                // What it has may panic once more where it is dropped.
                let _ = catch_unwind(AssertUnwindSafe(|| task = None));
                Poll::Ready(Err(sentence(&*payload)))
            }
        }
    })
    .await
}

/// Returns what a panic says of itself.
pub(crate) fn sentence(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("it does not say why").to_owned()
}
