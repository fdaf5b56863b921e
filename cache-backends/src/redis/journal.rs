//! [`Journal`]: what was removed a moment ago.
//!
//! A server may forget what it has acknowledged: a replica takes its place that had not heard of it yet, or it starts again
//! from what it had written to its disk. So what was removed is removed again on each new connection, before anything else is
//! asked there.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a removal is remembered.
const KEPT: Duration = Duration::from_secs(60);
/// How many are, at most: some megabytes of names.
const MOST: usize = 16_384;

/// The names that were removed a moment ago, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Journal(Mutex<VecDeque<(Instant, Box<[u8]>)>>);

impl Journal {
    /// Notes a name that is about to be removed: where the connection breaks on the way, the next one removes it.
    pub(super) fn note(&self, name: &[u8], now: Instant) {
        let mut removed = self.current(now);
        if removed.len() == MOST {
            removed.pop_front();
        }
        removed.push_back((now, name.into()));
    }

    /// Calls this for each name that is to be removed again.
    pub(super) fn each(&self, now: Instant, mut tell: impl FnMut(&[u8])) {
        self.current(now).iter().for_each(|(_, name)| tell(name));
    }

    fn current(&self, now: Instant) -> MutexGuard<'_, VecDeque<(Instant, Box<[u8]>)>> {
        let mut removed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while removed.front().is_some_and(|(when, _)| now.saturating_duration_since(*when) > KEPT) {
            removed.pop_front();
        }
        removed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(journal: &Journal, now: Instant) -> Vec<Vec<u8>> {
        let mut names = Vec::new();
        journal.each(now, |name| names.push(name.to_vec()));
        names
    }

    #[test]
    fn a_removal_is_remembered_for_a_minute() {
        let (journal, now) = (Journal::default(), Instant::now());
        journal.note(b"a", now);
        journal.note(b"b", now + KEPT);
        assert_eq!(names(&journal, now + KEPT), [b"a", b"b"]);
        assert_eq!(names(&journal, now + KEPT + Duration::from_millis(1)), [b"b"]);
    }

    #[test]
    fn of_too_many_the_oldest_are_forgotten() {
        let (journal, now) = (Journal::default(), Instant::now());
        (0..=MOST).for_each(|number| journal.note(number.to_string().as_bytes(), now));
        let names = names(&journal, now);
        assert_eq!((names.len(), &names[0][..]), (MOST, &b"1"[..]));
    }
}
