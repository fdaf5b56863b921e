//! [`Journal`]: what was removed a moment ago.
//!
//! A server may forget what it has acknowledged: a replica takes its place that had not heard of it yet, or it starts again
//! from what it had written to its disk. So what was removed is removed again on each new connection, before anything else is
//! asked there: the very version that was, and nothing that somebody has kept since.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::stored;

/// How long a removal is remembered.
const KEPT: Duration = Duration::from_secs(60);
/// How many are, at most: some megabytes of names.
const MOST: usize = 16_384;

/// What was removed a moment ago, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Journal(Mutex<VecDeque<Removal>>);

/// A name, and how it stood before it was removed.
#[derive(Clone, Debug)]
struct Removal {
    when: Instant,
    name: Box<[u8]>,
    version: Box<[u8]>,
}

impl Journal {
    /// Notes what a name was removed of: an entry or a lease of ours. Of a removal that nobody has acknowledged there is nothing
    /// to note: whoever asked for it hears so, and asks again.
    pub(super) fn note(&self, name: &[u8], version: &[u8], now: Instant) {
        if !stored::is_version(version) {
            return;
        }
        let mut removed = self.current(now);
        if removed.len() == MOST {
            removed.pop_front();
        }
        removed.push_back(Removal { when: now, name: name.into(), version: version.into() });
    }

    /// Calls this for each name that is to be removed again, with the version that is.
    pub(super) fn each(&self, now: Instant, mut tell: impl FnMut(&[u8], &[u8])) {
        self.current(now).iter().for_each(|removal| tell(&removal.name, &removal.version));
    }

    fn current(&self, now: Instant) -> MutexGuard<'_, VecDeque<Removal>> {
        let mut removed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while removed.front().is_some_and(|removal| now.saturating_duration_since(removal.when) > KEPT) {
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
        journal.each(now, |name, version| {
            assert!(stored::is_version(version));
            names.push(name.to_vec());
        });
        names
    }

    #[test]
    fn a_removal_is_remembered_for_a_minute() {
        let (journal, now) = (Journal::default(), Instant::now());
        journal.note(b"a", &stored::entry(1), now);
        journal.note(b"b", &stored::lease(2), now + KEPT);
        assert_eq!(names(&journal, now + KEPT), [b"a", b"b"]);
        assert_eq!(names(&journal, now + KEPT + Duration::from_millis(1)), [b"b"]);
    }

    #[test]
    fn what_was_nothing_or_another_programs_is_not_remembered() {
        let (journal, now) = (Journal::default(), Instant::now());
        journal.note(b"a", b"", now);
        journal.note(b"b", b"text of 9", now);
        assert!(names(&journal, now).is_empty());
    }

    #[test]
    fn of_too_many_the_oldest_are_forgotten() {
        let (journal, now) = (Journal::default(), Instant::now());
        (0..=MOST).for_each(|number| journal.note(number.to_string().as_bytes(), &stored::entry(7), now));
        let names = names(&journal, now);
        assert_eq!((names.len(), &names[0][..]), (MOST, &b"1"[..]));
    }
}
