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

use std::collections::HashSet;
use std::time::SystemTime;

use ahash::RandomState;

use super::home::{Home, Outside};
use super::near::Ticket;
use super::parcel::Found;
use crate::codec::wire::{self, MAGIC, TagVersion, Wire};
use crate::error::{Error, Kind};
use crate::key::{Name, RAW, Scope};
use crate::lock::{Mutex, lock};
use crate::tags::{Moment, Sightings};

/// The markers in one store, for the caches of one prefix.
#[derive(Debug)]
pub(crate) struct Markers {
    scope: Scope,
    sightings: Sightings,
    /// The patterns of bodies that tell tags of their results.
    tellers: Mutex<HashSet<u64, RandomState>>,
}

/// Stands for all tags.
const ANY: u64 = 0;

/// What every marker begins with. No record is of this format.
const SIGN: [u8; 2] = [MAGIC, b'T'];

/// How many patterns of tellers are remembered; there are as many as there are places in the program.
const MOST_TELLERS: usize = 1024;

/// How many tags an entry may have: for each there is a marker to be looked at.
const MOST_TAGS: usize = 1024;

/// What markers say, as far as they were asked: nothing, where there is none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Versions {
    said: Vec<(u64, Option<u64>)>,
    /// Whether some of that was said earlier, and is only remembered.
    are_recalled: bool,
}

/// What was found under a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sought {
    Nothing,
    /// More than this cache takes.
    Foreign,
    /// What has a tag that was invalidated since.
    Withdrawn,
    There(Vec<u8>),
}

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
    fn note_teller(&self, mark: u64) {
        let mut tellers = lock(&self.tellers);
        if tellers.len() < MOST_TELLERS {
            tellers.insert(mark);
        }
    }

    /// Returns whether a body of this pattern is one to tell tags: it has told some before, or `may` be one, and nobody has
    /// looked here yet at what stands for all of them.
    pub(super) fn expects_more(&self, mark: u64, may: bool) -> bool {
        (may && !self.sightings.knows_of(ANY)) || lock(&self.tellers).contains(&mark)
    }
}

impl Versions {
    fn know(&self, tag: u64) -> bool {
        self.said.iter().any(|(asked, _)| *asked == tag)
    }

    fn of(&self, tag: u64) -> Option<u64> {
        self.said.iter().find(|(asked, _)| *asked == tag)?.1
    }

    fn say(&self, seen: TagVersion) -> bool {
        self.of(seen.tag) == Some(seen.version)
    }

    fn forget(&mut self, tag: u64) {
        self.said.retain(|(asked, _)| *asked != tag);
    }

    fn note(&mut self, tag: u64, version: Option<u64>) {
        self.forget(tag);
        self.said.push((tag, version));
    }

    /// Returns the versions of those that there are.
    pub(super) fn known(&self) -> Vec<TagVersion> {
        let known = self.said.iter().filter_map(|(tag, version)| version.map(|version| (*tag, version)));
        known.map(|(tag, version)| TagVersion { tag, version }).collect()
    }
}

impl Sought {
    /// Returns what the bytes are, if they are there and good.
    pub(super) fn found(&self) -> Option<Found<'_>> {
        match self {
            Self::There(bytes) => Some(Found::new(bytes)),
            Self::Nothing | Self::Foreign | Self::Withdrawn => None,
        }
    }

    /// Returns the bytes, if they are there and good.
    pub(super) fn there(self) -> Option<Vec<u8>> {
        match self {
            Self::There(bytes) => Some(bytes),
            Self::Nothing | Self::Foreign | Self::Withdrawn => None,
        }
    }
}

/// Reading entries.
impl Home {
    /// Asks the store for what is under a name, unless that may have been invalidated; and with the same question for the
    /// markers of tags that it is expected to have.
    pub(super) async fn seek(
        &self,
        outside: &Outside,
        name: &Name,
        tags: &[u64],
        versions: &mut Versions,
    ) -> Result<Sought, Error> {
        if self.sends.doubts(name.as_bytes()) {
            return Ok(Sought::Nothing);
        }
        // What has no tags is most of it, and is not to carry along what it takes to ask for some.
        let bytes = if tags.is_empty() {
            outside.get(name).await?
        } else {
            Box::pin(self.get_with_markers(outside, name, tags, versions)).await?
        };
        match sorted(outside, bytes) {
            Ok(sought) => Ok(sought),
            Err(tagged) => Box::pin(self.judge(outside, tagged, versions)).await,
        }
    }

    async fn get_with_markers(
        &self,
        outside: &Outside,
        name: &Name,
        tags: &[u64],
        versions: &mut Versions,
    ) -> Result<Option<Vec<u8>>, Error> {
        let tags = &self.recall(tags, versions)[..];
        if tags.is_empty() {
            return outside.get(name).await;
        }
        let names: Vec<_> = std::iter::once(name.clone()).chain(outside.markers_of(tags)).collect();
        let tickets = self.before_asking(tags);
        let mut found = outside.get_many(&names).await?.into_iter();
        let bytes = found.next().flatten();
        self.read(outside, (tags, &tickets), found, versions);
        Ok(bytes)
    }

    /// Does the same for many names.
    pub(super) async fn seek_many(
        &self,
        outside: &Outside,
        names: &[Name],
        tags: &[u64],
    ) -> Result<Vec<Sought>, Error> {
        let doubtful: Vec<_> = names.iter().map(|name| self.sends.doubts(name.as_bytes())).collect();
        let mut versions = Versions::default();
        let tags = &self.recall(tags, &mut versions)[..];
        let mut found = if tags.is_empty() {
            outside.get_many(names).await?
        } else {
            let tickets = self.before_asking(tags);
            let asked: Vec<_> = names.iter().cloned().chain(outside.markers_of(tags)).collect();
            let mut found = outside.get_many(&asked).await?;
            let markers = found.split_off(names.len().min(found.len()));
            self.read(outside, (tags, &tickets), markers, &mut versions);
            found
        };
        found.resize(names.len(), None);
        let found: Vec<_> =
            found.into_iter().zip(doubtful).map(|(bytes, doubtful)| bytes.filter(|_| !doubtful)).collect();
        let tags = found.iter().flatten().flat_map(|bytes| tags_in(bytes).unwrap_or_default());
        self.ask(outside, &tags.map(|seen| seen.tag).collect::<Vec<_>>(), &mut versions).await?;
        let mut all = Vec::with_capacity(found.len());
        for bytes in found {
            all.push(match sorted(outside, bytes) {
                Ok(sought) => sought,
                Err(tagged) => self.judge(outside, tagged, &mut versions).await?,
            });
        }
        Ok(all)
    }

    /// Says what is to be thought of an entry with tags: it is good where their markers say the same as it does.
    async fn judge(
        &self,
        outside: &Outside,
        Tagged { bytes, seen }: Tagged,
        versions: &mut Versions,
    ) -> Result<Sought, Error> {
        let tags: Vec<_> = seen.iter().map(|seen| seen.tag).collect();
        self.ask(outside, &tags, versions).await?;
        let mut is_good = seen.iter().all(|seen| versions.say(*seen));
        if !is_good && versions.are_recalled {
            // The entry may be newer than what is remembered.
            *versions = Versions::default();
            self.ask_now(outside, &tags, versions).await?;
            is_good = seen.iter().all(|seen| versions.say(*seen));
        }
        Ok(if is_good { Sought::There(bytes) } else { Sought::Withdrawn })
    }

    /// Asks for the markers of those tags that were not asked for yet, and are not remembered.
    async fn ask(&self, outside: &Outside, tags: &[u64], versions: &mut Versions) -> Result<(), Error> {
        let unknown = self.recall(tags, versions);
        self.ask_now(outside, &unknown, versions).await
    }

    /// Asks for the markers of those tags that were not asked for yet.
    async fn ask_now(&self, outside: &Outside, tags: &[u64], versions: &mut Versions) -> Result<(), Error> {
        let mut unknown: Vec<_> = tags.iter().copied().filter(|tag| !versions.know(*tag)).collect();
        unknown.sort_unstable();
        unknown.dedup();
        if !unknown.is_empty() {
            let names: Vec<_> = outside.markers_of(&unknown).collect();
            let tickets = self.before_asking(&unknown);
            let found = outside.get_many(&names).await?;
            self.read(outside, (&unknown, &tickets), found, versions);
        }
        Ok(())
    }

    /// Takes down what is remembered of markers, where their store tells when that changes; returns the tags that have to be
    /// asked for.
    fn recall(&self, tags: &[u64], versions: &mut Versions) -> Vec<u64> {
        let mut unknown: Vec<_> = tags.iter().copied().filter(|tag| !versions.know(*tag)).collect();
        let Some(near) = &self.near else { return unknown };
        unknown.retain(|tag| {
            let version = near.recall(*tag);
            if version.is_some() {
                versions.note(*tag, version);
                versions.are_recalled = true;
            }
            version.is_none()
        });
        unknown
    }

    fn before_asking(&self, tags: &[u64]) -> Vec<Ticket> {
        self.near.as_ref().map(|near| near.before_asking(tags)).unwrap_or_default()
    }

    /// Takes down what markers say.
    fn read(
        &self,
        outside: &Outside,
        (tags, tickets): (&[u64], &[Ticket]),
        found: impl IntoIterator<Item = Option<Vec<u8>>>,
        versions: &mut Versions,
    ) {
        for ((number, tag), bytes) in tags.iter().copied().enumerate().zip(found) {
            let version = bytes.as_deref().and_then(version_in);
            if let Some(version) = version {
                outside.markers.sightings.note(&self.tags, TagVersion { tag, version });
                if let (Some(near), Some(ticket)) = (&self.near, tickets.get(number)) {
                    near.note_version(ticket, tag, version);
                }
            }
            versions.note(tag, version);
        }
    }
}

/// Binding entries.
impl Home {
    /// Looks at the markers of all tags that what is about to be read is known to have, and makes those that are missing. Where
    /// it `may_get` more of them from its body, at the one that stands for all.
    pub(super) async fn prepare(
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
    pub(super) async fn versions_now(&self, outside: &Outside, tags: &[u64]) -> Result<Vec<TagVersion>, Error> {
        let mut versions = Versions::default();
        self.settle(outside, tags, &mut versions).await?;
        Ok(versions.known())
    }

    /// Returns the versions that these tags had at this moment, when something began to be read under a key of this pattern;
    /// `None` where that cannot be told any more.
    pub(super) async fn versions_since(
        &self,
        outside: &Outside,
        mark: u64,
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
        outside.markers.note_teller(mark);
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
        for tag in missing {
            let version = drawn(tag);
            let is_first = outside.add(&outside.markers.name(tag), &bytes_of(version), None).await?;
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
        // First the one that stands for all: who has seen that one change asks no more about this one.
        let all = self.draw(outside, ANY).await;
        let own = self.draw(outside, tag).await;
        own.and(all)
    }

    async fn draw(&self, outside: &Outside, tag: u64) -> Result<(), Error> {
        let version = drawn(tag);
        let set = outside.set(&outside.markers.name(tag), &bytes_of(version), None).await;
        self.party.withdrew(tag);
        set?;
        outside.markers.sightings.note(&self.tags, TagVersion { tag, version });
        Ok(())
    }
}

impl Outside {
    fn markers_of(&self, tags: &[u64]) -> impl Iterator<Item = Name> {
        tags.iter().map(|tag| self.markers.name(*tag))
    }
}

/// Bytes with the versions that they carry.
struct Tagged {
    bytes: Vec<u8>,
    seen: Vec<TagVersion>,
}

/// Says what was found, unless it has tags.
fn sorted(outside: &Outside, bytes: Option<Vec<u8>>) -> Result<Sought, Tagged> {
    let Some(bytes) = bytes else { return Ok(Sought::Nothing) };
    if !outside.takes(bytes.len()) {
        return Ok(Sought::Foreign);
    }
    match tags_in(&bytes) {
        None => Ok(Sought::Foreign),
        Some(seen) if seen.is_empty() => Ok(Sought::There(bytes)),
        Some(seen) => Err(Tagged { bytes, seen }),
    }
}

/// Returns an error where these are more tags than an entry can have outside.
pub(super) fn few(tags: &[u64]) -> Result<(), Error> {
    if tags.len() <= MOST_TAGS {
        return Ok(());
    }
    let context = format!("an entry has {} tags, and {MOST_TAGS} is the most for one that lives outside", tags.len());
    Err(Error::new(Kind::TooLarge, context))
}

/// Returns the versions that a record carries; `None` where those are more than any record has.
fn tags_in(bytes: &[u8]) -> Option<Vec<TagVersion>> {
    match wire::count_of_tags(bytes) {
        0 => Some(Vec::new()),
        1..=MOST_TAGS => Some(Wire::read(bytes).map(|wire| wire.tags().collect()).unwrap_or_default()),
        _ => None,
    }
}

/// Draws a version, which nobody has drawn before.
fn drawn(tag: u64) -> u64 {
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
mod tests {
    use super::*;
    use crate::codec::wire::number_from_bytes;

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
