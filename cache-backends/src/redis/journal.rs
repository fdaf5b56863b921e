//! [`Journal`]: what was removed a moment ago.
//!
//! A server may forget what it has acknowledged: a replica takes its place that had not heard of it yet, or it starts again
//! from what it had written to its disk. So what was removed is removed again on each new connection, before anything else is
//! asked there: the very version that was, and nothing that somebody has kept since.
//!
//! A marker that the engine has written anew withdraws what was written before it, and must not be the one from before again.
//! In the place of another one there is to be none: a marker that is lost brings nothing back.
//!
//! Of what was cleared there may be more than anybody remembers. So something is put down on the server when that is done, and
//! where it is not any more, the server has forgotten, and all of it is cleared again.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::scan::pattern;
use super::stored;

/// How long a removal is remembered.
const KEPT: Duration = Duration::from_secs(60);
/// How many are, at most: some megabytes of names. As many again are of what was written over.
const MOST: usize = 16_384;
/// How many clears are.
const MOST_CLEARED: usize = 256;
/// How long a server knows that something was cleared, in milliseconds: for longer than anybody asks.
pub(super) const WITNESSED: &str = "180000";

/// What was removed a moment ago.
#[derive(Debug, Default)]
pub(super) struct Journal(Mutex<Removed>);

/// The oldest first.
#[derive(Debug, Default)]
struct Removed {
    removals: VecDeque<Removal>,
    /// What was written over. There may be much of it, and it is not to take the place of the others.
    replaced: VecDeque<Removal>,
    cleared: VecDeque<Cleared>,
}

#[derive(Clone, Debug)]
struct Removal {
    when: Instant,
    name: Box<[u8]>,
    what: What,
    version: Box<[u8]>,
}

#[derive(Clone, Debug)]
struct Cleared {
    when: Instant,
    /// What all begins with that was cleared; `None` where everything was.
    start: Option<Box<[u8]>>,
    witness: Witness,
}

/// Where a server says that something was cleared, and when it was by its own clock.
#[derive(Clone, Debug)]
pub(super) struct Witness {
    pub name: Vec<u8>,
    pub at: Vec<u8>,
}

/// What is not to be under a name any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// This version.
    This,
    /// Any other one: this is a marker's.
    Others,
    /// What is not under this name, but was cleared when this was put down.
    All,
}

/// What there is to be removed again.
pub(super) const KINDS: [What; 3] = [What::This, What::Others, What::All];

impl Journal {
    /// Notes what a name was removed of: an entry or a lease of ours. Of a removal that nobody has acknowledged there is nothing
    /// to note: whoever asked for it hears so, and asks again.
    pub(super) fn note(&self, name: &[u8], what: What, version: &[u8], now: Instant) {
        note(&mut self.current(now).removals, name, what, version, now);
    }

    /// Notes what was written over.
    pub(super) fn note_replaced(&self, name: &[u8], version: &[u8], now: Instant) {
        note(&mut self.current(now).replaced, name, What::This, version, now);
    }

    /// Notes that all was cleared that begins so, or everything, and where servers say so.
    pub(super) fn note_cleared(&self, start: Option<&[u8]>, witnesses: Vec<Witness>, now: Instant) {
        let cleared = &mut self.current(now).cleared;
        // What says so of a part has been cleared with the whole.
        let is_part = |part: &Cleared| match (start, &part.start) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(start), Some(part)) => part.starts_with(start),
        };
        cleared.retain(|earlier| !is_part(earlier));
        for witness in witnesses {
            if cleared.len() == MOST_CLEARED {
                cleared.pop_front();
            }
            cleared.push_back(Cleared { when: now, start: start.map(Into::into), witness });
        }
    }

    /// Calls this for each name that is to be removed again, with what its script is told: the version that is or that stays.
    pub(super) fn each(&self, now: Instant, mut tell: impl FnMut(&[u8], What, &[&[u8]])) {
        let removed = self.current(now);
        for Cleared { start, witness, .. } in &removed.cleared {
            let pattern = start.as_deref().map(pattern).unwrap_or_default();
            tell(&witness.name, What::All, &[&witness.at, &pattern, WITNESSED.as_bytes()]);
        }
        let mut markers = HashSet::new();
        for removal in removed.replaced.iter().rev().chain(removed.removals.iter().rev()) {
            // Of a marker's versions the last one stays.
            if removal.what == What::This || markers.insert(&removal.name) {
                tell(&removal.name, removal.what, &[&removal.version]);
            }
        }
    }

    pub(super) fn is_empty(&self, now: Instant) -> bool {
        let Removed { removals, replaced, cleared } = &*self.current(now);
        removals.is_empty() && replaced.is_empty() && cleared.is_empty()
    }

    fn current(&self, now: Instant) -> MutexGuard<'_, Removed> {
        let is_old = |when: Instant| now.saturating_duration_since(when) > KEPT;
        let mut removed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Removed { removals, replaced, cleared } = &mut *removed;
        for removals in [removals, replaced] {
            while removals.pop_front_if(|removal| is_old(removal.when)).is_some() {}
        }
        while cleared.pop_front_if(|cleared| is_old(cleared.when)).is_some() {}
        removed
    }
}

fn note(removals: &mut VecDeque<Removal>, name: &[u8], what: What, version: &[u8], now: Instant) {
    if !stored::is_version(version) {
        return;
    }
    if removals.len() == MOST {
        removals.pop_front();
    }
    removals.push_back(Removal { when: now, name: name.into(), what, version: version.into() });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(journal: &Journal, now: Instant) -> Vec<Vec<u8>> {
        let mut names = Vec::new();
        journal.each(now, |name, _, told| {
            assert!(stored::is_version(told[0]));
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
        journal.each(now, |_, what, version| told.push((what, version.concat())));
        assert_eq!(told, [(What::Others, stored::entry(2).to_vec())]);
    }

    #[test]
    fn what_was_written_over_takes_the_place_of_no_removal() {
        let (journal, now) = (Journal::default(), Instant::now());
        journal.note(b"removed", What::This, &stored::entry(1), now);
        (0..=MOST).for_each(|number| journal.note_replaced(number.to_string().as_bytes(), &stored::entry(7), now));
        let names = names(&journal, now);
        assert_eq!((names.len(), &names[0][..]), (MOST + 1, &b"removed"[..]));
    }

    #[test]
    fn a_clear_of_the_whole_takes_the_place_of_those_of_its_parts() {
        let (journal, now) = (Journal::default(), Instant::now());
        let witness = |name: &str| vec![Witness { name: name.into(), at: b"1".to_vec() }];
        let told = |now| {
            let mut told = Vec::new();
            journal.each(now, |name, what, arguments| {
                assert_eq!(what, What::All);
                told.push(format!("{} {}", String::from_utf8_lossy(name), String::from_utf8_lossy(arguments[1])));
            });
            told
        };
        journal.note_cleared(Some(b"shop:1:"), witness("a"), now);
        journal.note_cleared(Some(b"shop:2:"), witness("b"), now);
        assert_eq!(told(now), ["a shop:1:*", "b shop:2:*"]);
        journal.note_cleared(Some(b"shop:"), witness("c"), now);
        assert_eq!(told(now), ["c shop:*"]);
        journal.note_cleared(None, witness("d"), now);
        assert_eq!((told(now), told(now + 2 * KEPT)), (vec!["d ".to_owned()], vec![]));
    }

    #[test]
    fn of_too_many_the_oldest_are_forgotten() {
        let (journal, now) = (Journal::default(), Instant::now());
        (0..=MOST).for_each(|number| journal.note(number.to_string().as_bytes(), What::This, &stored::entry(7), now));
        let names = names(&journal, now);
        assert_eq!((names.len(), &names[0][..]), (MOST, &b"1"[..]));
    }
}
