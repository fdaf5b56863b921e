//! [`Left`]: the writes whose callers have left.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// The writes whose callers have left, and that are not over yet.
///
/// Each is on a connection of its own: one that was told later could be run earlier. So the next write waits for them.
#[derive(Debug, Default)]
pub(super) struct Left {
    writes: AtomicUsize,
    none: Notify,
}

/// One of them. Dropped, it is over.
#[derive(Debug)]
pub(super) struct LeftWrite(Arc<Left>);

impl Left {
    /// Counts one more.
    pub(super) fn add(self: &Arc<Self>) -> LeftWrite {
        self.writes.fetch_add(1, Ordering::SeqCst);
        LeftWrite(Arc::clone(self))
    }

    /// Waits until there is none.
    pub(super) async fn none(&self) {
        while self.writes.load(Ordering::SeqCst) > 0 {
            let none = self.none.notified();
            // It may have ended in between.
            if self.writes.load(Ordering::SeqCst) > 0 {
                none.await;
            }
        }
    }
}

impl Drop for LeftWrite {
    fn drop(&mut self) {
        if self.0.writes.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.none.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;

    #[test]
    fn whoever_waits_goes_on_when_the_last_one_is_over() {
        let left = Arc::<Left>::default();
        let mut context = Context::from_waker(Waker::noop());
        assert!(pin!(left.none()).poll(&mut context).is_ready(), "there is none");
        let (one, other) = (left.add(), left.add());
        let mut waiting = pin!(left.none());
        assert!(waiting.as_mut().poll(&mut context).is_pending());
        drop(one);
        assert!(waiting.as_mut().poll(&mut context).is_pending());
        drop(other);
        assert!(waiting.as_mut().poll(&mut context).is_ready());
    }
}
