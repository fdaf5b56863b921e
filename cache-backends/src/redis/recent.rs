//! [`Recent`]: which names this process has written a moment ago.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How many names are told apart, roughly.
const PLACES: usize = 4_096;

/// Which names this process has written a moment ago. Two names may share a place: then one of them is taken for written too.
pub(super) struct Recent {
    hasher: RandomState,
    born: Instant,
    window: Duration,
    /// When all of them were, as far as anybody knows.
    all: AtomicU64,
    /// When each was written last, in milliseconds since then, and one.
    places: Box<[AtomicU64]>,
}

impl Recent {
    /// Remembers names for so long; for no time at all, none.
    pub(super) fn new(window: Duration, now: Instant) -> Self {
        let places = if window.is_zero() { 0 } else { PLACES };
        let places = (0..places).map(|_| AtomicU64::new(0)).collect();
        Self { hasher: RandomState::new(), born: now, window, all: AtomicU64::new(0), places }
    }

    /// Returns whether no name is ever recent, so that nobody needs to look at a clock.
    pub(super) fn is_off(&self) -> bool {
        self.places.is_empty()
    }

    pub(super) fn note(&self, name: &[u8], now: Instant) {
        if let Some(place) = self.place(name) {
            place.fetch_max(self.millis(now), Ordering::Relaxed);
        }
    }

    /// Notes that any name may have been written.
    pub(super) fn note_all(&self, now: Instant) {
        self.all.fetch_max(self.millis(now), Ordering::Relaxed);
    }

    pub(super) fn has(&self, name: &[u8], now: Instant) -> bool {
        let window = u64::try_from(self.window.as_millis()).unwrap_or(u64::MAX);
        self.place(name).is_some_and(|place| {
            let written = place.load(Ordering::Relaxed).max(self.all.load(Ordering::Relaxed));
            written > 0 && self.millis(now).saturating_sub(written) <= window
        })
    }

    fn place(&self, name: &[u8]) -> Option<&AtomicU64> {
        let places = u64::try_from(self.places.len()).ok().filter(|places| *places > 0)?;
        self.places.get(usize::try_from(self.hasher.hash_one(name) % places).ok()?)
    }

    fn millis(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.born).as_millis()).unwrap_or(u64::MAX).saturating_add(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_recent_for_a_while_after_its_last_write() {
        let (now, window) = (Instant::now(), Duration::from_secs(2));
        let recent = Recent::new(window, now);
        assert!(!recent.has(b"a", now), "nobody wrote it");
        recent.note(b"a", now);
        recent.note(b"a", now + window);
        assert!(recent.has(b"a", now + 2 * window));
        let later = now + 2 * window + Duration::from_millis(1);
        assert!(!recent.has(b"a", later));
        recent.note_all(later);
        assert!(recent.has(b"a", later) && recent.has(b"b", later));
    }

    #[test]
    fn without_a_window_no_name_is_recent() {
        let now = Instant::now();
        let recent = Recent::new(Duration::ZERO, now);
        recent.note(b"a", now);
        assert!(recent.is_off() && !recent.has(b"a", now));
    }
}
