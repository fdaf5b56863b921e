//! Entries outside whose last load has failed: nobody tries again for a moment.

use std::collections::HashMap;

use ahash::RandomState;

use crate::clock::Tick;
use crate::lock::{Mutex, lock};

/// A record outside is read anew each time, so that it cannot carry this itself.
#[derive(Debug, Default)]
pub(super) struct Quiet(Mutex<HashMap<Box<[u8]>, Tick, RandomState>>);

/// More names than these fail at once only when everything fails.
const MOST: usize = 4_096;

impl Quiet {
    /// Asks that nobody tries again before `until`.
    pub(super) fn hush(&self, name: &[u8], until: Tick, now: Tick) {
        let mut names = lock(&self.0);
        if names.len() >= MOST {
            names.retain(|_, until| *until > now);
        }
        if names.len() < MOST {
            names.insert(name.into(), until);
        }
    }

    /// Returns until when nobody is to try again.
    pub(super) fn until(&self, name: &[u8]) -> Option<Tick> {
        lock(&self.0).get(name).copied()
    }
}
