//! Everything that can be said of a value's time.

use std::time::Duration;

use super::ttl::{IntoTime, Ttl};

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
    /// How much sooner than its end a value in use is loaded anew by chance: by as long as it took to load, times this.
    pub early: Option<f32>,
    /// The part of its time by which each value's end is moved forward at random: 0.1 is up to a tenth.
    pub jitter: f32,
    /// After this long, a caller who can have a stale value gets it, and the load goes on.
    pub soft_timeout: Option<Duration>,
    /// After this long a load is given up, where there is something else to answer with.
    pub hard_timeout: Option<Duration>,
    /// For how long at most one process runs a body while the others that share its store wait for the value.
    pub lock: Option<Duration>,
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
        early: None,
        jitter: 0.0,
        soft_timeout: None,
        hard_timeout: None,
        lock: None,
    };

    /// How long an entry is locked where nobody says for how long: by the word `lock` of `#[cached]`.
    pub const USUAL_LOCK: Duration = Duration::from_secs(10);

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
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use std::future::{Future, pending};
    /// use std::pin::pin;
    /// use std::task::{Context, Poll, Waker};
    /// use std::time::Duration;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let (cache, options) = (larder.cache("default"), Options::ttl(10).stale(60));
    /// cache.blocking().get_or_load("key", options, || 1_u8);
    /// larder.advance(Duration::from_secs(20));
    ///
    /// let context = &mut Context::from_waker(Waker::noop());
    /// let mut first = pin!(cache.get_or_load("key", options, pending::<u8>));
    /// let mut second = pin!(cache.get_or_load("key", options, pending::<u8>));
    /// assert!(first.as_mut().poll(context).is_pending(), "it loads");
    /// assert_eq!(second.as_mut().poll(context), Poll::Ready(1), "and this one need not wait for it");
    /// ```
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

    /// Loads a value in use anew before its end, by chance, so that of many processes that share a store few load at once:
    /// `XFetch`.
    ///
    /// Each process draws for each value how much sooner it begins: as long as the value took to load, times `beta`, on
    /// average. Whoever drew the longest time begins, as [`refresh_ahead`](Self::refresh_ahead) does, and the others find
    /// the new value. Of those, `e^(1/beta)` processes load, however many there are: about 3 with a `beta` of 1, and 1.3
    /// with 4; with [`lock`](Self::lock) it is one. A value that took no time is not loaded before its end, and none in the
    /// first half of its time, however long it took.
    ///
    /// With `refresh_ahead` that comes first which comes sooner, with [`jitter`](Self::jitter) both count from the end that
    /// chance gave the value, and [`stale`](Self::stale) begins where it always does. A value written by hand took no time.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use std::time::Duration;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let (cache, second) = (larder.cache("default"), Duration::from_secs(1));
    /// let load = |answer| {
    ///     cache.blocking().get_or_load("key", Options::ttl(100).early(1.0), || {
    ///         larder.advance(20 * second); // what it costs
    ///         answer
    ///     })
    /// };
    /// assert_eq!(load(1_u8), 1);
    /// larder.advance(49 * second);
    /// assert_eq!(load(2), 1, "half of its time is left");
    /// let loaded = (50..100).any(|_| {
    ///     larder.advance(second);
    ///     load(3) == 3
    /// });
    /// assert!(loaded, "before its end, or at its end");
    /// ```
    ///
    /// # Panics
    ///
    /// At a number that is not over 0, and at one that is not finite.
    #[must_use]
    pub const fn early(mut self, beta: f32) -> Self {
        assert!(beta > 0.0 && beta.is_finite(), "larder: `early` is a number over 0, such as 1.0");
        self.early = Some(beta);
        self
    }

    /// Returns whether a value in use may be loaded anew before its end.
    #[inline]
    pub(crate) const fn looks_ahead(&self) -> bool {
        self.refresh_ahead.is_some() || self.early.is_some()
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
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use std::future::{Future, pending};
    /// use std::pin::pin;
    /// use std::task::{Context, Poll, Waker};
    /// use std::time::Duration;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let (cache, options) = (larder.cache("default"), Options::ttl(10).stale_if_error(60).soft_timeout(1));
    /// cache.blocking().get_or_load("key", options, || 1_u8);
    /// larder.advance(Duration::from_secs(20));
    ///
    /// let context = &mut Context::from_waker(Waker::noop());
    /// let mut first = pin!(cache.get_or_load("key", options, pending::<u8>));
    /// let mut second = pin!(cache.get_or_load("key", options, pending::<u8>));
    /// assert!(first.as_mut().poll(context).is_pending(), "it loads");
    /// assert!(second.as_mut().poll(context).is_pending(), "it waits for a new value");
    /// larder.advance(Duration::from_secs(1));
    /// assert_eq!(second.as_mut().poll(context), Poll::Ready(1), "but no longer than that");
    /// ```
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

    /// Has a body run in one process at a time, of those that share a store outside.
    ///
    /// The others wait for its value at most this long, or take a stale one where that is allowed; then they run the body
    /// too. The lock is in the store, beside the entry, and goes by itself after this time: write more than the body takes
    /// as a rule. It spares the source and promises nothing: where the store is down, or cannot tell who came first, or
    /// lost the lock, the body runs. What is kept is as right as without it.
    ///
    /// In memory it does nothing: within a process one body runs for all who ask, always. A time of zero is no lock.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use std::future::{Future, pending};
    /// use std::pin::pin;
    /// use std::sync::Arc;
    /// use std::task::{Context, Poll, Waker};
    /// use std::time::Duration;
    /// use larder::{Options, Settings, backend::Memory, clock::Clock, testing};
    ///
    /// let clock = Clock::manual();
    /// let store = Arc::new(Memory::new(clock.clone())); // stands for a store that two processes share
    /// let process = || testing::isolated_at(clock.clone(), [("default", Settings::backend(Arc::clone(&store)))]);
    /// let (one, other) = (process()?, process()?);
    /// let (here, there) = (one.cache("default"), other.cache("default"));
    /// let options = Options::ttl(60).lock(10);
    ///
    /// let context = &mut Context::from_waker(Waker::noop());
    /// let mut loads = pin!(here.get_or_load("key", options, pending::<u8>));
    /// let mut waits = pin!(there.get_or_load("key", options, async || 2_u8));
    /// assert!(loads.as_mut().poll(context).is_pending(), "its body runs");
    /// assert!(waits.as_mut().poll(context).is_pending(), "and the other process waits for the value");
    /// other.advance(Duration::from_secs(10));
    /// assert_eq!(waits.as_mut().poll(context), Poll::Ready(2), "but no longer than that");
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn lock(self, time: impl IntoTime) -> Self {
        self.__lock(time.into_time())
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

    #[must_use]
    pub const fn __lock(mut self, time: Duration) -> Self {
        self.lock = Some(time);
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
