//! Markers: what stands for a tag in a store outside, beside the entries that have it.
//!
//! A marker holds a version that was drawn by chance. An entry carries the versions that its tags had before its value
//! was read, and is good for as long as their markers say the same: whoever draws another version withdraws all of
//! them, in one step, for all processes that share the store. A marker that the store has lost is drawn anew, and never
//! gets a version that it had before: what carries one is gone, and stays so.
//!
//! A tag that a body tells of its result was looked at by nobody before the body ran. It may have been invalidated
//! meanwhile, and so its entry is kept only where it can be shown to have stood still: somebody of this process had seen
//! the version before, or that of the marker that stands for all of them, which changes before any other does.

mod binding;
mod sought;
mod versions;

use std::collections::HashSet;
use std::time::SystemTime;

use ahash::RandomState;
pub(super) use binding::few;
pub(super) use sought::Sought;
pub(crate) use versions::Versions;

use super::home::Outside;
use crate::codec::wire::MAGIC;
use crate::error::Error;
use crate::key::{Name, RAW, Scope};
use crate::lock::{Mutex, lock};
use crate::tags::Sightings;

/// The markers in one store, for the caches of one prefix.
#[derive(Debug)]
pub(crate) struct Markers {
    scope: Scope,
    sightings: Sightings,
    /// The patterns of bodies that tell tags of their results.
    tellers: Mutex<HashSet<u64, RandomState>>,
}

/// Stands for all tags.
pub(super) const ANY: u64 = 0;

/// What every marker begins with. No record is of this format.
const SIGN: [u8; 2] = [MAGIC, b'T'];

/// How many patterns of tellers are remembered; there are as many as there are places in the program.
const MOST_TELLERS: usize = 1024;

/// How many tags an entry may have: for each there is a marker to be looked at.
pub(super) const MOST_TAGS: usize = 1024;

impl Markers {
    /// Returns the markers for the caches of a prefix.
    ///
    /// # Errors
    ///
    /// When the prefix is too long.
    pub(crate) fn new(prefix: &str) -> Result<Self, Error> {
        let scope = Scope::reserved(prefix)?;
        Ok(Self { scope, sightings: Sightings::default(), tellers: Mutex::default() })
    }

    /// Returns what the names of all caches of this prefix begin with, and those of markers.
    pub(crate) fn start(&self) -> String {
        let start = self.scope.text().unwrap_or_default();
        start.strip_suffix("%=:").unwrap_or_default().to_owned()
    }

    /// Returns the tag that the marker of this name stands for, if it is one.
    pub(super) fn tag_of(&self, name: &[u8]) -> Option<u64> {
        let key = name.strip_prefix(self.scope.text()?.as_bytes())?.strip_prefix(b"tag:")?;
        std::str::from_utf8(key).ok()?.parse().ok()
    }

    /// Returns the name of the lock of an entry, which is that of no entry and no marker.
    pub(super) fn lock_of(&self, entry: &Name) -> Name {
        self.scope.write(RAW, |key| {
            key.literal("lock:").part(entry.as_str());
        })
    }

    /// Returns the name of what all processes agree on under a word.
    pub(super) fn word(&self, word: &str) -> Name {
        self.scope.write(RAW, |key| {
            key.literal("agreed:").part(word);
        })
    }

    fn name(&self, tag: u64) -> Name {
        self.scope.write(RAW, |key| {
            key.literal("tag:").part(&tag);
        })
    }

    /// Returns whether these are markers for the caches of the same prefix.
    pub(crate) fn are_those_of(&self, other: &Self) -> bool {
        self.scope == other.scope
    }

    /// Remembers that bodies of this pattern tell tags.
    fn note_teller(&self, pattern: u64) {
        let mut tellers = lock(&self.tellers);
        if tellers.len() < MOST_TELLERS {
            tellers.insert(pattern);
        }
    }

    /// Returns whether a body of this pattern is one to tell tags: it has told some before, or `may` be one, and nobody has
    /// looked here yet at what stands for all of them.
    pub(super) fn expects_more(&self, pattern: u64, may: bool) -> bool {
        (may && !self.sightings.knows_of(ANY)) || lock(&self.tellers).contains(&pattern)
    }
}

impl Outside {
    fn markers_of(&self, tags: &[u64]) -> impl Iterator<Item = Name> {
        tags.iter().map(|tag| self.markers.name(*tag))
    }
}

/// Draws a version, which nobody has drawn before.
pub(super) fn drawn(tag: u64) -> u64 {
    // Whoever was copied while it ran draws the same by chance, and is another process, or does it later.
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    RandomState::new().hash_one((tag, std::process::id(), now))
}

fn bytes_of(version: u64) -> Vec<u8> {
    [&SIGN[..], &version.to_le_bytes()].concat()
}

fn version_in(marker: &[u8]) -> Option<u64> {
    marker.strip_prefix(&SIGN)?.try_into().map(u64::from_le_bytes).ok()
}

#[cfg(test)]
pub(super) fn is_marker(bytes: &[u8]) -> bool {
    version_in(bytes).is_some()
}

#[cfg(test)]
mod tests {
    use super::sought::tags_in;
    use super::*;
    use crate::codec::wire::{Wire, number_from_bytes};

    #[test]
    fn a_marker_is_neither_a_record_nor_a_number_and_nothing_else_is_one() {
        let bytes = bytes_of(u64::MAX);
        assert_eq!((Wire::read(&bytes), number_from_bytes(&bytes), tags_in(&bytes)), (None, None, Some(Vec::new())));
        assert_eq!(version_in(&bytes), Some(u64::MAX));
        for other in [&bytes[..9], &[&bytes[..], b"x"].concat(), b"", b"7", &[0; 10]] {
            assert_eq!(version_in(other), None, "{other:?}");
        }
    }

    #[test]
    fn no_two_versions_are_the_same() {
        let drawn: HashSet<_> = (0..1000).map(|_| drawn(7)).collect();
        assert_eq!(drawn.len(), 1000);
    }
}
