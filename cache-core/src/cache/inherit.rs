//! What is made of cached values has their tags: each place where a value is read hands them to the body that reads it.

use std::fmt::Display;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Cache;
use super::home::Home;
use super::load::Load;
use super::parcel::Found;
use crate::codec::wire::TagVersion;
use crate::flight::{Wishes, hand_on, is_anything_loading};
use crate::key::{Key, TagName};
use crate::record::Erased;
use crate::tags::{Bonds, MOST_INHERITED, Moment, Seen, fingerprint_abroad};

/// Hands on the tags of a record that was read.
#[inline]
pub(super) fn hand_on_of(record: &Erased) {
    if let Some(bonds) = record.bonds() {
        hand_on(bonds);
    }
}

impl Home {
    /// Returns what binds a value to its tags that was found in the store outside, and was good after that moment.
    pub(super) fn bonds_of(&self, found: &Found<'_>, since: Moment) -> Option<Bonds> {
        let tags = found.tags().map(|seen| self.tags.of_fingerprint(seen.tag));
        let seen = found.tags().map(|seen| self.outside_saw(seen.tag, Some(seen.version)));
        Bonds::new(since, tags).map(|bonds| bonds.with_seen(seen.collect()))
    }

    fn outside_saw(&self, tag: u64, version: Option<u64>) -> Seen {
        Seen { store: self.outside().map_or(0, |outside| outside.id), tag, version }
    }

    /// Hands on the tags of a value that was found in the store outside.
    #[inline(never)]
    pub(super) fn hand_on_found(&self, found: &Found<'_>) {
        if found.has_tags()
            && is_anything_loading()
            && let Some(bonds) = self.bonds_of(found, self.tags.now())
        {
            hand_on(&bonds);
        }
    }

    /// Returns the fingerprints of tags by which the store outside knows them, and of those that it has told of itself.
    pub(super) fn fingerprints_there<'a>(
        &self,
        names: &'a [TagName],
        seen: &'a [Seen],
    ) -> impl Iterator<Item = u64> + 'a {
        let store = self.outside().map_or(0, |outside| outside.id);
        let here = seen.iter().filter(move |seen| seen.store == store).map(|seen| seen.tag);
        names.iter().filter_map(|name| fingerprint_abroad(name.as_str())).chain(here)
    }
}

/// Whether the log has been told of something that was made of too many tags.
static TOLD_OF_TOO_MANY: AtomicBool = AtomicBool::new(false);

impl Cache {
    /// Tells the log, once, that something is not kept since it was made of too many tags.
    #[doc(hidden)]
    pub fn tell_too_many_tags(&self, whose: impl Display) {
        if !TOLD_OF_TOO_MANY.swap(true, Ordering::Relaxed) {
            log::warn!(
                target: "larder",
                "cache `{}`, {whose}: what it was made of has more than {MOST_INHERITED} tags, and it is not kept: give the \
                 values one tag that they share, or say `entry::own_tags()` in the body; this is told once",
                self.name()
            );
        }
    }

    /// Hands on the tags of what is made without being kept, since the cache is off.
    #[cold]
    pub(crate) fn hand_on_tags_of(&self, key: &Key) {
        if is_anything_loading()
            && let Some(bonds) = self.bonds(key)
        {
            hand_on(&bonds);
        }
    }
}

impl<V, E> Load<V, E> {
    /// Hands on the tags that are known before a body runs, where nothing is kept of it.
    pub(super) fn hand_on_known(&self) {
        if !self.tags.is_empty()
            && is_anything_loading()
            && let Some(bonds) = Bonds::new(self.asker.home().tags.now(), self.tags.iter().cloned())
        {
            hand_on(&bonds);
        }
    }

    /// Hands on the tags of what its body has made, whatever becomes of that, with the versions that they were found to
    /// have when it was to be kept.
    pub(super) fn hand_on_made(&self, wishes: &Wishes, since: Moment, found: &[TagVersion]) {
        if !is_anything_loading() {
            return;
        }
        if let Some(bonds) = self.bonds_with(wishes, since, found) {
            hand_on(&bonds);
        }
    }

    /// Returns which versions its tags had before its body ran, in the store outside and in others that its body has
    /// read.
    pub(super) fn seen(&self, wishes: &Wishes, found: &[TagVersion]) -> Vec<Seen> {
        let home = self.asker.home();
        let known = |tag: &u64| wishes.seen.iter().any(|seen| *seen == home.outside_saw(*tag, seen.version));
        let looked_at = self.versions.known();
        let version = |tag: u64| looked_at.iter().chain(found).find(|seen| seen.tag == tag).map(|seen| seen.version);
        let own =
            self.fingerprints_with(wishes).into_iter().filter(|tag| self.fingerprints.contains(tag) || !known(tag));
        own.map(|tag| home.outside_saw(tag, version(tag))).chain(wishes.seen.iter().copied()).collect()
    }
}
