//! Time as the engine sees it: coarse on the hit path, precise where work is measured, moved by hand in tests.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ahash::RandomState;

/// A point in time on one [`Clock`], in nanoseconds since that clock's beginning.
///
/// Monotonic, and meaningless outside the process: nothing that leaves the process carries one.
///
/// ```
/// # use cache_core::__private::larder;
/// use std::time::Duration;
/// use larder::clock::Tick;
///
/// let (start, second) = (Tick::from_nanos(7), Duration::from_secs(1));
/// let later = start.after(second);
/// assert_eq!((later.as_nanos(), later.since(start)), (1_000_000_007, second));
/// assert_eq!(start.since(later), Duration::ZERO, "no time is less than nothing");
/// assert_eq!(start.after(Duration::MAX), Tick::NEVER);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tick(u64);

impl Tick {
    /// The end of time: what is kept until then is kept for ever.
    pub const NEVER: Self = Self(u64::MAX);

    /// Makes a tick from nanoseconds since the clock's beginning.
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// Returns the nanoseconds since the clock's beginning.
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Returns the tick `time` later; what would not fit is [`Tick::NEVER`].
    #[must_use]
    pub fn after(self, time: Duration) -> Self {
        u64::try_from(time.as_nanos()).ok().and_then(|nanos| self.0.checked_add(nanos)).map_or(Self::NEVER, Self)
    }

    /// Returns the tick `time` earlier, and none before the clock's beginning.
    #[must_use]
    pub(crate) fn before(self, time: Duration) -> Self {
        Self(self.0.saturating_sub(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)))
    }

    /// Returns how long after `earlier` this is; zero when it is not.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

/// Where a cache reads the time.
///
/// ```
/// # use cache_core::__private::larder;
/// use std::time::Duration;
/// use larder::clock::Clock;
///
/// let clock = Clock::manual();
/// let (before, day) = (clock.now(), clock.wall_millis());
/// clock.advance(Duration::from_secs(3));
/// assert_eq!(clock.now().since(before), Duration::from_secs(3));
/// assert_eq!(clock.wall_millis() - day, 3_000);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Clock(Face);

#[derive(Clone, Debug, Default)]
enum Face {
    #[default]
    System,
    Manual(Arc<Manual>),
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
struct Manual {
    nanos: AtomicU64,
    precise_reads: AtomicU64,
    seeds: AtomicU64,
}

/// Manual clocks begin here, so that a test can also step back from the beginning.
const MANUAL_START: u64 = 1_000_000_000_000;

/// What the time of day is ahead of the ticks of the system, read anew now and then: to read it each time takes as long as
/// to look for an entry.
static DAY: Day = Day { ahead: AtomicU64::new(0), until: AtomicU64::new(0) };

#[derive(Debug)]
struct Day {
    /// In nanoseconds, and less than nothing where the time of day was set to a year long ago.
    ahead: AtomicU64,
    /// The tick at which it is to be read anew.
    until: AtomicU64,
}

impl Day {
    /// How long somebody who sets the system's clock is not heard, in nanoseconds.
    const DEAF: u64 = 100_000_000;

    #[inline]
    fn millis(&self, tick: Tick, wall: impl Fn() -> u64) -> u64 {
        // What is ahead is written before the tick that it holds until.
        if tick.0 >= self.until.load(Ordering::Acquire) {
            return self.read_anew(tick, wall());
        }
        tick.0.wrapping_add(self.ahead.load(Ordering::Relaxed)) / 1_000_000
    }

    #[cold]
    fn read_anew(&self, tick: Tick, wall: u64) -> u64 {
        self.ahead.store(wall.wrapping_mul(1_000_000).wrapping_sub(tick.0), Ordering::Relaxed);
        self.until.store(tick.0.saturating_add(Self::DEAF), Ordering::Release);
        wall
    }
}

impl Clock {
    /// Makes a clock that stands still until [`advance`](Self::advance) moves it.
    #[must_use]
    pub fn manual() -> Self {
        let manual =
            Manual { nanos: AtomicU64::new(MANUAL_START), precise_reads: AtomicU64::new(0), seeds: AtomicU64::new(0) };
        Self(Face::Manual(Arc::new(manual)))
    }

    /// Returns whether it stands still until it is moved.
    #[must_use]
    pub fn is_manual(&self) -> bool {
        matches!(self.0, Face::Manual(_))
    }

    /// Reads the coarse time: a few nanoseconds, and up to a few milliseconds late.
    #[must_use]
    #[inline]
    pub fn now(&self) -> Tick {
        match &self.0 {
            Face::System => {
                let ticks = coarsetime::Instant::now_without_cache_update().as_ticks();
                Tick(coarsetime::Duration::from_ticks(ticks).as_nanos())
            }
            Face::Manual(manual) => Tick(manual.nanos.load(Ordering::Acquire)),
        }
    }

    /// Reads the precise time, for measuring what a load cost. Never on the way to a hit.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use std::time::Duration;
    /// use larder::clock::Clock;
    ///
    /// let clock = Clock::manual();
    /// let started = clock.precise();
    /// clock.advance(Duration::from_millis(30));
    /// assert_eq!(clock.precise().since(started), Duration::from_millis(30));
    /// assert_eq!(clock.precise_reads(), 2);
    /// ```
    #[must_use]
    pub fn precise(&self) -> Tick {
        match &self.0 {
            Face::System => {
                static BEGINNING: OnceLock<Instant> = OnceLock::new();
                Tick(0).after(BEGINNING.get_or_init(Instant::now).elapsed())
            }
            Face::Manual(manual) => {
                manual.precise_reads.fetch_add(1, Ordering::Relaxed);
                self.now()
            }
        }
    }

    /// Reads the time of day, for records that leave the process: milliseconds since 1970.
    #[must_use]
    pub fn wall_millis(&self) -> u64 {
        match &self.0 {
            Face::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
            }
            Face::Manual(_) => self.now().as_nanos() / 1_000_000,
        }
    }

    /// Reads the time of day as coarsely as [`now`](Self::now), for hits on what carries a date. Up to a tenth of a second
    /// late after somebody has set the system's clock.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::clock::Clock;
    ///
    /// let clock = Clock::manual();
    /// assert_eq!(clock.coarse_wall_millis(), clock.wall_millis());
    /// ```
    #[must_use]
    #[inline]
    pub fn coarse_wall_millis(&self) -> u64 {
        match &self.0 {
            Face::System => DAY.millis(self.now(), || self.wall_millis()),
            Face::Manual(_) => self.wall_millis(),
        }
    }

    /// Moves a manual clock forward.
    ///
    /// # Panics
    ///
    /// On the system's clock, which nobody moves.
    pub fn advance(&self, time: Duration) {
        let Face::Manual(manual) = &self.0 else { panic!("only a manual clock can be moved by hand") };
        let nanos = u64::try_from(time.as_nanos()).expect("a step of less than 584 years");
        let moved = manual.nanos.fetch_update(Ordering::AcqRel, Ordering::Acquire, |now| now.checked_add(nanos));
        moved.expect("a time less than 584 years from the clock's beginning");
    }

    /// Returns a number to begin chance with: another one each time. Those of a manual clock are the same in each run, so
    /// that a test that leaves something to chance comes out the same.
    pub(crate) fn seed(&self) -> u64 {
        match &self.0 {
            Face::System => RandomState::new().hash_one(()),
            Face::Manual(manual) => manual.seeds.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// Returns how often the precise time was read from a manual clock; a hit must not move it.
    #[must_use]
    pub fn precise_reads(&self) -> u64 {
        match &self.0 {
            Face::System => 0,
            Face::Manual(manual) => manual.precise_reads.load(Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_day_goes_with_the_ticks_and_is_heard_when_it_is_set() {
        let day = Day { ahead: AtomicU64::new(0), until: AtomicU64::new(0) };
        let at = |millis: u64, wall: u64| day.millis(Tick(millis * 1_000_000), || wall);
        assert_eq!(at(5, 1_700_000_000_000), 1_700_000_000_000);
        assert_eq!(at(104, 0), 1_700_000_000_099, "nobody asks what is known");
        assert_eq!(at(105, 1_600_000_000_000), 1_600_000_000_000);
        assert_eq!(at(204, 0), 1_600_000_000_099);
        assert_eq!(at(205, 3), 3, "a machine that does not know the day");
        assert_eq!(at(206, 0), 4);
    }
}
