//! A time limit for each call.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::Duration;

use super::super::{Answer, ErasedBackend};
use super::guard::guarded;
use super::{Call, Guard, Layer, Means};
use crate::error::{Error, Kind};

/// Gives each call of a store so much time, and gives it up after that with [`Kind::Timeout`].
///
/// It takes the timer of the program's runtime, and only for calls that have to wait: what a store answers on the spot takes
/// none. A call that has to wait where there is no timer is an error that says so.
///
/// ```
/// # use cache_core::__private::larder;
/// use std::time::Duration;
/// use larder::{Settings, backend::Memory, clock::Clock, testing};
///
/// let settings = Settings::backend(Memory::new(Clock::manual())).time_limit(Duration::from_millis(200));
/// assert!(testing::isolated_with([("default", settings)]).is_ok());
/// let never = Settings::backend(Memory::new(Clock::manual())).time_limit(Duration::ZERO);
/// assert!(testing::isolated_with([("default", never)]).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeout(Duration);

impl Timeout {
    /// Gives each call this long.
    #[must_use]
    pub fn after(time: Duration) -> Self {
        Self(time)
    }
}

impl Layer for Timeout {
    fn wrap(&self, store: Arc<dyn ErasedBackend>, means: &Means) -> Result<Arc<dyn ErasedBackend>, Error> {
        if self.0.is_zero() {
            let sentence = "its store has a time limit of nothing, which no call keeps: write one, or leave it out";
            return Err(Error::configuration(sentence));
        }
        Ok(guarded(store, Arc::new(Limit { time: self.0, means: means.clone() })))
    }
}

struct Limit {
    time: Duration,
    means: Means,
}

impl Guard for Limit {
    async fn around<'a, T: Send + 'a>(
        &'a self,
        call: Call,
        run: impl Fn() -> Answer<'a, Result<T, Error>> + Send + Sync + 'a,
    ) -> Result<T, Error> {
        let (mut answer, mut sleep) = (run(), None);
        poll_fn(move |context| {
            if let Poll::Ready(outcome) = answer.as_mut().poll(context) {
                return Poll::Ready(outcome);
            }
            if sleep.is_none() {
                sleep = self.means.sleep(self.time);
            }
            let Some(sleep) = &mut sleep else { return Poll::Ready(Err(no_timer(call))) };
            ready!(sleep.as_mut().poll(context));
            Poll::Ready(Err(Error::new(Kind::Timeout, format!("`{call}` took longer than {:?}", self.time))))
        })
        .await
    }
}

fn no_timer(call: Call) -> Error {
    let sentence = format!(
        "`{call}` has a time limit, and there is no timer here: enable the feature `tokio` and call it inside the runtime, \
         install an executor, or leave the time limit of the store out"
    );
    Error::configuration(sentence)
}
