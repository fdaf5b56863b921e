//! Entries outside whose last load has failed: nobody tries again for a moment.

use std::collections::HashMap;

use ahash::RandomState;

use crate::clock::Tick;
use crate::lock::atomic::{AtomicBool, Ordering};
use crate::lock::{Mutex, lock};

/// A record outside is read anew each time, so that it cannot carry this itself.
#[derive(Debug, Default)]
pub(super) struct Quiet {
    names: Mutex<HashMap<Box<[u8]>, Tick, RandomState>>,
    /// Whether there ever was one: as a rule none, and then whoever reads needs no lock.
    is_used: AtomicBool,
}

/// More names than these fail at once only when everything fails.
const MOST: usize = 4_096;

impl Quiet {
    /// Asks that nobody tries again before `until`.
    pub(super) fn hush(&self, name: &[u8], until: Tick, now: Tick) {
        self.is_used.store(true, Ordering::Release);
        let mut names = lock(&self.names);
        if names.len() >= MOST {
            names.retain(|_, until| *until > now);
        }
        if names.len() < MOST {
            names.insert(name.into(), until);
        }
    }

    /// Returns until when nobody is to try again.
    pub(super) fn until(&self, name: &[u8]) -> Option<Tick> {
        if self.is_used.load(Ordering::Acquire) { lock(&self.names).get(name).copied() } else { None }
    }
}
