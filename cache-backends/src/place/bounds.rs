//! What every store may be told of its size, and whether it has listened.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Location, Options, Place};

const NAMES: [&str; 3] = ["max_entries", "max_bytes", "cull_frequency"];

/// Which bounds somebody has taken; clones of a place note it together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Taken(Arc<[AtomicBool; NAMES.len()]>);

/// The bounds that were said of a place, to see what is left of them when its store is made.
#[doc(hidden)]
#[derive(Debug)]
pub struct Untaken {
    said: [bool; NAMES.len()],
    taken: Taken,
}

/// What is said of how much the store holds. Of a bound that was said and that the store does not take, the configuration says
/// that this store has none.
impl Place {
    /// Makes one of its addresses, and what else was said to the store.
    #[doc(hidden)]
    #[must_use]
    pub fn at(locations: Vec<Location>, options: Options) -> Self {
        Self { locations, options, ..Self::default() }
    }

    /// Says how much it is to hold.
    #[doc(hidden)]
    #[must_use]
    pub fn bounded(self, max_entries: Option<u64>, max_bytes: Option<u64>, cull_frequency: Option<u32>) -> Self {
        Self { max_entries, max_bytes, cull_frequency, ..self }
    }

    /// Takes how many entries it is to hold at most.
    pub fn max_entries(&mut self) -> Option<u64> {
        self.take(0);
        self.max_entries
    }

    /// Takes how many bytes it is to hold at most.
    pub fn max_bytes(&mut self) -> Option<u64> {
        self.take(1);
        self.max_bytes
    }

    /// Takes which part of it goes at once when it is full: one entry in so many.
    pub fn cull_frequency(&mut self) -> Option<u32> {
        self.take(2);
        self.cull_frequency
    }

    fn take(&mut self, number: usize) {
        self.taken.0[number].store(true, Ordering::Relaxed);
    }

    /// Returns what tells, when a store has been made of it, what that did not take.
    #[doc(hidden)]
    #[must_use]
    pub fn untaken(&self) -> Untaken {
        let said = [self.max_entries.is_some(), self.max_bytes.is_some(), self.cull_frequency.is_some()];
        Untaken { said, taken: self.taken.clone() }
    }
}

impl Untaken {
    /// Returns the bounds that were said and not taken.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let is_left = |number: &usize| self.said[*number] && !self.taken.0[*number].load(Ordering::Relaxed);
        (0..NAMES.len()).filter(is_left).map(|number| NAMES[number])
    }
}
