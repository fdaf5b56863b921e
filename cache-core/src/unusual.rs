//! Whether a call may be something unusual: a test runs with caches of its own, or somebody has asked for explanations.
//! While there is nobody of these, a hit looks at one number for all of them.

use std::sync::atomic::{AtomicUsize, Ordering};

static UNUSUAL: AtomicUsize = AtomicUsize::new(0);

/// Says that calls may be unusual, for as long as it lives.
#[derive(Debug)]
pub(crate) struct Unusual(());

impl Unusual {
    pub(crate) fn begin() -> Self {
        UNUSUAL.fetch_add(1, Ordering::Relaxed);
        Self(())
    }
}

impl Drop for Unusual {
    fn drop(&mut self) {
        UNUSUAL.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Returns whether any call may be unusual now.
#[inline]
pub(crate) fn is_anything_unusual() -> bool {
    UNUSUAL.load(Ordering::Relaxed) > 0
}
