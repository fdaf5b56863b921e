//! What binds an entry to its tags: the versions that these had before its value was read.

use super::{ANY, MOST_TAGS, Versions, bytes_of, drawn};
use crate::backend::all;
use crate::backend::layer::is_removed_instead;
use crate::cache::home::{Home, Outside};
use crate::cache::outside::Unsent;
use crate::codec::wire::TagVersion;
use crate::error::{Error, Kind};
use crate::tags::Moment;

/// Binding entries.
impl Home {
    /// Looks at the markers of all tags that what is about to be read is known to have, and makes those that are missing. Where
    /// it `may_get` more of them from its body, at the one that stands for all.
    pub(in crate::cache) async fn prepare(
        &self,
        outside: &Outside,
        tags: &[u64],
        may_get: bool,
        versions: &mut Versions,
    ) -> Result<(), Error> {
        few(tags)?;
        match (tags, may_get) {
            // For what may have no tags at all nothing is written, and nobody waits for that.
            ([], true) => self.ask(outside, &[ANY], versions).await,
            (_, true) => {
                let all: Vec<_> = tags.iter().copied().chain([ANY]).collect();
                self.recall(&all, versions);
                self.settle(outside, &all, versions).await
            }
            // Who writes with a version that was true once, and is not any more, has written what nobody reads.
            (_, false) => {
                self.recall(tags, versions);
                self.settle(outside, tags, versions).await
            }
        }
    }

    /// Looks at the marker that stands for all tags.
    pub(crate) async fn watch_all_tags(&self, outside: &Outside) -> Result<(), Error> {
        self.settle(outside, &[ANY], &mut Versions::default()).await
    }

    /// Returns the versions of these tags for what is new from now on.
    pub(in crate::cache) async fn versions_now(
        &self,
        outside: &Outside,
        tags: &[u64],
    ) -> Result<Vec<TagVersion>, Error> {
        let mut versions = Versions::default();
        self.settle(outside, tags, &mut versions).await?;
        Ok(versions.known())
    }

    /// Returns the versions that these tags had at this moment, when something began to be read under a key of this pattern;
    /// `None` where that cannot be told any more.
    pub(in crate::cache) async fn versions_since(
        &self,
        outside: &Outside,
        pattern: u64,
        tags: &[u64],
        known: &[TagVersion],
        since: Moment,
    ) -> Result<Option<Vec<TagVersion>>, Error> {
        few(tags)?;
        let is_late = |tag: &u64| known.iter().all(|known| known.tag != *tag);
        let late: Vec<_> = tags.iter().copied().filter(is_late).collect();
        let known = known.iter().copied().filter(|known| tags.contains(&known.tag));
        if late.is_empty() {
            return Ok(Some(known.collect()));
        }
        outside.markers.note_teller(pattern);
        let seen = self.versions_now(outside, &late).await?;
        let knew = |seen: &TagVersion| outside.markers.sightings.knew(*seen, since);
        // After the others: the one that stands for all changes before they do.
        let stood_still = seen.iter().all(knew) || self.versions_now(outside, &[ANY]).await?.iter().all(knew);
        Ok(stood_still.then(|| known.chain(seen).collect()))
    }

    /// Asks for the markers of these tags, and makes those that are missing.
    async fn settle(&self, outside: &Outside, tags: &[u64], versions: &mut Versions) -> Result<(), Error> {
        self.ask_now(outside, tags, versions).await?;
        let missing: Vec<_> = tags.iter().copied().filter(|tag| versions.of(*tag).is_none()).collect();
        let made = missing.into_iter().map(|tag| async move {
            let version = drawn(tag);
            let is_first = outside.add(&outside.markers.name(tag), &bytes_of(version), None).await;
            (tag, version, is_first)
        });
        for (tag, version, is_first) in all(made.collect()).await {
            let is_first = is_first?;
            // Where somebody else was first, theirs counts.
            versions.forget(tag);
            if is_first {
                outside.markers.sightings.note(&self.tags, TagVersion { tag, version });
                versions.note(tag, Some(version));
            }
        }
        self.ask_now(outside, tags, versions).await?;
        match tags.iter().find(|tag| versions.of(**tag).is_none()) {
            None => Ok(()),
            Some(tag) => Err(Error::new(
                Kind::Store,
                format!(
                    "the store keeps no marker under `{}`: what has that tag is not kept",
                    outside.markers.name(*tag)
                ),
            )),
        }
    }

    /// Withdraws everything in the store that has this tag.
    pub(crate) async fn draw_anew(&self, outside: &Outside, tag: u64) -> Result<(), Error> {
        let name = outside.markers.name(tag);
        let _withdrawing = Withdrawing { home: self, tag };
        let unsent = Unsent::begin(self, outside, &name);
        // First the one that stands for all: who has seen that one change asks no more about this one.
        let all = self.draw(outside, ANY).await;
        unsent.sent();
        let own = self.draw(outside, tag).await;
        own.and(all)
    }

    async fn draw(&self, outside: &Outside, tag: u64) -> Result<(), Error> {
        let version = drawn(tag);
        let drawing = Drawing { home: self, tag };
        let set = outside.set(&outside.markers.name(tag), &bytes_of(version), None).await;
        drop(drawing);
        if set.as_ref().is_err_and(is_removed_instead) {
            return self.heard(Ok(()));
        }
        self.heard(set)?;
        outside.markers.sightings.note(&self.tags, TagVersion { tag, version });
        Ok(())
    }
}

/// A marker that is being drawn anew: when that is over, or left, nobody here remembers what it said.
struct Drawing<'a> {
    home: &'a Home,
    tag: u64,
}

impl Drop for Drawing<'_> {
    fn drop(&mut self) {
        self.home.party.withdrew(self.tag);
    }
}

/// A tag of which its store is being told.
struct Withdrawing<'a> {
    home: &'a Home,
    tag: u64,
}

impl Drop for Withdrawing<'_> {
    /// Once more, when that is over, or left: whoever asked meanwhile may have found the old marker, and hands what has it
    /// to those who come now, has kept it near, or made something of it.
    fn drop(&mut self) {
        self.home.party.withdrew(self.tag);
        self.home.tags.withdraw(self.tag);
    }
}

/// Returns an error where these are more tags than an entry can have outside.
pub(in crate::cache) fn few(tags: &[u64]) -> Result<(), Error> {
    if tags.len() <= MOST_TAGS {
        return Ok(());
    }
    let context = format!("an entry has {} tags, and {MOST_TAGS} is the most for one that lives outside", tags.len());
    Err(Error::new(Kind::TooLarge, context))
}
