//! A counter for what happens all the time: each thread counts in a place of its own, which costs no more than an addition.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::lock::{Mutex, MutexGuard, lock};

/// A counter that is raised often and read seldom.
#[derive(Debug)]
pub(crate) struct Tally {
    /// Its place in every page; known from the first time that it is raised.
    place: AtomicUsize,
    /// What was counted where there was no page, or no place on it.
    rest: AtomicU64,
}

/// How many counters have a place on a page; those that come later are counted together, as others count.
const PLACES: usize = 512;
const UNKNOWN: usize = usize::MAX;

/// What one thread has counted. Nobody else writes here, so that a sum needs no read-modify-write.
#[derive(Debug)]
struct Page([AtomicU64; PLACES]);

/// All pages that there are: those that threads write on, and those of threads that have ended, for others to go on with.
#[derive(Debug)]
struct Book {
    pages: Vec<&'static Page>,
    unused: Vec<&'static Page>,
}

static BOOK: Mutex<Book> = Mutex::new(Book { pages: Vec::new(), unused: Vec::new() });

fn book() -> MutexGuard<'static, Book> {
    lock(&BOOK)
}

/// The page of a thread, which gives it back when it ends.
struct Own(&'static Page);

impl Own {
    fn take() -> Self {
        let mut book = book();
        let page = book.unused.pop().unwrap_or_else(|| {
            // As many pages as there were ever threads at one time, and none of them is given back.
            let page: &'static Page = Box::leak(Box::new(Page([const { AtomicU64::new(0) }; PLACES])));
            book.pages.push(page);
            page
        });
        PAGE.set(Some(page));
        Self(page)
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        PAGE.set(None);
        book().unused.push(self.0);
    }
}

thread_local! {
    static OWN: Own = Own::take();
    /// The same page, where it is found without asking whether it has been taken, or given back.
    static PAGE: Cell<Option<&'static Page>> = const { Cell::new(None) };
    /// How often this thread has counted where there was no place on its page.
    static ELSEWHERE: Cell<u64> = const { Cell::new(0) };
}

/// Returns how often this thread has raised any counter; what a thread did that has ended and left its page may be in it.
pub(crate) fn raised_on_this_thread() -> u64 {
    let page = PAGE.get().map_or(0, |page| page.0.iter().map(|count| count.load(Ordering::Relaxed)).sum());
    page + ELSEWHERE.get()
}

impl Tally {
    pub(crate) const fn new() -> Self {
        Self { place: AtomicUsize::new(UNKNOWN), rest: AtomicU64::new(0) }
    }

    #[inline]
    pub(crate) fn raise(&self) {
        let place = self.place.load(Ordering::Relaxed);
        match PAGE.get().and_then(|page| page.0.get(place)) {
            Some(count) => count.store(count.load(Ordering::Relaxed) + 1, Ordering::Relaxed),
            None => self.raise_elsewhere(),
        }
    }

    /// Counts where there is no page, as in a thread that is ending, or no place on it yet.
    #[cold]
    fn raise_elsewhere(&self) {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        // Takes a page for the next time; a thread that is ending gets none, since its own is somebody else's by now.
        let _ = OWN.try_with(|_| ());
        if self.place.load(Ordering::Relaxed) == UNKNOWN {
            let place = NEXT.fetch_add(1, Ordering::Relaxed);
            // Whoever comes second keeps the place of the first.
            let _ = self.place.compare_exchange(UNKNOWN, place, Ordering::Relaxed, Ordering::Relaxed);
        }
        self.rest.fetch_add(1, Ordering::Relaxed);
        let _ = ELSEWHERE.try_with(|count| count.set(count.get() + 1));
    }

    pub(crate) fn count(&self) -> u64 {
        let place = self.place.load(Ordering::Relaxed);
        let book = book();
        let counts = book.pages.iter().filter_map(|page| page.0.get(place));
        counts.chain([&self.rest]).map(|count| count.load(Ordering::Relaxed)).sum()
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn nothing_is_lost_by_threads_that_count_at_once_or_have_ended() {
        const EACH: u64 = if cfg!(miri) { 20 } else { 1_000 };
        static TALLY: Tally = Tally::new();
        for _ in 0..5 {
            thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| (0..EACH).for_each(|_| TALLY.raise()));
                }
            });
        }
        assert_eq!(TALLY.count(), 40 * EACH);
    }

    #[test]
    fn a_tally_without_a_place_counts_like_any_other() {
        let tallies: Vec<_> = (0..PLACES + 3).map(|_| Tally::new()).collect();
        for (index, tally) in tallies.iter().enumerate() {
            (0..=index % 3).for_each(|_| tally.raise());
        }
        assert!(tallies.iter().enumerate().all(|(index, tally)| tally.count() == index as u64 % 3 + 1));
        assert!(tallies.last().unwrap().place.load(Ordering::Relaxed) >= PLACES);
    }

    #[test]
    fn pages_of_threads_that_have_ended_are_used_again() {
        static TALLY: Tally = Tally::new();
        (0..200).for_each(|_| thread::spawn(|| TALLY.raise()).join().unwrap());
        assert!(book().pages.len() < 150 && TALLY.count() == 200);
    }
}
