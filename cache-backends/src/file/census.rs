//! What this process knows of the drawers.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::address::DRAWERS;
use super::book::{Book, Counts, LAST, Turn};

/// How many of the steps of culling believe what is known where no other process was seen.
const BELIEVED: u32 = 16;

/// The counts of all drawers, as they were when their books were last seen.
#[derive(Debug)]
pub(super) struct Census(Mutex<Known>);

#[derive(Debug)]
struct Known {
    drawers: Vec<Drawer>,
    sum: Sum,
    /// How many steps may still believe this; none where another process was seen.
    believed: u32,
}

#[derive(Clone, Copy, Debug)]
struct Drawer {
    counts: Counts,
    changes: u64,
}

/// What is in the whole store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub entries: u64,
    pub bytes: u64,
}

impl Default for Census {
    fn default() -> Self {
        let nothing = Drawer { counts: Counts::NOTHING, changes: 0 };
        Self(Mutex::new(Known { drawers: vec![nothing; DRAWERS], sum: Sum::default(), believed: 0 }))
    }
}

impl Census {
    /// Takes down what a book said when it was opened: that others have written shows there.
    pub(super) fn see(&self, drawer: u8, book: &Book) {
        let mut known = self.known();
        if known.drawers[usize::from(drawer)].changes != book.changes {
            known.believed = 0;
        }
        known.note(drawer, book);
    }

    /// Takes down what this process has written into a book.
    pub(super) fn note(&self, drawer: u8, book: &Book) {
        self.known().note(drawer, book);
    }

    /// Takes down that there is no book to be read.
    pub(super) fn forget(&self, drawer: u8) {
        self.known().put(drawer, Drawer { counts: Counts::NOTHING, changes: 0 });
    }

    pub(super) fn sum(&self) -> Sum {
        self.known().sum
    }

    /// Returns whether the books are to be read again before anything is decided.
    pub(super) fn is_due(&self) -> bool {
        let mut known = self.known();
        let is_due = known.believed == 0;
        known.believed = if is_due { BELIEVED } else { known.believed - 1 };
        is_due
    }

    /// Returns the drawer with the entry that goes first, of those that hold any or have not been counted.
    pub(super) fn first(&self, allowed: impl Fn(u8) -> bool) -> Option<(u8, Turn)> {
        let known = self.known();
        let all = (0..=u8::MAX).zip(&known.drawers);
        let filled = all.filter(|(drawer, known)| known.counts.first != LAST && allowed(*drawer));
        filled.map(|(drawer, known)| (drawer, known.counts.first)).min_by_key(|(_, first)| *first)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn note(&mut self, drawer: u8, book: &Book) {
        self.put(drawer, Drawer { counts: book.counts, changes: book.changes });
    }

    fn put(&mut self, drawer: u8, is: Drawer) {
        let was = std::mem::replace(&mut self.drawers[usize::from(drawer)], is);
        self.sum.entries = self.sum.entries.saturating_sub(was.counts.entries).saturating_add(is.counts.entries);
        self.sum.bytes = self.sum.bytes.saturating_sub(was.counts.bytes).saturating_add(is.counts.bytes);
    }
}
