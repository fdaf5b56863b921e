//! Walking over what there is, a few slots at a time: whoever reads or writes meanwhile waits for no more than those.

use std::fmt;

use super::{Store, has_expired};
use crate::key::{Key, Scope};
use crate::lock::read_often;
use crate::record::Erased;

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

/// An entry as a walk comes across it.
#[derive(Clone, Debug)]
pub struct Met {
    /// Its key, under the mark of its pattern.
    pub key: Key,
    /// What it holds.
    pub record: Erased,
    /// What it weighs, where that is counted.
    pub bytes: u64,
}

impl Store {
    /// Returns what lives at the next few places and is of this scope, with a key that begins so; and where to go on, if this
    /// was not all.
    ///
    /// What is there from the first step to the last is met once.
    #[must_use]
    pub fn list(&self, scope: &Scope, start: &str, from: Place) -> (Vec<Met>, Option<Place>) {
        let (now, end) = (self.clock.now(), from.slot.saturating_add(STEP));
        let mut met = Vec::new();
        let Some(shard) = self.shards.get(from.shard) else { return (met, None) };
        let slots = read_often(&shard.0).list(scope, start.as_bytes(), from.slot..end, now, &mut met);
        // Outside of the lock: an old record may be dropped by this.
        met.retain(|met| !has_expired(&met.record, now));
        let next = match end {
            slot if slot < slots => Place { slot, ..from },
            _ => Place { shard: from.shard + 1, slot: 0 },
        };
        (met, (next.shard < self.shards.len()).then_some(next))
    }
}
