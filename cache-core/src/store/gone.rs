//! What a change of the store leaves behind: values to be dropped outside of all locks.

use std::any::Any;

use crate::clock::Tick;
use crate::record::Erased;

/// What was taken out of a slot.
#[derive(Debug)]
pub(super) enum Gone {
    #[expect(dead_code, reason = "it is there to be dropped")]
    Record(Option<Erased>),
    #[expect(dead_code, reason = "it is there to be dropped")]
    Value(Option<Box<dyn Any + Send + Sync>>),
}

/// A record that was taken out. To be dropped outside of all locks.
#[derive(Debug)]
#[must_use = "the value is dropped with this, and must be dropped outside of all locks"]
pub struct Taken {
    pub(super) fresh_until: Tick,
    pub(super) has_expired: bool,
    pub(super) bytes: u64,
    pub(super) _gone: Gone,
}

impl Taken {
    /// Returns whether it could have been served.
    #[must_use]
    pub fn was_fresh(&self, now: Tick) -> bool {
        now < self.fresh_until && !self.has_expired
    }
}

/// What became of a record that was to be kept, and what had to go for it.
///
/// To be dropped outside of all locks.
#[derive(Debug)]
#[must_use = "what had to go is dropped with this, and must be dropped outside of all locks"]
pub struct Inserted {
    /// Whether the record alone is over the limit. Then nothing is under its name any more.
    pub refused: bool,
    pub(super) _gone: Vec<Taken>,
    pub(super) _refused: Option<Erased>,
}

/// Records that were taken out together. To be dropped outside of all locks.
#[derive(Debug)]
#[must_use = "values are dropped with this, and must be dropped outside of all locks"]
pub struct Removed(pub(super) Vec<Taken>);

impl Removed {
    /// Returns how many there were.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there were none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
