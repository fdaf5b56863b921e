//! [`Finishing`]: a future that somebody else ends when its caller leaves.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use tokio::time::timeout_at;

use super::left::Left;
use crate::driver::run_beside;

/// A future that goes on beside when it is dropped on the way.
///
/// A connection that was left in the midst of an answer can be of no use to the next one, who would read that answer. To
/// close it is dear where callers leave often, and to open one may take longer than they stay: then nobody would ever
/// get an answer. So what was begun is brought to its end, and the connection is put back.
pub(super) struct Finishing<F: Future + Send + 'static> {
    future: Option<Pin<Box<F>>>,
    until: Instant,
    /// What is done with what comes of it where nobody waits any more.
    unclaimed: fn(F::Output),
    /// Where it is counted then.
    left: Option<Arc<Left>>,
}

impl<F: Future + Send + 'static> Finishing<F> {
    /// Makes a future that is given up at this moment, whoever waits for it.
    pub(super) fn new(future: F, until: Instant, unclaimed: fn(F::Output)) -> Self {
        Self { future: Some(Box::pin(future)), until, unclaimed, left: None }
    }

    /// Counts it among those that were left, if it is.
    pub(super) fn counted(mut self, left: &Arc<Left>) -> Self {
        self.left = Some(Arc::clone(left));
        self
    }
}

impl<F: Future + Send + 'static> Future for Finishing<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let output = self.future.as_mut().expect("nobody asks after the end").as_mut().poll(context);
        if output.is_ready() {
            self.future = None;
        }
        output
    }
}

impl<F: Future + Send + 'static> Drop for Finishing<F> {
    fn drop(&mut self) {
        let Some(future) = self.future.take().filter(|_| Instant::now() < self.until) else { return };
        let (until, unclaimed) = (self.until.into(), self.unclaimed);
        let counted = self.left.as_ref().map(Left::add);
        let rest = async move {
            if let Ok(output) = timeout_at(until, future).await {
                unclaimed(output);
            }
            drop(counted);
        };
        // Where there is nowhere to run it, it is dropped.
        let _ = run_beside(rest);
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::sync::mpsc::{Receiver, channel};
    use std::task::Waker;
    use std::time::Duration;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    /// A future that has to wait once, and says when it has ended, or is silent.
    fn work() -> (impl Future<Output = ()> + Send, Receiver<&'static str>) {
        let (said, heard) = channel();
        let work = async move {
            tokio::task::yield_now().await;
            let _ = said.send("ended");
        };
        (work, heard)
    }

    fn poll_once(future: Pin<&mut impl Future<Output = ()>>) -> bool {
        future.poll(&mut Context::from_waker(Waker::noop())).is_ready()
    }

    #[test]
    fn what_was_begun_is_brought_to_its_end() {
        let (work, heard) = work();
        {
            let mut begun = pin!(Finishing::new(work, Instant::now() + MINUTE, drop));
            assert!(!poll_once(begun.as_mut()));
            assert!(heard.try_recv().is_err(), "it waits");
        }
        assert_eq!(heard.recv_timeout(MINUTE), Ok("ended"));
    }

    #[test]
    fn what_is_out_of_time_is_dropped() {
        let (work, heard) = work();
        drop(Finishing::new(work, Instant::now(), drop));
        assert!(heard.recv_timeout(MINUTE).is_err(), "nobody says anything any more");
    }

    #[test]
    fn what_has_ended_is_over() {
        let (work, heard) = work();
        let mut begun = pin!(Finishing::new(work, Instant::now() + MINUTE, drop));
        assert!(!poll_once(begun.as_mut()) && poll_once(begun.as_mut()));
        assert_eq!((heard.recv(), heard.recv().is_err()), (Ok("ended"), true));
    }
}
