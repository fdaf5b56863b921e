//! What was found, as it is told.

use std::any::TypeId;
use std::time::Duration;

use super::Teller;
use crate::cache::Cache;
use crate::cache::home::{Backing, Outside};
use crate::cache::marker::{Sought, Versions};
use crate::cache::parcel::Found as Bytes;
use crate::cache::read::remaining;
use crate::cache::rules::Rules;
use crate::clock::Tick;
use crate::error::Error;
use crate::explain::{Found, Level, Miss, TagName};
use crate::key::{Key, Name};
use crate::policy::{self, Freshness, Options, Ttl};
use crate::record::{Erased, Times};
use crate::store::Store;
use crate::tags::{Bonds, Tag};

impl Cache {
    /// Says what a store in this process holds under a name, for one who asks with these options.
    #[cold]
    pub(in crate::cache) fn examine(
        &self,
        (store, level): (&Store, Level),
        name: &Name,
        options: &Options,
        unreadable: impl FnOnce(&Erased) -> Option<Miss>,
    ) -> Found {
        let Some((record, knows_age)) = store.examine(name) else { return Found::Miss(Miss::Absent) };
        let now = self.home().clock.now();
        if record.mark() != name.mark() {
            let has_expired = record.times().kept_until <= now || record.is_withdrawn();
            return Found::Miss(if has_expired { Miss::Absent } else { Miss::OtherPattern });
        }
        if let Some(tags) = record.bonds().and_then(|bonds| self.cut(bonds)) {
            return Found::Miss(Miss::Invalidated { tags });
        }
        if let Some(miss) = unreadable(&record) {
            return Found::Miss(miss);
        }
        // What is near was made when it was read, as far as it knows.
        found((record.times(), record.lead(), options), now, level, knows_age && level == Level::Memory)
    }

    /// Returns the names of those tags that were invalidated; `None` where none was.
    pub(super) fn cut(&self, bonds: &Bonds) -> Option<Vec<TagName>> {
        let names: Vec<_> = bonds.cut().map(|tag| self.name_of_tag(tag)).collect();
        (!names.is_empty()).then_some(names)
    }

    pub(super) fn name_of_tag(&self, tag: &Tag) -> TagName {
        self.told_name_of(tag.name())
    }

    /// Returns the names of tags that stores outside know by these fingerprints.
    pub(in crate::cache) fn names_of(&self, fingerprints: &[u64]) -> Vec<TagName> {
        fingerprints.iter().map(|tag| TagName::of(&self.home().tags.name_of(*tag))).collect()
    }
}

/// Says what something with these times is worth to those who ask with these options.
pub(in crate::cache) fn found(
    (times, lead, options): (Times, Duration, &Options),
    now: Tick,
    level: Level,
    knows_age: bool,
) -> Found {
    let age = knows_age.then(|| now.since(times.created));
    let left = Some(remaining(times, now));
    let past = now.since(times.fresh_until);
    match policy::freshness_by_chance(times, lead, options, now) {
        Freshness::Fresh => Found::Fresh { level, age, left },
        Freshness::Ahead if policy::freshness(times, options, now) == Freshness::Fresh => {
            Found::Early { level, age, left }
        }
        Freshness::Ahead => Found::Ahead { level, age, left },
        Freshness::Stale => Found::Stale { level, past },
        Freshness::Spare => Found::Spare { level, past },
        Freshness::Gone => Found::Miss(Miss::Expired { ago: past }),
    }
}

/// What a store outside holds.
impl Cache {
    /// Says why there is nothing of use under a key, for those who have looked.
    #[doc(hidden)]
    pub async fn why_not(&self, key: &Key) -> Miss {
        let name = self.name_of(key);
        // A store outside knows a tag by its number: those of the key are told by their names.
        let _known = self.tags_of(key);
        let found = match &self.home().backing {
            Backing::Null => return Miss::Null,
            Backing::Memory(store) => self.examine((store, Level::Memory), &name, &Options::DEFAULT, |_| None),
            Backing::Outside(outside) => {
                let unopened = Some(outside.unopened());
                let (tags, mut versions) = (self.fingerprints_of(key), Versions::default());
                match self.home().seek(outside, &name, &tags, &mut versions).await {
                    Ok(sought) => self.sought(outside, &sought, unopened),
                    Err(error) => away(&error),
                }
            }
        };
        match found {
            Found::Miss(miss) => miss,
            _ => Miss::Absent,
        }
    }

    /// Says what somebody would find under a key who asked for it now with these options, and is none who asks: it counts
    /// as nothing.
    #[doc(hidden)]
    pub async fn would_find(&self, key: &Key, options: &Options) -> Found {
        let name = self.name_of(key);
        let outside = match &self.home().backing {
            Backing::Null => return Found::Miss(Miss::Null),
            Backing::Memory(store) => return self.examine((store, Level::Memory), &name, options, |_| None),
            Backing::Outside(outside) => outside,
        };
        let unopened = Some(outside.unopened());
        let (tags, mut versions) = (self.fingerprints_of(key), Versions::default());
        let sought = match self.home().seek(outside, &name, &tags, &mut versions).await {
            Ok(sought) => sought,
            Err(error) => return away(&error),
        };
        match sought.found() {
            None => self.sought(outside, &sought, unopened),
            Some(Bytes::Record(wire)) if wire.header.mark != name.mark() => Found::Miss(Miss::OtherPattern),
            Some(Bytes::Foreign) => Found::Miss(Miss::Unreadable),
            // Where only its store knows when it ends, it is there still.
            Some(found) => match found.times(&self.home().clock) {
                Some(times) => self.there(&name, &found, times, options),
                None => Found::Fresh { level: Level::Store, age: None, left: None },
            },
        }
    }

    /// Tells of what is near under a name, if anything fresh is.
    pub(in crate::cache) fn tell_near(&self, note: Teller<'_>, name: &Name, options: &Options, of: TypeId) {
        let Some((note, store)) = note.zip(self.home().near.as_ref().and_then(|near| near.at_hand())) else { return };
        let found = self.examine((store, Level::Near), name, options, |record| why_other(record, of));
        if found.is_hit() {
            note.found(found);
        }
    }

    /// Says what a store said; how many entries it had not opened before tells whether this was one of them.
    pub(in crate::cache) fn sought(&self, outside: &Outside, sought: &Sought, unopened: Option<u64>) -> Found {
        Found::Miss(match sought {
            Sought::There(_) => return Found::Unknown,
            Sought::Nothing if unopened.is_some_and(|before| outside.unopened() > before) => Miss::Unreadable,
            Sought::Nothing => Miss::Absent,
            Sought::Doubtful => Miss::Doubtful,
            Sought::Foreign(bytes) if usize::try_from(*bytes).is_ok_and(|bytes| outside.takes(bytes)) => {
                Miss::Unreadable
            }
            Sought::Foreign(bytes) => Miss::TooLarge { bytes: *bytes },
            Sought::Withdrawn(tags) => Miss::Invalidated { tags: self.names_of(tags) },
        })
    }

    /// Says what a value is worth that was read in a store, with the times that a record of it has.
    pub(in crate::cache) fn there(&self, name: &Name, bytes: &Bytes<'_>, times: Times, options: &Options) -> Found {
        let (clock, now) = (&self.home().clock, self.home().clock.now());
        if bytes.times(clock).is_some() {
            let lead = self.home().lead_of_found(name, bytes, options);
            return found((times, lead, options), now, Level::Store, true);
        }
        // Only the store knows when it ends.
        let planned = bytes.planned_times(clock);
        let (age, left) = (planned.map(|times| now.since(times.created)), planned.map(|times| remaining(times, now)));
        Found::Fresh { level: Level::Store, age, left: left.filter(|left| *left != Ttl::For(Duration::ZERO)) }
    }
}

/// Says why bytes that were found under a name are no value of what was asked for.
pub(in crate::cache) fn unreadable(found: &Bytes<'_>, name: &Name) -> Found {
    Found::Miss(match found {
        Bytes::Record(wire) if wire.header.mark != name.mark() => Miss::OtherPattern,
        Bytes::Record(_) | Bytes::Number(_) => Miss::OtherType,
        Bytes::Foreign => Miss::Unreadable,
    })
}

/// Says that a store failed.
pub(in crate::cache) fn away(error: &Error) -> Found {
    Found::Miss(Miss::Away { error: error.to_string() })
}

impl<V, E> Rules<V, E> {
    /// Says why a record of the right pattern is none that these rules read.
    pub(in crate::cache) fn why_unreadable(&self, record: &Erased) -> Option<Miss> {
        match self.reads(record) {
            true => None,
            false if record.is_failure() => Some(Miss::KeptError),
            false => Some(Miss::OtherType),
        }
    }
}

/// Says why a record of the right pattern holds no value of this type.
pub(in crate::cache) fn why_other(record: &Erased, of: TypeId) -> Option<Miss> {
    match () {
        () if record.is_failure() => Some(Miss::KeptError),
        () if record.value.type_id() != of => Some(Miss::OtherType),
        () => None,
    }
}
