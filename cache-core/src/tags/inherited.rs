//! [`Inherited`]: the tags of all that a body has read, which what it makes of that has too.
//!
//! In this process such a tag is one like others: what was read was not withdrawn when it was, and that was after the
//! body began. So all invalidations of it that what was read does not know of yet are later than that, and cut what was
//! made.
//!
//! In a store outside an entry carries the version that a tag had. Where what was read came from the same store, it
//! says that itself; and what is made of it is good for as long as it would have been.

use std::collections::{HashMap, HashSet};

use ahash::RandomState;

use super::{Bonds, Tag};
use crate::codec::wire::TagVersion;
use crate::key::TagName;

/// How many tags something may inherit. What is made of more is not kept: it could go with none of them.
pub const MOST: usize = 1000;

/// The version that a tag had in a store outside when something was read that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What tells that store from others.
    pub store: u64,
    /// The fingerprint of the tag.
    pub tag: u64,
    /// The version; `None` where nobody can tell, or where it was not the same for all that was read.
    pub version: Option<u64>,
}

/// The tags of all that a body has read.
#[derive(Clone, Debug, Default)]
pub struct Inherited {
    tags: HashSet<Tag, RandomState>,
    /// What version they had, by the store and the tag.
    versions: HashMap<(u64, u64), Option<u64>, RandomState>,
    are_too_many: bool,
}

impl Inherited {
    /// Takes over the tags of something that was read.
    pub fn take(&mut self, bonds: &Bonds) {
        if self.are_too_many {
            return;
        }
        for tag in bonds.tags() {
            if !self.tags.contains(tag) {
                self.tags.insert(tag.clone());
            }
        }
        bonds.seen().iter().for_each(|seen| self.see((seen.store, seen.tag), seen.version));
        self.are_too_many = bonds.are_too_many();
        self.give_up_beyond_most();
    }

    /// Notes what version a tag had: nobody can tell, where it had two.
    fn see(&mut self, of: (u64, u64), version: Option<u64>) {
        let known = self.versions.entry(of).or_insert(version);
        *known = known.filter(|known| Some(*known) == version);
    }

    /// Takes over all that was read elsewhere.
    pub fn take_all(&mut self, other: &Self) {
        if self.are_too_many {
            return;
        }
        self.tags.extend(other.tags.iter().cloned());
        other.versions.iter().for_each(|(of, version)| self.see(*of, *version));
        self.are_too_many = other.are_too_many;
        self.give_up_beyond_most();
    }

    /// Takes over a tag of something that was read and is kept nowhere.
    pub fn take_name(&mut self, name: &str) {
        if self.are_too_many {
            return;
        }
        if !self.tags.contains(name) {
            // Nobody asks this one whether it was invalidated: what is made here has the tag of its own cache.
            self.tags.insert(Tag::unbound(name));
        }
        self.give_up_beyond_most();
    }

    /// Says that there are more than can be told apart, where that is so.
    fn give_up_beyond_most(&mut self) {
        if self.are_too_many || self.tags.len() > MOST {
            *self = Self { are_too_many: true, ..Self::default() };
        }
    }

    /// Returns whether that is so.
    #[must_use]
    pub fn are_too_many(&self) -> bool {
        self.are_too_many
    }

    /// Returns their names, in order.
    #[must_use]
    pub fn names(&self) -> Vec<TagName> {
        let mut names: Vec<_> = self.tags.iter().map(|tag| TagName::written(tag.name())).collect();
        names.sort();
        names
    }

    /// Returns what versions they had.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        let seen = |((store, tag), version): (&(u64, u64), &Option<u64>)| {
            let (store, tag, version) = (*store, *tag, *version);
            Seen { store, tag, version }
        };
        self.versions.iter().map(seen).collect()
    }
}

/// Returns the versions that tags had in a store outside: those that were looked at before something was read, and
/// those that what was read had. `None` where nobody can tell one, or a tag had two: it was invalidated in between.
#[must_use]
pub fn versions_in(store: u64, looked_at: &[TagVersion], seen: &[Seen]) -> Option<Vec<TagVersion>> {
    let mut versions = looked_at.to_vec();
    for Seen { tag, version, .. } in seen.iter().filter(|seen| seen.store == store) {
        let seen = TagVersion { tag: *tag, version: (*version)? };
        match versions.iter().find(|known| known.tag == seen.tag) {
            None => versions.push(seen),
            Some(known) if *known == seen => {}
            Some(_) => return None,
        }
    }
    Some(versions)
}

#[cfg(test)]
mod tests {
    use super::super::Tags;
    use super::*;

    fn bonds(tags: &Tags, name: &str, version: Option<u64>) -> Bonds {
        let seen = Seen { store: 1, tag: 2, version };
        Bonds::new(tags.now(), [tags.tag(name)]).expect("a tag").with_seen(vec![seen])
    }

    #[test]
    fn what_was_inherited_is_one_tag_once_and_too_many_are_told() {
        let (tags, mut inherited) = (Tags::default(), Inherited::default());
        for number in 0..2 * MOST {
            inherited.take(&bonds(&tags, &format!("tag:{}", number % MOST), Some(3)));
        }
        assert!(!inherited.are_too_many());
        assert_eq!((inherited.names().len(), inherited.seen().len()), (MOST, 1));
        inherited.take(&bonds(&tags, "one more", Some(3)));
        assert!(inherited.are_too_many() && inherited.names().is_empty());
    }

    #[test]
    fn a_tag_of_two_versions_or_of_one_that_nobody_knows_has_none() {
        let tags = Tags::default();
        for (versions, expected) in [
            (&[Some(3), Some(3)][..], Some(3)),
            (&[Some(3), Some(4), Some(3)], None),
            (&[Some(3), None], None),
            (&[None, Some(3)], None),
        ] {
            let mut inherited = Inherited::default();
            for version in versions {
                inherited.take(&bonds(&tags, "tag", *version));
            }
            assert_eq!(inherited.seen()[0].version, expected, "{versions:?}");
        }
    }

    #[test]
    fn a_version_that_was_looked_at_before_and_another_one_that_was_read_are_none() {
        let version = |tag, version| TagVersion { tag, version };
        let seen = |store, version| [Seen { store, tag: 2, version }];
        assert_eq!(versions_in(1, &[], &seen(1, Some(3))), Some(vec![version(2, 3)]));
        assert_eq!(versions_in(1, &[version(2, 3)], &seen(1, Some(3))), Some(vec![version(2, 3)]));
        assert_eq!(versions_in(1, &[version(2, 4)], &seen(1, Some(3))), None);
        assert_eq!(versions_in(1, &[version(2, 3)], &seen(1, None)), None);
        assert_eq!(versions_in(1, &[version(2, 3)], &seen(9, Some(4))), Some(vec![version(2, 3)]), "another store");
    }
}
