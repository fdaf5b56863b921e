//! Walking over what there is, a few slots at a time: whoever reads or writes meanwhile waits for no more than those.

use std::fmt;

use super::Store;
use crate::key::{Key, Scope};
use crate::lock::read_often;

/// So many slots are looked at in one step.
const STEP: usize = 256;

/// Where a walk goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    shard: usize,
    slot: usize,
}

impl Place {
    /// Reads what it has been written as.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (shard, slot) = text.split_once('.')?;
        Some(Self { shard: shard.parse().ok()?, slot: slot.parse().ok()? })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.shard, self.slot)
    }
}

impl Store {
    /// Returns the keys that begin so of what lives at the next few places and is of this scope, each under the mark of
    /// its pattern; and where to go on, if this was not all.
    ///
    /// What is there from the first step to the last is met once.
    #[must_use]
    pub fn list(&self, scope: &Scope, start: &str, from: Place) -> (Vec<Key>, Option<Place>) {
        let (now, end) = (self.clock.now(), from.slot.saturating_add(STEP));
        let mut keys = Vec::new();
        let Some(shard) = self.shards.get(from.shard) else { return (keys, None) };
        let slots = read_often(&shard.0).list(scope, start.as_bytes(), from.slot..end, now, &mut keys);
        let next = match end {
            slot if slot < slots => Place { slot, ..from },
            _ => Place { shard: from.shard + 1, slot: 0 },
        };
        (keys, (next.shard < self.shards.len()).then_some(next))
    }
}
