//! [`Seen`]: what callers saw of a fault, which is a row of the table in `src/docs/outages.md`.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use larder::Stats;
use larder::testing::Larder;

use super::told;

/// What all callers saw, from the first call to the last one after the fault.
#[derive(Default)]
pub struct Seen {
    calls: AtomicUsize,
    longest: AtomicU64,
    /// How often the function ran after the fault, until all came from the store again.
    anew: Mutex<Option<usize>>,
}

impl Seen {
    /// Has a call made, and takes note of how long it took.
    pub fn note<T>(&self, call: impl FnOnce() -> T) -> T {
        let begun = Instant::now();
        let done = call();
        self.longest.fetch_max(u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX), Ordering::SeqCst);
        self.calls.fetch_add(1, Ordering::SeqCst);
        done
    }

    /// Returns the longest that any of them has waited.
    pub fn longest(&self) -> Duration {
        Duration::from_micros(self.longest.load(Ordering::SeqCst))
    }

    /// Takes note that after the fault the function ran so often.
    pub fn ran_anew(&self, runs: usize) {
        *self.anew().get_or_insert(0) += runs;
    }

    /// Tells the row: the fault, what callers saw, what the cache under load has counted, and what came afterwards.
    pub fn row(&self, store: &str, fault: &str, larder: &Larder) {
        let (calls, longest) = (self.calls.load(Ordering::SeqCst), self.longest().as_millis());
        let anew = self.anew().map_or("–".to_owned(), |runs| runs.to_string());
        let Stats { hits, misses, shared, trouble, .. } = larder.cache("default").stats();
        // Whoever calls it has waited for all callers: an error of one would have ended the test.
        told(&format!(
            "| {store} | {fault} | {calls} | 0 | {longest} ms | {hits} | {misses} | {shared} | {trouble} | {anew} |"
        ));
    }

    fn anew(&self) -> MutexGuard<'_, Option<usize>> {
        self.anew.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
