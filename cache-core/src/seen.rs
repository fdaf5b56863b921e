//! What happened on one thread: whoever drives a request can tell what it asked of caches, without a word on the way.

use std::cell::Cell;
use std::ops::{AddAssign, Sub};

use crate::stats::Event;
use crate::tally;

/// How callers on one thread were served, by all caches together.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::report::Seen;
/// use larder::{Options, testing};
///
/// let larder = testing::isolated();
/// let before = Seen::on_this_thread();
/// for _ in 0..3 {
///     larder.cache("default").blocking().get_or_load("key", Options::forever(), || 1_u8);
/// }
/// let seen = Seen::on_this_thread() - before;
/// assert_eq!((seen.hits, seen.misses), (2, 1));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Seen {
    /// Callers who found a fresh value.
    pub hits: u64,
    /// Callers who found nothing usable.
    pub misses: u64,
    /// Callers who were served a value past its time.
    pub stale: u64,
}

thread_local! {
    static SEEN: Cell<Seen> = const { Cell::new(Seen::NOTHING) };
}

/// Notes an event on its thread.
#[inline]
pub(crate) fn note(event: Event) {
    let count = |add: fn(&mut Seen)| {
        let mut seen = SEEN.get();
        add(&mut seen);
        SEEN.set(seen);
    };
    match event {
        Event::Hit => count(|seen| seen.hits += 1),
        Event::Miss => count(|seen| seen.misses += 1),
        Event::Stale => count(|seen| seen.stale += 1),
        _ => {}
    }
}

impl Seen {
    /// Nobody has called.
    pub const NOTHING: Self = Self { hits: 0, misses: 0, stale: 0 };

    /// Returns what this thread has seen so far; the difference to an earlier one says what happened in between.
    #[must_use]
    pub fn on_this_thread() -> Self {
        let seen = SEEN.get();
        Self { hits: seen.hits + tally::raised_on_this_thread(), ..seen }
    }

    /// Returns the part of all callers who did not have to wait for a body: 0 to 1; `None` when nobody has called.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a rate needs three digits, not nineteen")]
    pub fn hit_rate(self) -> Option<f64> {
        let served = self.hits + self.stale;
        let asked = served + self.misses;
        (asked > 0).then(|| served as f64 / asked as f64)
    }
}

impl Sub for Seen {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self { hits: self.hits - earlier.hits, misses: self.misses - earlier.misses, stale: self.stale - earlier.stale }
    }
}

impl AddAssign for Seen {
    fn add_assign(&mut self, more: Self) {
        self.hits += more.hits;
        self.misses += more.misses;
        self.stale += more.stale;
    }
}
