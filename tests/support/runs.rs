//! How often a body ran.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts how often a body ran. Cached functions take it as an argument that they ignore.
#[derive(Default)]
pub struct Runs(AtomicUsize);

impl Runs {
    #[allow(dead_code, reason = "not every program has one that is static")]
    pub const fn new() -> Self {
        Self(AtomicUsize::new(0))
    }

    /// Notes one more run, and says which it is: 1 for the first.
    pub fn next(&self) -> usize {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }

    pub fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}
