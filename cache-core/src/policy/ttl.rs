//! How long a value is kept, and how people write a time.

use std::time::Duration;

/// How long a value is kept.
///
/// ```
/// # use cache_core::__private::larder;
/// use std::time::Duration;
/// use larder::{Options, Settings, Ttl, testing};
///
/// let larder = testing::isolated_with([("default", Settings::memory().ttl(60))])?;
/// let cache = larder.cache("default");
/// let kept = |ttl| {
///     cache.blocking().set("key", 1_u8, Options::from(ttl))?;
///     cache.blocking().ttl("key")
/// };
/// assert_eq!(kept(Ttl::Default)?, Some(Ttl::For(Duration::from_secs(60))));
/// assert_eq!(kept(Ttl::Forever)?, Some(Ttl::Forever));
/// assert_eq!(kept(Ttl::For(Duration::ZERO))?, None);
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ttl {
    /// As long as the cache says.
    Default,
    /// Until it is invalidated, or has to make room.
    Forever,
    /// This long; zero keeps nothing.
    For(Duration),
}

/// A time as people write it: whole seconds, or a [`Duration`].
///
/// ```
/// # use cache_core::__private::larder;
/// use std::time::Duration;
/// use larder::{IntoTime, Options};
///
/// assert_eq!(300.into_time(), Duration::from_secs(300));
/// assert_eq!(Options::ttl(1), Options::ttl(Duration::from_millis(1000)));
/// ```
pub trait IntoTime {
    /// Returns the time.
    fn into_time(self) -> Duration;
}

impl IntoTime for u64 {
    fn into_time(self) -> Duration {
        Duration::from_secs(self)
    }
}

impl IntoTime for Duration {
    fn into_time(self) -> Duration {
        self
    }
}
