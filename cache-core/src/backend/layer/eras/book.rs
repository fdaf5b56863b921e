//! What is known of eras, and for how long.

use std::collections::HashMap;
use std::time::Duration;

use ahash::RandomState;

use crate::clock::Tick;
use crate::lock::{Mutex, MutexGuard, lock};

/// What markers have said.
#[derive(Debug, Default)]
pub(super) struct Book(Mutex<Pages>);

#[derive(Debug, Default)]
struct Pages {
    eras: HashMap<Box<str>, Known, RandomState>,
    /// Raised when anything is cleared here.
    changes: u64,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    era: u64,
    /// From when on somebody asks anew, while all others go by this.
    again: Tick,
    until: Tick,
}

/// How things stood before a marker was asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asking {
    changes: u64,
    at: Tick,
}

/// A change of an era: what was asked before it is over is not noted.
pub(super) struct Change<'a> {
    book: &'a Book,
    level: Option<&'a str>,
    drawn: Option<(u64, Tick)>,
}

/// How long a marker is trusted.
const TRUST: Duration = Duration::from_secs(1);

/// How many eras are remembered; there are as many as there are versions and namespaces in use.
const MOST: usize = 4096;

impl Known {
    fn new(era: u64, asked: Tick) -> Self {
        Self { era, again: asked.after(TRUST / 2), until: asked.after(TRUST) }
    }
}

impl Book {
    fn pages(&self) -> MutexGuard<'_, Pages> {
        lock(&self.0)
    }

    /// Returns the era that is known, and how things stand for those who ask its marker. One caller asks early, so that the
    /// others need not.
    pub(super) fn look(&self, level: &str, now: Tick) -> Result<(u64, Asking), Asking> {
        let mut pages = self.pages();
        let asking = Asking { changes: pages.changes, at: now };
        match pages.eras.get_mut(level).filter(|known| now < known.until) {
            Some(known) if now < known.again => Ok((known.era, asking)),
            Some(known) => {
                known.again = known.until;
                Err(asking)
            }
            None => Err(asking),
        }
    }

    /// Returns the era that is known, where nobody has to ask its marker for now.
    pub(super) fn trusted(&self, level: &str, now: Tick) -> Option<u64> {
        self.pages().eras.get(level).filter(|known| now < known.again).map(|known| known.era)
    }

    /// Returns the era that is known, and leaves the question for its marker to others.
    pub(super) fn peek(&self, level: &str, now: Tick) -> Option<u64> {
        self.pages().eras.get(level).filter(|known| now < known.until).map(|known| known.era)
    }

    /// Notes what a marker said, unless something was cleared meanwhile; says whether it did.
    pub(super) fn note(&self, level: &str, era: u64, asking: Asking) -> bool {
        let mut pages = self.pages();
        let is_true = pages.changes == asking.changes;
        if is_true {
            if pages.eras.len() >= MOST {
                pages.eras.clear();
            }
            pages.eras.insert(level.into(), Known::new(era, asking.at));
        }
        is_true
    }

    /// Forgets an era, until the change is over and ever since.
    pub(super) fn change<'a>(&'a self, level: &'a str) -> Change<'a> {
        self.begin(Some(level))
    }

    pub(super) fn change_all(&self) -> Change<'_> {
        self.begin(None)
    }

    fn begin<'a>(&'a self, level: Option<&'a str>) -> Change<'a> {
        drop(self.forget(level));
        Change { book: self, level, drawn: None }
    }

    fn forget(&self, level: Option<&str>) -> MutexGuard<'_, Pages> {
        let mut pages = self.pages();
        pages.changes += 1;
        match level {
            Some(level) => drop(pages.eras.remove(level)),
            None => pages.eras.clear(),
        }
        pages
    }
}

impl Change<'_> {
    /// Says what the marker says from now on.
    pub(super) fn end(mut self, era: u64, now: Tick) {
        self.drawn = Some((era, now));
    }
}

impl Drop for Change<'_> {
    fn drop(&mut self) {
        let mut pages = self.book.forget(self.level);
        if let (Some(level), Some((era, now))) = (self.level, self.drawn) {
            pages.eras.insert(level.into(), Known::new(era, now));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Tick = Tick::from_nanos(1_000_000_000_000);

    fn era(found: Result<(u64, Asking), Asking>) -> Option<u64> {
        found.ok().map(|(era, _)| era)
    }

    #[test]
    fn an_era_is_known_for_a_second_and_one_caller_asks_early() {
        let book = Book::default();
        let asking = book.look("a", NOW).expect_err("nobody knows it");
        assert!(book.note("a", 7, asking));
        let half = NOW.after(TRUST / 2);
        assert_eq!((era(book.look("a", NOW)), book.trusted("a", NOW)), (Some(7), Some(7)));
        assert_eq!(book.trusted("a", half), None, "somebody is to ask, and this does not say who");
        assert!(book.look("a", half).is_err(), "this one asks");
        assert_eq!(book.trusted("a", half), Some(7));
        assert_eq!(era(book.look("a", half)), Some(7), "and the others need not");
        assert!(book.look("a", NOW.after(TRUST)).is_err());
        assert!(book.look("b", NOW).is_err());
    }

    #[test]
    fn what_was_asked_before_a_change_is_not_noted_whether_that_was_ended_or_left() {
        let book = Book::default();
        let before = book.look("a", NOW).expect_err("nobody knows it");
        let change = book.change("a");
        let during = book.look("a", NOW).expect_err("it is being changed");
        assert!(!book.note("a", 7, before) && book.note("a", 7, during));
        let during = book.look("b", NOW).expect_err("nobody knows it");
        change.end(8, NOW);
        assert!(!book.note("a", 7, during));
        assert_eq!(era(book.look("a", NOW)), Some(8));
        drop(book.change("a"));
        assert!(book.look("a", NOW).is_err());
    }

    #[test]
    fn no_more_are_remembered_than_there_is_room_for() {
        let book = Book::default();
        for number in 0..3 * MOST as u64 {
            let level = format!("{number}");
            let asking = book.look(&level, NOW).expect_err("nobody knows it");
            assert!(book.note(&level, number, asking));
        }
        assert!(book.pages().eras.len() <= MOST);
    }
}
