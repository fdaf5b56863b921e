//! [`Here`]: what was invalidated by patterns in this process.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use super::history::History;
use super::list::List;
use super::pattern::Pattern;
use super::{Point, next};
use crate::page::record::{Page, Stand};

/// The patterns of one cache by which pages were invalidated in this process.
#[derive(Debug, Default)]
pub(in crate::page) struct Here {
    count: AtomicU64,
    /// Whether pages are kept of which nobody else knows by what they go, beside their URL: a write has to mean them all.
    go_by_more: AtomicBool,
    recent: RwLock<Recent>,
}

#[derive(Debug, Default)]
struct Recent {
    list: List,
    history: History<u64>,
}

/// How many patterns are remembered.
const MOST: usize = 1024;

impl Here {
    /// Returns how many there have been: what begins now is younger than all of them.
    #[inline]
    fn count(&self) -> u64 {
        self.count.load(Ordering::Acquire)
    }

    pub(super) fn now(&self) -> Point {
        point(self.count())
    }

    /// Returns how things stood when there had been so many in all caches.
    pub(super) fn at(&self, sequence: u64) -> Point {
        let recent = self.recent();
        point(recent.history.at(sequence, self.count()).unwrap_or_default())
    }

    pub(super) fn note_more(&self) {
        self.go_by_more.store(true, Ordering::Release);
    }

    pub(super) fn go_by_more(&self) -> bool {
        self.go_by_more.load(Ordering::Acquire)
    }

    pub(super) fn add(&self, pattern: Pattern) {
        let mut recent = self.recent.write().unwrap_or_else(PoisonError::into_inner);
        let before = self.count();
        // Counted while nobody else can read the list: whoever sees the number finds the pattern.
        recent.list.add(pattern, MOST);
        recent.history.note(next(), before);
        self.count.store(recent.list.stand().number, Ordering::Release);
    }

    /// Returns whether there was one since a page was begun, whatever it took.
    #[inline]
    pub(super) fn came_after(&self, page: &Page) -> bool {
        page.stand().number < self.count()
    }

    /// Returns whether a page was invalidated since it was begun.
    #[cold]
    pub(super) fn took(&self, page: &Page, target: &str) -> bool {
        let now = self.count();
        let taken = self.took_since(page.stand().number, target);
        if !taken {
            page.outlived(now);
        }
        taken
    }

    /// Returns whether what is of this path was invalidated after so many purges.
    pub(super) fn took_since(&self, known: u64, target: &str) -> bool {
        known < self.count() && self.recent().list.takes(known, target)
    }

    fn recent(&self) -> RwLockReadGuard<'_, Recent> {
        self.recent.read().unwrap_or_else(PoisonError::into_inner)
    }
}

fn point(here: u64) -> Point {
    Point { here, there: Stand { epoch: 0, number: here } }
}
