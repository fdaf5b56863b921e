//! Another try for what may be tried again.

use std::sync::Arc;
use std::time::Duration;

use super::super::{Answer, ErasedBackend};
use super::guard::guarded;
use super::{Call, Guard, Layer, Means};
use crate::error::Error;

/// Repeats calls that failed and may be repeated: reading, `set`, `delete` and clearing, after errors that may pass. What the
/// engine keeps for itself, like the markers of tags, is not written twice, but removed at the second try: what was made by the
/// first writing, and invalidated since, would come back.
///
/// Never `incr`, which may have counted, nor `add`, `set_if` and `touch`, which may have done what they say they have not: see
/// [`Call::may_be_repeated`]. Before the second try there is a pause of 10 ms, before each further one twice as long, where the
/// program's runtime has a timer; else none.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Settings, backend::Memory, clock::Clock, testing};
///
/// let settings = Settings::backend(Memory::new(Clock::manual())).retry(2);
/// assert!(testing::isolated_with([("default", settings)]).is_ok());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry(u32);

/// More is no repair any more, but a second outage.
const MOST: u32 = 5;
const PAUSE: Duration = Duration::from_millis(10);

impl Retry {
    /// Repeats a call up to so many times, at most five.
    #[must_use]
    pub fn times(times: u32) -> Self {
        Self(times)
    }
}

impl Layer for Retry {
    fn wrap(&self, store: Arc<dyn ErasedBackend>, means: &Means) -> Result<Arc<dyn ErasedBackend>, Error> {
        if self.0 > MOST {
            let sentence = format!("its store is asked up to {} times again: write {MOST} or less", self.0);
            return Err(Error::configuration(sentence));
        }
        Ok(guarded(store, Arc::new(Tries { more: self.0, means: means.clone() })))
    }
}

struct Tries {
    more: u32,
    means: Means,
}

impl Guard for Tries {
    async fn around<'a, T: Send + 'a>(
        &'a self,
        call: Call,
        run: impl Fn() -> Answer<'a, Result<T, Error>> + Send + Sync + 'a,
    ) -> Result<T, Error> {
        let more = if call.may_be_repeated() { self.more } else { 0 };
        for tried in 0..more {
            match run().await {
                Err(error) if error.is_transient() => {}
                outcome => return outcome,
            }
            if let Some(pause) = self.means.sleep(PAUSE * 2_u32.pow(tried)) {
                pause.await;
            }
        }
        run().await
    }
}
