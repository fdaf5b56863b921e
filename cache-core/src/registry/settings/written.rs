//! Settings that are said in several places: in code, in a file, in the environment.

use std::time::Duration;

use super::{Choice, Settings};
use crate::cache::USUAL_ENTRIES;
use crate::policy::Ttl;

/// What the configuration of the facade needs to put together what is said of one cache in several places.
#[doc(hidden)]
impl Settings {
    /// Makes the cache live where another one would, with the bounds of that. Where that is in the process, there is nothing
    /// to put layers around.
    #[must_use]
    pub fn moved_to(self, other: Self) -> Self {
        let (near, near_entries, near_bytes, layers) = if other.is_outside() {
            (self.near, self.near_entries, self.near_bytes, self.layers)
        } else {
            (other.near, other.near_entries, other.near_bytes, other.layers)
        };
        let (max_entries, max_bytes) = (other.max_entries, other.max_bytes);
        Self { place: other.place, max_entries, max_bytes, near, near_entries, near_bytes, layers, ..self }
    }

    /// Returns whether it lives outside the process.
    #[must_use]
    pub fn is_outside(&self) -> bool {
        matches!(self.place, Choice::Outside(_))
    }

    /// Returns how many entries and how many bytes it is to hold at most, where that was said.
    #[must_use]
    pub fn bounds(&self) -> (Option<u64>, Option<u64>) {
        (self.max_entries, self.max_bytes)
    }

    /// Returns whether it lives in the memory of this process.
    #[must_use]
    pub fn is_in_memory(&self) -> bool {
        matches!(self.place, Choice::Memory | Choice::Named(_))
    }

    /// Returns what people call the layers around its store, that next to the store first.
    #[must_use]
    pub fn layers_said(&self) -> Vec<String> {
        self.layers.said().map(str::to_owned).collect()
    }

    /// Returns whether it is to keep values of a store outside near.
    #[must_use]
    pub fn is_near(&self) -> bool {
        self.near.is_some()
    }

    /// Returns for how long it is to keep values of a store outside near, and how many entries and bytes of them at most.
    #[must_use]
    pub fn near_said(&self) -> Option<(Duration, u64, Option<u64>)> {
        self.near.map(|time| (time, self.near_entries.unwrap_or(USUAL_ENTRIES), self.near_bytes))
    }

    /// Returns what kind of store it has, in a word.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.place {
            Choice::Memory | Choice::Named(_) => "memory",
            Choice::Null => "null",
            Choice::Outside(_) => "outside",
        }
    }

    /// Keeps values for this long where the site does not say so.
    #[must_use]
    pub fn ttl_of(mut self, ttl: Ttl) -> Self {
        self.ttl = ttl;
        self
    }

    /// Returns how long values are kept where the site does not say so.
    #[must_use]
    pub fn usual_ttl(&self) -> Ttl {
        self.ttl
    }

    /// Returns its prefix.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.key_prefix
    }

    /// Returns its version, where one was said.
    #[must_use]
    pub fn said_version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Switches the cache off, or on again.
    #[must_use]
    pub fn switched(mut self, off: bool) -> Self {
        self.off = off;
        self
    }

    /// Returns whether it is switched off.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.off
    }
}
