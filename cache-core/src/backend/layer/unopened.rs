//! Entries of a store that its layers do not open: a wrong key is told to whoever runs the program.

use std::sync::atomic::{AtomicU64, Ordering};

/// How many entries of the store of one cache its layers did not open.
#[derive(Debug, Default)]
pub(crate) struct Unopened {
    /// Empty where the layers were put around a store by hand.
    cache: Box<str>,
    met: AtomicU64,
}

impl Unopened {
    pub(crate) fn of_cache(name: &str) -> Self {
        Self { cache: name.into(), met: AtomicU64::new(0) }
    }

    /// Counts one, and warns of the first: the others would say the same, as often as the cache is asked.
    pub(super) fn note(&self) {
        if self.met.fetch_add(1, Ordering::Relaxed) == 0 && !self.cache.is_empty() {
            log::warn!(
                target: "larder",
                "cache `{}`: an entry of its store does not open, and is as if it were not there: it was written with \
                 another key, or without one, or changed since; this is said once, and `Stats::unopened` counts them",
                self.cache
            );
        }
    }

    pub(crate) fn count(&self) -> u64 {
        self.met.load(Ordering::Relaxed)
    }
}
