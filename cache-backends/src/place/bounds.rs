//! What every store may be told of its size, and whether it has listened.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cache_core::error::Error;

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

    /// Asks that nothing is said of those bounds that a store has none of; `why` is what bounds it.
    ///
    /// # Errors
    ///
    /// With the name of the first of them that was said.
    #[cfg_attr(
        not(any(
            feature = "sqlite",
            feature = "postgres",
            feature = "mysql",
            feature = "redis",
            feature = "memcached"
        )),
        expect(dead_code, reason = "the others have all bounds")
    )]
    pub(crate) fn lacks(&self, bounds: &[&'static str], why: &'static str) -> Result<(), Error> {
        let said = self.said();
        let is_wrong = |(number, name): &(usize, &&'static str)| said[*number] && bounds.contains(name);
        let Some((_, name)) = NAMES.iter().enumerate().find(is_wrong) else { return Ok(()) };
        let sentence = format!(
            "`{name}` does nothing here, since {why}: leave it away (a bound behind another address, \
             `memory://?{name}=…`, goes with that address)"
        );
        Err(WrongBounds::error(vec![name], why, sentence))
    }

    fn said(&self) -> [bool; NAMES.len()] {
        [self.max_entries.is_some(), self.max_bytes.is_some(), self.cull_frequency.is_some()]
    }

    fn take(&mut self, number: usize) {
        self.taken.0[number].store(true, Ordering::Relaxed);
    }

    /// Returns what tells, when a store has been made of it, what that did not take.
    #[doc(hidden)]
    #[must_use]
    pub fn untaken(&self) -> Untaken {
        Untaken { said: self.said(), taken: self.taken.clone() }
    }
}

impl Untaken {
    /// Returns the bounds that were said and not taken.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let is_left = |number: &usize| self.said[*number] && !self.taken.0[*number].load(Ordering::Relaxed);
        (0..NAMES.len()).filter(is_left).map(|number| NAMES[number])
    }
}

/// The source of an error about bounds that a store does not have: which they are, for those who know where they were written.
/// It is not for showing.
#[doc(hidden)]
#[derive(Debug)]
pub struct WrongBounds {
    names: Vec<&'static str>,
    why: Box<str>,
}

impl WrongBounds {
    /// Makes an error about these bounds, which shows this sentence; `why` ends another one.
    #[must_use]
    pub fn error(names: Vec<&'static str>, why: &str, sentence: String) -> Error {
        Error::configuration(sentence).with_source(Self { names, why: why.into() })
    }

    /// Returns the names of the bounds.
    #[must_use]
    pub fn names(&self) -> &[&'static str] {
        &self.names
    }

    /// Returns why they do nothing.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }
}

impl fmt::Display for WrongBounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bound of a store")
    }
}

impl std::error::Error for WrongBounds {}
