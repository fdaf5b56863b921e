//! The caches of a program, in code.

use std::sync::Arc;

use cache_core::error::Error;
use cache_core::executor::Executor;
use cache_core::registry::{self, Plan, Settings};

/// The caches of a program, as they are put together; [`install`](Self::install) makes them.
///
/// ```
/// use larder::Settings;
///
/// larder::builder()
///     .cache("default", Settings::memory().max_entries(50_000).ttl(600))
///     .cache("sessions", Settings::memory().ttl(3600))
///     .install()?;
/// assert_eq!(larder::cache("sessions")?.name(), "sessions");
/// assert!(larder::builder().install().is_err(), "once is enough");
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "nothing is configured until `install` is called"]
pub struct Builder(Plan);

/// Begins to put the caches of this program together.
///
/// A program that never does has one cache, `default`, in memory.
///
/// ```
/// use larder::{Kind, Settings};
///
/// let twice = larder::builder().cache("pages", Settings::memory()).cache("pages", Settings::null());
/// assert_eq!(twice.install().map_err(|error| error.kind()), Err(Kind::Configuration));
/// ```
pub fn builder() -> Builder {
    Builder(Plan::default())
}

impl Builder {
    /// Adds a cache under this name. The one named `default` serves every site that names none.
    pub fn cache(mut self, name: impl Into<String>, settings: Settings) -> Self {
        self.0.caches.push((name.into(), settings));
        self
    }

    /// Runs refreshes and time limits on this runtime. With the feature `tokio` it is the runtime of the caller.
    ///
    /// ```
    /// use larder::executor::NoExecutor;
    ///
    /// larder::builder().executor(NoExecutor).install()?;
    /// assert!(!larder::cache("default")?.is_outside());
    /// # Ok::<(), larder::Error>(())
    /// ```
    pub fn executor(mut self, executor: impl Executor) -> Self {
        self.0.executor = Arc::new(executor);
        self
    }

    /// Makes these the caches of the program. To be called once, before the first cached call.
    ///
    /// # Errors
    ///
    /// When a setting cannot work, or a cache of this program has been used already.
    pub fn install(self) -> Result<(), Error> {
        registry::install(self.0)
    }
}
