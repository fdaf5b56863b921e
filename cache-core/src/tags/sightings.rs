//! What versions the tags of a store outside were seen to have, and how early.
//!
//! A version is drawn once and never again. So one that was seen before something was read, and is seen once more
//! afterwards, stood still in between, whatever the clocks of those who share the store say.

use std::collections::HashMap;

use ahash::RandomState;

use super::{Moment, Tags};
use crate::codec::wire::TagVersion;
use crate::lock::{Mutex, lock};

/// The versions that were seen in one store outside.
#[derive(Debug, Default)]
pub struct Sightings(Mutex<HashMap<u64, Sighting, RandomState>>);

#[derive(Clone, Copy, Debug)]
struct Sighting {
    version: u64,
    /// Which sighting of all it was: the first one of this version.
    number: u64,
}

/// How many tags are remembered. One more, and the half is forgotten that was seen first: what cannot be shown to have
/// stood still is not kept.
const MOST: usize = 8192;

impl Sightings {
    /// Remembers that this tag has this version now.
    pub fn note(&self, tags: &Tags, seen: TagVersion) {
        let mut known = lock(&self.0);
        if known.get(&seen.tag).is_some_and(|earlier| earlier.version == seen.version) {
            return;
        }
        if known.len() >= MOST {
            forget_the_earlier_half(&mut known);
        }
        known.insert(seen.tag, Sighting { version: seen.version, number: tags.sight() });
    }

    /// Returns whether the tag had this version already at this moment.
    #[must_use]
    pub fn knew(&self, seen: TagVersion, moment: Moment) -> bool {
        let known = lock(&self.0);
        let earlier = known.get(&seen.tag).filter(|earlier| earlier.version == seen.version);
        earlier.is_some_and(|earlier| earlier.number <= moment.sightings)
    }

    /// Returns whether it knows of any version of this tag.
    #[must_use]
    pub fn knows_of(&self, tag: u64) -> bool {
        lock(&self.0).contains_key(&tag)
    }
}

fn forget_the_earlier_half(known: &mut HashMap<u64, Sighting, RandomState>) {
    let mut numbers: Vec<_> = known.values().map(|sighting| sighting.number).collect();
    let middle = numbers.len() / 2;
    let (_, last, _) = numbers.select_nth_unstable(middle);
    let last = *last;
    known.retain(|_, sighting| sighting.number > last);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(tag: u64, version: u64) -> TagVersion {
        TagVersion { tag, version }
    }

    #[test]
    fn a_version_that_was_seen_before_and_is_seen_after_has_stood_still() {
        let (tags, sightings) = (Tags::default(), Sightings::default());
        let unseen = tags.now();
        sightings.note(&tags, seen(1, 10));
        let before = tags.now();
        sightings.note(&tags, seen(1, 10));
        assert!(sightings.knew(seen(1, 10), before), "also where it was seen again since");
        assert!(!sightings.knew(seen(1, 10), unseen), "nobody knows how long it has had that version");
        assert!(!sightings.knew(seen(1, 11), before) && !sightings.knew(seen(2, 10), before));
        sightings.note(&tags, seen(1, 11));
        assert!(!sightings.knew(seen(1, 10), before) && !sightings.knew(seen(1, 11), before));
        assert!(sightings.knew(seen(1, 11), tags.now()));
    }

    #[test]
    fn of_too_many_tags_the_earlier_half_is_unknown_again() {
        let (tags, sightings) = (Tags::default(), Sightings::default());
        (0..=MOST as u64).for_each(|tag| sightings.note(&tags, seen(tag, tag)));
        let now = tags.now();
        assert!(!sightings.knew(seen(0, 0), now) && !sightings.knows_of(0));
        assert!(sightings.knew(seen(MOST as u64, MOST as u64), now));
        assert!(lock(&sightings.0).len() <= MOST);
    }
}
