//! The engine, where a user meets it: through the handle, the attribute and the test support.

mod by_hand;
mod freshness;
mod hit;
mod invalidation;
mod one_load;
mod outside;
mod sites;
mod switches;
mod time_limits;
mod usual;

use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts how often a body ran.
#[derive(Default)]
struct Runs(AtomicUsize);

impl Runs {
    const fn new() -> Self {
        Self(AtomicUsize::new(0))
    }

    /// Notes one more run, and says which it is: 1 for the first.
    fn next(&self) -> usize {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}
