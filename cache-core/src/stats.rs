//! What a site or a cache has counted.

mod load_times;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

pub use load_times::LoadTimes;
use load_times::Steps;

/// What can happen to a caller, counted by site and by cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A fresh value was found.
    Hit,
    /// Nothing usable was found.
    Miss,
    /// A value past its time was served, as the site allows.
    Stale,
    /// A caller was handed what another one was loading.
    Shared,
    /// A body failed.
    Failed,
    /// A value was not kept: refused by a rule, or too large.
    Refused,
    /// A value was not kept, since its entry was invalidated while it was being read.
    Superseded,
    /// A body ran uncached, since waiting for its value would have been waiting for itself.
    Circle,
    /// An entry of another type, shape or pattern was met.
    Foreign,
    /// The store failed.
    Trouble,
    /// A body ran uncached, since the cache or the site is switched off.
    Bypassed,
    /// A body was given up after its time limit.
    TimedOut,
    /// An entry was invalidated.
    Invalidated,
    /// A caller was to run a body that another process was running.
    Locked,
    /// A body ran beside a hit, and what it returned was held against what is kept.
    Verified,
    /// It was something else.
    Differed,
}

const EVENTS: usize = Event::Differed as usize + 1;

/// Counters that any number of callers raise at once.
///
/// ```
/// use std::time::Duration;
/// use cache_core::stats::{Counters, Event};
///
/// let counters = Counters::new();
/// counters.count(Event::Miss);
/// counters.count_load(Duration::from_millis(5));
/// let stats = counters.snapshot();
/// assert_eq!((stats.misses, stats.loads, stats.load_time), (1, 1, Duration::from_millis(5)));
/// ```
#[derive(Debug, Default)]
pub struct Counters {
    events: [AtomicU64; EVENTS],
    loads: AtomicU64,
    load_nanos: AtomicU64,
    load_steps: Steps,
}

impl Counters {
    /// Makes counters that stand at zero.
    #[must_use]
    pub const fn new() -> Self {
        let events = [const { AtomicU64::new(0) }; EVENTS];
        Self { events, loads: AtomicU64::new(0), load_nanos: AtomicU64::new(0), load_steps: Steps::new() }
    }

    /// Counts one event.
    #[inline]
    pub fn count(&self, event: Event) {
        self.events[event as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Counts one run of a body, and how long it took.
    pub fn count_load(&self, took: Duration) {
        self.loads.fetch_add(1, Ordering::Relaxed);
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.load_nanos.fetch_add(nanos, Ordering::Relaxed);
        self.load_steps.count(nanos);
    }

    /// Returns how long the bodies took that it has counted.
    #[must_use]
    pub fn load_times(&self) -> LoadTimes {
        self.load_steps.snapshot()
    }

    /// Returns how things stand now.
    #[must_use]
    pub fn snapshot(&self) -> Stats {
        let read = |event: Event| self.events[event as usize].load(Ordering::Relaxed);
        Stats {
            hits: read(Event::Hit),
            misses: read(Event::Miss),
            stale: read(Event::Stale),
            shared: read(Event::Shared),
            loads: self.loads.load(Ordering::Relaxed),
            load_time: Duration::from_nanos(self.load_nanos.load(Ordering::Relaxed)),
            failed: read(Event::Failed),
            refused: read(Event::Refused),
            superseded: read(Event::Superseded),
            circles: read(Event::Circle),
            foreign: read(Event::Foreign),
            trouble: read(Event::Trouble),
            bypassed: read(Event::Bypassed),
            timed_out: read(Event::TimedOut),
            invalidated: read(Event::Invalidated),
            locked: read(Event::Locked),
            verified: read(Event::Verified),
            differed: read(Event::Differed),
            ..Stats::default()
        }
    }
}

/// What a site or a cache has counted since the program began.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Options, testing};
///
/// let larder = testing::isolated();
/// let cache = larder.cache("default");
/// for _ in 0..4 {
///     cache.blocking().get_or_load("key", Options::forever(), || 1_u8);
/// }
/// let stats = cache.stats();
/// assert_eq!((stats.hits, stats.misses, stats.loads), (3, 1, 1));
/// assert!((stats.hit_rate() - 0.75).abs() < 1e-9);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Callers who found a fresh value.
    pub hits: u64,
    /// Callers who found nothing usable.
    pub misses: u64,
    /// Callers who were served a value past its time, as the site allows.
    pub stale: u64,
    /// Callers who were handed what another one was loading.
    pub shared: u64,
    /// Runs of bodies.
    pub loads: u64,
    /// The time that those runs took together.
    pub load_time: Duration,
    /// Bodies that failed.
    pub failed: u64,
    /// Values that were not kept: refused by a rule, or too large.
    pub refused: u64,
    /// Values that were not kept, since their entry was invalidated while they were being read.
    pub superseded: u64,
    /// Bodies that ran uncached, since waiting for their value would have been waiting for themselves.
    pub circles: u64,
    /// Entries of another type, shape or pattern that were met and left alone.
    pub foreign: u64,
    /// Failures of the store.
    pub trouble: u64,
    /// Bodies that ran uncached, since the cache or the site was switched off.
    pub bypassed: u64,
    /// Bodies that were given up after their time limit.
    pub timed_out: u64,
    /// Entries that were invalidated.
    pub invalidated: u64,
    /// Callers who were to run a body that another process was running, and waited for its value or were served a stale one.
    pub locked: u64,
    /// Hits on which the body ran too, as `verify` asks for, and what it returned was held against what is kept.
    pub verified: u64,
    /// Those of them where it was something else: a key forgets something, or a change invalidates nothing.
    pub differed: u64,
    /// Questions that the near level of a cache outside has answered; counted by caches only.
    pub near_hits: u64,
    /// Questions that went past it to the store; counted by caches only.
    pub near_misses: u64,
    /// Entries in the near level now; counted by caches only.
    pub near_entries: u64,
    /// What those entries weigh, in bytes. It is 0 for a cache that bounds what is near by no `near_bytes`: that weighs nothing.
    pub near_bytes: u64,
    /// Entries that had to make room; counted by caches only.
    pub evictions: u64,
    /// Entries that were met in a store outside and did not open: they were written with another key, or without one, or were
    /// changed since; counted by caches only.
    pub unopened: u64,
    /// Entries in the store now; counted by caches only.
    pub entries: u64,
    /// What those entries weigh, in bytes; counted by caches with a limit of bytes only.
    pub bytes: u64,
}

impl Stats {
    /// Returns the part of all callers who found something, fresh or past its time: 0 to 1, and 0 when nobody has called. Who waited
    /// for the load of another counts as neither; who was served an old value since a load had failed counts as both.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a rate needs three digits, not nineteen")]
    pub fn hit_rate(&self) -> f64 {
        let served = self.hits + self.stale;
        let asked = served + self.misses;
        if asked == 0 { 0.0 } else { served as f64 / asked as f64 }
    }
}
