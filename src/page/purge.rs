//! What was invalidated by a pattern. Nothing is looked for when that happens: a page that is about to answer is asked
//! whether it is older than the last time, and if so, by which patterns it would have gone.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use cache_core::registry::caches;

use super::record::Page;
use crate::{Cache, Error};

/// Invalidates the pages whose path is meant by this pattern, in all caches of the program, or of the test.
///
/// A star stands for any text: `"/blog/*"`. A pattern without a question mark means a path with every query.
///
/// ```
/// use larder::{page, testing};
///
/// let _larder = testing::isolated();
/// page::invalidate("/blog/*")?;
/// # Ok::<(), larder::Error>(())
/// ```
///
/// # Errors
///
/// When the program's configuration cannot be used.
pub fn invalidate(pattern: &str) -> Result<(), Error> {
    for cache in caches()? {
        invalidate_in(&cache, pattern);
    }
    Ok(())
}

/// Invalidates the pages of one cache whose path is meant by this pattern, as [`invalidate`] does.
pub fn invalidate_in(cache: &Cache, pattern: &str) {
    cache.beside::<Purges>().add(Pattern::new(pattern), cache.clock().wall_millis());
}

/// How many purges there have been in all caches: what is read before its cache is known is told by that what came after.
static SEQUENCE: AtomicU64 = AtomicU64::new(0);

/// Returns how many purges there have been in all caches.
pub(super) fn sequence() -> u64 {
    SEQUENCE.load(Ordering::Acquire)
}

/// The patterns of one cache by which pages were invalidated.
#[derive(Debug)]
pub(super) struct Purges {
    count: AtomicU64,
    /// Whether pages are kept of which nobody else knows by what they go, beside their URL: a write has to mean them all.
    go_by_more: AtomicBool,
    list: RwLock<List>,
}

#[derive(Debug, Default)]
struct List {
    /// Everything that is not younger than this purge is gone, whatever its path.
    all_before: Number,
    patterns: VecDeque<(Number, Pattern)>,
}

/// Which purge it was.
#[derive(Clone, Copy, Debug, Default)]
struct Number {
    count: u64,
    /// Which one of all caches.
    sequence: u64,
    /// When that was, in milliseconds: what comes from outside knows no count of this process.
    at: u64,
}

/// The count of a page that comes from outside. Those of this process begin after it.
const NONE: u64 = 0;

impl Default for Purges {
    fn default() -> Self {
        Self { count: AtomicU64::new(NONE + 1), go_by_more: AtomicBool::new(false), list: RwLock::default() }
    }
}

/// How many patterns are remembered. One more, and everything older than the oldest of them is gone: too much rather
/// than too little.
const MOST: usize = 1024;

/// Which paths are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    /// The text between the stars.
    pieces: Box<[Box<str>]>,
}

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        Self { pieces: text.split('*').map(Into::into).collect() }
    }

    /// Means one path, whatever stands in it.
    pub(super) fn exact(path: &str) -> Self {
        Self { pieces: [path.into()].into() }
    }

    /// Returns whether a path with its query is meant; a pattern that says nothing of queries means all of them.
    fn fits(&self, target: &str) -> bool {
        let path = target.split_once('?').map_or(target, |(path, _)| path);
        self.fits_whole(target) || self.fits_whole(path)
    }

    fn fits_whole(&self, text: &str) -> bool {
        let [first, middle @ .., last] = &*self.pieces else { return *self.pieces[0] == *text };
        let Some(mut rest) = text.strip_prefix(&**first).and_then(|rest| rest.strip_suffix(&**last)) else {
            return false;
        };
        middle.iter().all(|piece| match rest.find(&**piece) {
            Some(at) => {
                rest = &rest[at + piece.len()..];
                true
            }
            None => false,
        })
    }
}

impl Purges {
    /// Returns how many there have been: what begins now is younger than all of them.
    #[inline]
    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::Acquire)
    }

    /// Returns how many there had been when there were so many in all caches.
    pub(super) fn count_at(&self, sequence: u64) -> u64 {
        let list = self.list();
        let is_newer = |number: &Number| number.sequence > sequence;
        let first = list.patterns.iter().map(|(number, _)| number).find(|number| is_newer(number));
        match first {
            _ if is_newer(&list.all_before) => NONE,
            Some(first) => first.count - 1,
            None => self.count(),
        }
    }

    /// Notes that some pages go by more than their URL.
    pub(super) fn note_more(&self) {
        self.go_by_more.store(true, Ordering::Release);
    }

    /// Returns whether some do.
    pub(super) fn go_by_more(&self) -> bool {
        self.go_by_more.load(Ordering::Acquire)
    }

    pub(super) fn add(&self, pattern: Pattern, now: u64) {
        let mut list = self.list.write().unwrap_or_else(PoisonError::into_inner);
        // Counted while nobody else can read the list: whoever sees the number finds the pattern.
        let sequence = SEQUENCE.fetch_add(1, Ordering::AcqRel) + 1;
        let number = Number { count: self.count.load(Ordering::Acquire) + 1, sequence, at: now };
        list.patterns.retain(|(_, older)| *older != pattern);
        list.patterns.push_back((number, pattern));
        if list.patterns.len() > MOST
            && let Some((oldest, _)) = list.patterns.pop_front()
        {
            list.all_before = oldest;
        }
        self.count.store(number.count, Ordering::Release);
    }

    /// Returns whether there was one since a page was begun, whatever it took.
    #[inline]
    pub(super) fn came_after(&self, page: &Page) -> bool {
        page.purged() < self.count()
    }

    /// Returns whether a page was invalidated since it was begun.
    #[cold]
    pub(super) fn took(&self, page: &Page, target: &str) -> bool {
        let (now, known) = (self.count(), page.purged());
        let taken = match known {
            // A clock may stand still for a moment: rather too much than too little.
            NONE => self.list().takes(target, |number| number.at >= page.begun()),
            _ => self.took_since(known, target),
        };
        if !taken {
            page.outlived(now);
        }
        taken
    }

    /// Returns whether what is of this path was invalidated after so many purges.
    pub(super) fn took_since(&self, known: u64, target: &str) -> bool {
        known < self.count() && self.list().takes(target, |number| number.count > known)
    }

    fn list(&self) -> RwLockReadGuard<'_, List> {
        self.list.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl List {
    /// Returns whether one of the purges that are newer takes what is of this path.
    fn takes(&self, target: &str, is_newer: impl Fn(&Number) -> bool) -> bool {
        let newer = self.patterns.iter().rev().take_while(|(number, _)| is_newer(number));
        (self.all_before.count > NONE && is_newer(&self.all_before))
            || newer.into_iter().any(|(_, pattern)| pattern.fits(target))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text_and_everything_else_for_itself() {
        let fits = |pattern: &str, path: &str| Pattern::new(pattern).fits(path);
        assert!(fits("/blog/*", "/blog/1") && fits("/blog/*", "/blog/") && fits("/blog/*", "/blog/a/b?page=2"));
        assert!(!fits("/blog/*", "/blog") && !fits("/blog/*", "/a/blog/1"));
        assert!(fits("/blog/1", "/blog/1") && fits("/blog/1", "/blog/1?page=2") && !fits("/blog/1", "/blog/10"));
        assert!(fits("/blog/1?page=2", "/blog/1?page=2") && !fits("/blog/1?page=2", "/blog/1"));
        assert!(fits("*", "/") && fits("/*/1/*/2", "/a/1/b/1/c/2") && !fits("/*/1/*/2", "/a/1/2"));
        assert!(!fits("/ab*ba", "/aba"), "the two ends do not overlap");
    }
}
