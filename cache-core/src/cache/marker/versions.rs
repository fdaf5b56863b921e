//! [`Versions`]: what markers say.

use std::collections::BTreeMap;

use super::ANY;
use crate::codec::wire::TagVersion;

/// What markers say, as far as they were asked: nothing, where there is none. Those who are asked for many at once may have
/// thousands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Versions {
    said: BTreeMap<u64, Option<u64>>,
    /// Whether some of that was said earlier, and is only remembered.
    pub(super) are_recalled: bool,
}

impl Versions {
    pub(super) fn know(&self, tag: u64) -> bool {
        self.said.contains_key(&tag)
    }

    pub(super) fn of(&self, tag: u64) -> Option<u64> {
        self.said.get(&tag).copied().flatten()
    }

    pub(super) fn say(&self, seen: TagVersion) -> bool {
        self.of(seen.tag) == Some(seen.version)
    }

    pub(super) fn forget(&mut self, tag: u64) {
        self.said.remove(&tag);
    }

    pub(super) fn note(&mut self, tag: u64, version: Option<u64>) {
        self.said.insert(tag, version);
    }

    /// Returns what was said of these tags, and of that which stands for all.
    pub(in crate::cache) fn of_these(&self, tags: &[u64]) -> Self {
        let said = tags.iter().chain([&ANY]).filter_map(|tag| Some((*tag, *self.said.get(tag)?))).collect();
        Self { said, are_recalled: self.are_recalled }
    }

    /// Returns the versions of those that there are.
    pub(in crate::cache) fn known(&self) -> Vec<TagVersion> {
        let known = self.said.iter().filter_map(|(tag, version)| version.map(|version| (*tag, version)));
        known.map(|(tag, version)| TagVersion { tag, version }).collect()
    }
}
