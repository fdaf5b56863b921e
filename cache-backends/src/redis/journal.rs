//! [`Journal`]: what was removed a moment ago.
//!
//! A server may forget what it has acknowledged: a replica takes its place that had not heard of it yet, or it starts again
//! from what it had written to its disk. So what was removed is removed again on each new connection, before anything else is
//! asked there: the very version that was, and nothing that somebody has kept since.
//!
//! A marker that the engine has written anew withdraws what was written before it, and must not be the one from before again.
//! In the place of another one there is to be none: a marker that is lost brings nothing back.

use std::collections::{HashSet, VecDeque};
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

#[derive(Clone, Debug)]
struct Removal {
    when: Instant,
    name: Box<[u8]>,
    what: What,
    version: Box<[u8]>,
}

/// What is not to be under a name any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// This version.
    This,
    /// Any other one: this is a marker's.
    Others,
}

/// What there is to be removed again.
pub(super) const BOTH: [What; 2] = [What::This, What::Others];

impl Journal {
    /// Notes what a name was removed of: an entry or a lease of ours. Of a removal that nobody has acknowledged there is nothing
    /// to note: whoever asked for it hears so, and asks again.
    pub(super) fn note(&self, name: &[u8], what: What, version: &[u8], now: Instant) {
        if !stored::is_version(version) {
            return;
        }
        let mut removed = self.current(now);
        if removed.len() == MOST {
            removed.pop_front();
        }
        removed.push_back(Removal { when: now, name: name.into(), what, version: version.into() });
    }

    /// Calls this for each name that is to be removed again, with the version that is or that stays.
    pub(super) fn each(&self, now: Instant, mut tell: impl FnMut(&[u8], What, &[u8])) {
        let removed = self.current(now);
        let mut markers = HashSet::new();
        for removal in removed.iter().rev() {
            // Of a marker's versions the last one stays.
            if removal.what == What::This || markers.insert(&removal.name) {
                tell(&removal.name, removal.what, &removal.version);
            }
        }
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
        journal.each(now, |name, _, version| {
            assert!(stored::is_version(version));
            names.insert(0, name.to_vec());
        });
        names
    }

    #[test]
    fn a_removal_is_remembered_for_a_minute() {
        let (journal, now) = (Journal::default(), Instant::now());
        journal.note(b"a", What::This, &stored::entry(1), now);
        journal.note(b"b", What::This, &stored::lease(2), now + KEPT);
        assert_eq!(names(&journal, now + KEPT), [b"a", b"b"]);
        assert_eq!(names(&journal, now + KEPT + Duration::from_millis(1)), [b"b"]);
    }

    #[test]
    fn what_was_nothing_or_another_programs_is_not_remembered() {
        let (journal, now) = (Journal::default(), Instant::now());
        journal.note(b"a", What::This, b"", now);
        journal.note(b"b", What::This, b"text of 9", now);
        assert!(names(&journal, now).is_empty());
    }

    #[test]
    fn of_a_markers_versions_the_last_one_stays() {
        let (journal, now) = (Journal::default(), Instant::now());
        for version in [1, 2] {
            journal.note(b"marker", What::Others, &stored::entry(version), now);
        }
        let mut told = Vec::new();
        journal.each(now, |_, what, version| told.push((what, version.to_vec())));
        assert_eq!(told, [(What::Others, stored::entry(2).to_vec())]);
    }

    #[test]
    fn of_too_many_the_oldest_are_forgotten() {
        let (journal, now) = (Journal::default(), Instant::now());
        (0..=MOST).for_each(|number| journal.note(number.to_string().as_bytes(), What::This, &stored::entry(7), now));
        let names = names(&journal, now);
        assert_eq!((names.len(), &names[0][..]), (MOST, &b"1"[..]));
    }
}
