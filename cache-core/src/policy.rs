//! Fresh, stale, gone: pure functions of a record's times and now.

use std::time::Duration;

/// How long a value is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ttl {
    /// As long as the cache says.
    Default,
    /// Until it is invalidated, or has to make room.
    Forever,
    /// This long; zero keeps nothing.
    For(Duration),
}

/// How a value is kept and refreshed: everything that an attribute can say about time, for use by hand.
///
/// ```
/// use std::time::Duration;
/// use cache_core::policy::Options;
///
/// let options = Options::ttl(300).stale(Duration::from_secs(60)).refresh_ahead(0.8);
/// assert_eq!(options, options.clone());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Options {
    /// How long a value is fresh.
    pub ttl: Ttl,
    /// How long after that it may be served while one caller loads it anew.
    pub stale: Duration,
    /// How long after that it may be served when loading fails.
    pub stale_if_error: Duration,
    /// The part of its time after which a value in use is loaded anew before it ends: 0.8 is after four fifths.
    pub refresh_ahead: Option<f32>,
    /// The part of its time by which each value's end is moved forward at random: 0.1 is up to a tenth.
    pub jitter: f32,
    /// After this long, a caller who can have a stale value gets it, and the load goes on.
    pub soft_timeout: Option<Duration>,
    /// After this long a load is given up.
    pub hard_timeout: Option<Duration>,
}

/// A time as people write it: whole seconds, or a [`Duration`].
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

impl Options {
    /// The cache's own time, nothing stale, no limits.
    pub const DEFAULT: Self = Self {
        ttl: Ttl::Default,
        stale: Duration::ZERO,
        stale_if_error: Duration::ZERO,
        refresh_ahead: None,
        jitter: 0.0,
        soft_timeout: None,
        hard_timeout: None,
    };

    /// Keeps a value for this long: whole seconds, or a [`Duration`].
    #[must_use]
    pub fn ttl(time: impl IntoTime) -> Self {
        Self::DEFAULT.with_ttl(Ttl::For(time.into_time()))
    }

    /// Keeps a value until it is invalidated, or has to make room.
    #[must_use]
    pub const fn forever() -> Self {
        Self::DEFAULT.with_ttl(Ttl::Forever)
    }

    /// Sets how long a value is fresh.
    #[must_use]
    pub const fn with_ttl(mut self, ttl: Ttl) -> Self {
        self.ttl = ttl;
        self
    }

    /// Serves a value for this long after its end, while one caller loads it anew.
    #[must_use]
    pub const fn stale(mut self, time: Duration) -> Self {
        self.stale = time;
        self
    }

    /// Serves a value for this long after its end when loading it anew fails.
    #[must_use]
    pub const fn stale_if_error(mut self, time: Duration) -> Self {
        self.stale_if_error = time;
        self
    }

    /// Loads a value in use anew after this part of its time.
    #[must_use]
    pub const fn refresh_ahead(mut self, part: f32) -> Self {
        self.refresh_ahead = Some(part);
        self
    }

    /// Moves each value's end forward by up to this part of its time, so that not all end at once.
    #[must_use]
    pub const fn jitter(mut self, part: f32) -> Self {
        self.jitter = part;
        self
    }

    /// Hands a stale value to a caller who has waited this long; the load goes on.
    #[must_use]
    pub const fn soft_timeout(mut self, time: Duration) -> Self {
        self.soft_timeout = Some(time);
        self
    }

    /// Gives a load up after this long.
    #[must_use]
    pub const fn hard_timeout(mut self, time: Duration) -> Self {
        self.hard_timeout = Some(time);
        self
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What a record is worth now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// It is served.
    Fresh,
    /// It is served, and one caller should load it anew already.
    Ahead,
    /// It is served only where stale values were asked for.
    Stale,
    /// It is not served.
    Gone,
}
