//! Fresh, stale, gone: pure functions of a record's times and now.

use std::time::Duration;

use ahash::RandomState;

use crate::clock::Tick;
use crate::record::Times;

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

/// How a value is kept and refreshed: everything that an attribute can say about time, for use by hand.
///
/// ```
/// # use cache_core::__private::larder;
/// use std::time::Duration;
/// use larder::{Options, Ttl};
///
/// let minute = Duration::from_secs(60);
/// let options = Options::ttl(300).stale(60).refresh_ahead(0.8).jitter(0.1).soft_timeout(minute / 30);
/// assert_eq!(options.ttl, Ttl::For(5 * minute));
/// assert_eq!((options.stale, options.stale_if_error), (minute, Duration::ZERO));
/// assert_eq!(options.with_ttl(Ttl::Forever).refresh_ahead, Some(0.8));
/// // Where options are asked for, a time alone will do.
/// assert_eq!(Options::from(minute), Options::ttl(60));
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
    /// After this long a load is given up, where there is something else to answer with.
    pub hard_timeout: Option<Duration>,
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

impl Options {
    /// The cache's own time, nothing stale, no limits.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, Settings, Ttl, testing};
    ///
    /// let larder = testing::isolated_with([("default", Settings::memory().forever())])?;
    /// let cache = larder.cache("default");
    /// cache.blocking().set("key", 1_u8, Options::DEFAULT)?;
    /// assert_eq!(cache.blocking().ttl("key")?, Some(Ttl::Forever));
    /// # Ok::<(), larder::Error>(())
    /// ```
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

    /// Serves a value for this long after its end, while one caller loads it anew: whole seconds, or a [`Duration`], as
    /// all times here.
    #[must_use]
    pub fn stale(self, time: impl IntoTime) -> Self {
        self.__stale(time.into_time())
    }

    /// Serves a value for this long after its end when loading it anew fails.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use std::time::Duration;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// let options = Options::ttl(10).stale_if_error(60);
    /// let load = |answer| cache.blocking().try_get_or_load("key", options, || answer);
    /// assert_eq!(load(Ok(1)), Ok(1_u8));
    /// larder.advance(Duration::from_secs(20));
    /// assert_eq!(load(Err("the source is away")), Ok(1));
    /// larder.advance(Duration::from_secs(60));
    /// assert_eq!(load(Err("the source is away")), Err("the source is away"));
    /// ```
    #[must_use]
    pub fn stale_if_error(self, time: impl IntoTime) -> Self {
        self.__stale_if_error(time.into_time())
    }

    /// Loads a value in use anew after this part of its time.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use std::time::Duration;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// let options = Options::ttl(10).refresh_ahead(0.8);
    /// let load = |answer| cache.blocking().get_or_load("key", options, || answer);
    /// assert_eq!(load(1_u8), 1);
    /// larder.advance(Duration::from_secs(7));
    /// assert_eq!(load(2), 1, "most of its time is left");
    /// larder.advance(Duration::from_secs(2));
    /// assert_eq!(load(3), 3, "it would end soon");
    /// ```
    ///
    /// # Panics
    ///
    /// At a number that is not between 0 and 1.
    #[must_use]
    pub const fn refresh_ahead(mut self, part: f32) -> Self {
        assert!(part > 0.0 && part < 1.0, "larder: `refresh_ahead` is a part of the time between 0 and 1, such as 0.8");
        self.refresh_ahead = Some(part);
        self
    }

    /// Moves each value's end forward by up to this part of its time, so that not all end at once.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use std::time::Duration;
    /// use larder::{Options, Ttl, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// cache.blocking().set("key", 1_u8, Options::ttl(100).jitter(0.1))?;
    /// let Some(Ttl::For(left)) = cache.blocking().ttl("key")? else { panic!("it is kept for a time") };
    /// assert!(left >= Duration::from_secs(89) && left <= Duration::from_secs(100));
    /// # Ok::<(), larder::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// At a number that is not from 0 and below 1.
    #[must_use]
    pub const fn jitter(mut self, part: f32) -> Self {
        assert!(part >= 0.0 && part < 1.0, "larder: `jitter` is a part of the time from 0 and below 1, such as 0.1");
        self.jitter = part;
        self
    }

    /// Hands a stale value to a caller who has waited this long; the load goes on.
    #[must_use]
    pub fn soft_timeout(self, time: impl IntoTime) -> Self {
        self.__soft_timeout(time.into_time())
    }

    /// Gives a load up after this long, where there is a value past its time to answer with.
    ///
    /// Where there is none, a load by hand goes on: a cache has no error of the caller's type to answer with. A limit for
    /// that belongs into the body. (A function under `#[cached(timeout = …)]` says how trouble becomes its error, so its
    /// body is always given up.) A body that blocks cannot be given up.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use std::time::Duration;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// let options = Options::ttl(10).stale_if_error(60).hard_timeout(2);
    /// cache.blocking().get_or_load("key", options, || 1_u8);
    /// larder.advance(Duration::from_secs(20));
    /// let value = testing::block_on(cache.get_or_load("key", options, async || {
    ///     larder.advance(Duration::from_secs(2));
    ///     std::future::pending::<u8>().await
    /// }));
    /// assert_eq!((value, cache.stats().timed_out), (1, 1));
    /// ```
    #[must_use]
    pub fn hard_timeout(self, time: impl IntoTime) -> Self {
        self.__hard_timeout(time.into_time())
    }
}

/// What an expansion says: in a constant no trait can be asked for the time.
#[doc(hidden)]
#[allow(missing_docs, reason = "each is its namesake above")]
impl Options {
    #[must_use]
    pub const fn __stale(mut self, time: Duration) -> Self {
        self.stale = time;
        self
    }

    #[must_use]
    pub const fn __stale_if_error(mut self, time: Duration) -> Self {
        self.stale_if_error = time;
        self
    }

    #[must_use]
    pub const fn __soft_timeout(mut self, time: Duration) -> Self {
        self.soft_timeout = Some(time);
        self
    }

    #[must_use]
    pub const fn __hard_timeout(mut self, time: Duration) -> Self {
        self.hard_timeout = Some(time);
        self
    }
}

impl From<Ttl> for Options {
    fn from(ttl: Ttl) -> Self {
        Self::DEFAULT.with_ttl(ttl)
    }
}

impl From<Duration> for Options {
    fn from(time: Duration) -> Self {
        Self::ttl(time)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What a record is worth now.
///
/// ```
/// use std::time::Duration;
/// use cache_core::clock::Clock;
/// use cache_core::policy::{Freshness, Options, Ttl, freshness, times};
///
/// let (now, second) = (Clock::manual().now(), Duration::from_secs(1));
/// let options = Options::ttl(10).stale(5);
/// let made = times(&options, Ttl::Default, 0.0, now).expect("it is kept");
/// let at = |seconds| freshness(made, &options, now.after(seconds * second));
/// assert_eq!([at(9), at(10), at(15)], [Freshness::Fresh, Freshness::Stale, Freshness::Gone]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// It is served.
    Fresh,
    /// It is served, and one caller should load it anew already.
    Ahead,
    /// It is served while one caller loads it anew.
    Stale,
    /// It is served only when loading it anew fails.
    Spare,
    /// It is not served.
    Gone,
}

/// Returns the times of a value made now, or `None` when it is not to be kept.
///
/// `usual` is the time of the cache, and `draw` a number from 0 to 1 that decides how much of the jitter this value gets.
#[must_use]
pub fn times(options: &Options, usual: Ttl, draw: f32, now: Tick) -> Option<Times> {
    let ttl = if options.ttl == Ttl::Default { usual } else { options.ttl };
    let ttl = match ttl {
        Ttl::Default => DEFAULT_TIME,
        Ttl::For(time) => time,
        Ttl::Forever => return Some(Times { created: now, fresh_until: Tick::NEVER, kept_until: Tick::NEVER }),
    };
    if ttl.is_zero() {
        return None;
    }
    let early = part_of(ttl, options.jitter.clamp(0.0, 1.0) * draw.clamp(0.0, 1.0));
    let ttl = ttl.saturating_sub(early);
    let fresh_until = now.after(ttl);
    let kept_until = fresh_until.after(options.stale.max(options.stale_if_error));
    Some(Times { created: now, fresh_until, kept_until })
}

/// Returns what a record with these times is worth now. At its very end a value is no longer fresh.
#[must_use]
#[inline]
pub fn freshness(times: Times, options: &Options, now: Tick) -> Freshness {
    if now < times.fresh_until {
        return match options.refresh_ahead {
            Some(part) if is_ahead(times, part, now) => Freshness::Ahead,
            _ => Freshness::Fresh,
        };
    }
    if now >= times.kept_until {
        Freshness::Gone
    } else if now < times.fresh_until.after(options.stale) {
        Freshness::Stale
    } else if now < times.fresh_until.after(options.stale_if_error) {
        Freshness::Spare
    } else {
        Freshness::Gone
    }
}

fn is_ahead(times: Times, part: f32, now: Tick) -> bool {
    let lifetime = times.fresh_until.since(times.created);
    times.fresh_until != Tick::NEVER && now.since(times.created) >= part_of(lifetime, part.clamp(0.0, 1.0))
}

/// Returns a part, from 0 to 1, of a time; of one that no clock will see the end of, the part that a clock might.
fn part_of(time: Duration, part: f32) -> Duration {
    time.min(Duration::from_nanos(u64::MAX)).mul_f64(f64::from(part))
}

/// Returns a number from 0 to 1 by chance, where the options leave something to it.
#[expect(clippy::cast_precision_loss, reason = "24 bits fit an `f32` exactly")]
#[must_use]
pub fn draw(options: &Options) -> f32 {
    if options.jitter <= 0.0 {
        return 0.0;
    }
    (RandomState::new().hash_one(()) >> 40) as f32 / (1_u32 << 24) as f32
}

/// How long a value is kept where neither the site nor its cache says so.
pub const DEFAULT_TIME: Duration = Duration::from_secs(300);

/// How long nobody tries again after a load has failed and a stale value was served in its place.
pub const RETRY_AFTER: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    const START: Tick = Tick::from_nanos(1_000_000_000_000);

    fn after(seconds: f64) -> Tick {
        START.after(Duration::from_secs_f64(seconds))
    }

    fn made(options: &Options) -> Times {
        times(options, Ttl::Default, 0.0, START).expect("a time over zero")
    }

    #[test]
    fn a_value_is_fresh_until_its_very_end_and_no_longer() {
        let options = Options::ttl(10);
        assert_eq!(freshness(made(&options), &options, after(9.999)), Freshness::Fresh);
        assert_eq!(freshness(made(&options), &options, after(10.0)), Freshness::Gone);
    }

    #[test]
    fn stale_comes_before_spare_and_spare_before_gone() {
        let options = Options::ttl(10).stale(5).stale_if_error(20);
        let at = |seconds| freshness(made(&options), &options, after(seconds));
        assert_eq!(at(14.9), Freshness::Stale);
        assert_eq!(at(15.0), Freshness::Spare);
        assert_eq!(at(29.9), Freshness::Spare);
        assert_eq!(at(30.0), Freshness::Gone);
    }

    #[test]
    fn a_site_that_never_asked_for_stale_values_does_not_get_those_of_another() {
        let generous = Options::ttl(10).stale(60);
        let times = made(&generous);
        assert_eq!(freshness(times, &generous, after(11.0)), Freshness::Stale);
        assert_eq!(freshness(times, &Options::ttl(10), after(11.0)), Freshness::Gone);
    }

    #[test]
    fn refresh_ahead_begins_after_its_part_of_the_time_and_never_for_what_is_kept_for_ever() {
        let options = Options::ttl(10).refresh_ahead(0.8);
        assert_eq!(freshness(made(&options), &options, after(7.9)), Freshness::Fresh);
        assert_eq!(freshness(made(&options), &options, after(8.1)), Freshness::Ahead);
        let forever = Options::forever().refresh_ahead(0.8);
        assert_eq!(freshness(made(&forever), &forever, after(1e9)), Freshness::Fresh);
    }

    #[test]
    fn jitter_only_ever_shortens_and_never_beyond_its_part() {
        let options = Options::ttl(100).jitter(0.1);
        let end = |draw| times(&options, Ttl::Default, draw, START).map(|times| times.fresh_until);
        assert_eq!(end(0.0), Some(after(100.0)));
        assert!(end(1.0) >= Some(after(89.99)) && end(1.0) <= Some(after(90.01)));
    }

    #[test]
    fn the_site_comes_before_the_cache_and_the_cache_before_five_minutes() {
        let end = |options, usual| times(&options, usual, 0.0, START).map(|times| times.fresh_until);
        assert_eq!(end(Options::DEFAULT, Ttl::Default), Some(after(300.0)));
        assert_eq!(end(Options::DEFAULT, Ttl::For(Duration::from_secs(7))), Some(after(7.0)));
        assert_eq!(end(Options::ttl(3), Ttl::For(Duration::from_secs(7))), Some(after(3.0)));
        assert_eq!(end(Options::ttl(0), Ttl::Forever), None);
        assert_eq!(end(Options::forever(), Ttl::For(Duration::from_secs(7))), Some(Tick::NEVER));
    }

    #[test]
    fn a_time_that_does_not_fit_is_for_ever_and_not_a_panic() {
        let end = times(&Options::ttl(u64::MAX), Ttl::Default, 0.5, START).map(|times| times.fresh_until);
        assert_eq!(end, Some(Tick::NEVER));
    }
}
