//! [`Deadline`]: when nobody waits any more for what one call does.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use cache_core::error::{Error, Kind};
use tokio::time::sleep_until;

use crate::driver::entered;

/// When nobody waits any more for what one call does, whomever it asks for that. One question to a server has its limit in the
/// pipe, so that a timer is set only where a call does more than that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    end: Instant,
    limit: Duration,
}

impl Deadline {
    pub(crate) fn after(limit: Duration) -> Self {
        Self { end: Instant::now() + limit, limit }
    }

    /// Waits for this, but not for longer.
    ///
    /// # Errors
    ///
    /// Those of the work, and one that says who has not answered in time.
    pub(crate) fn keep<T>(
        self,
        whom: impl fmt::Display,
        work: impl Future<Output = Result<T, Error>>,
    ) -> impl Future<Output = Result<T, Error>> {
        let missed = move |limit| Error::new(Kind::Store, format!("{whom} has not answered within {limit:?}"));
        self.keep_or(missed, work)
    }

    /// Does the same, where who waits knows more of what was missed: it is told for how long it was waited for.
    ///
    /// # Errors
    ///
    /// Those of the work, and the one that is made of a time that is over.
    pub(super) async fn keep_or<T>(
        self,
        missed: impl Fn(Duration) -> Error,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let end = self.end.into();
        // The caller may stand in a runtime without timers, or in none. The work stays where its caller is.
        let (mut work, mut timer) = (pin!(work), pin!(entered(async move { sleep_until(end).await })?));
        poll_fn(|context| match work.as_mut().poll(context) {
            Poll::Pending => timer.as_mut().poll(context).map(|()| Err(missed(self.limit))),
            done @ Poll::Ready(_) => done,
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use cache_core::testing::block_on;

    use super::*;

    #[test]
    fn what_is_done_is_returned_however_late_it_is() {
        let deadline = Deadline::after(Duration::ZERO);
        assert_eq!(block_on(deadline.keep("Redis", ready(Ok(7)))).unwrap(), 7);
    }

    #[test]
    fn what_is_never_done_is_not_waited_for_also_outside_of_every_runtime() {
        let deadline = Deadline::after(Duration::from_millis(1));
        let error = block_on(deadline.keep("Redis", pending::<Result<(), Error>>())).unwrap_err();
        assert_eq!((error.kind(), &*error.to_string()), (Kind::Store, "Redis has not answered within 1ms"));
    }
}
