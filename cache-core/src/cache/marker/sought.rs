//! [`Sought`]: what was found under a name, held against the markers of its tags.

use super::{MOST_TAGS, Versions, version_in};
use crate::cache::home::{Home, Outside};
use crate::cache::near::Ticket;
use crate::cache::parcel::Found;
use crate::codec::wire::{self, TagVersion, Wire};
use crate::error::Error;
use crate::key::Name;

/// What was found under a name.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::cache) enum Sought {
    Nothing,
    /// What is on its way there was invalidated: as good as nothing.
    Doubtful,
    /// More bytes than this cache takes, or more tags than any record has.
    Foreign(u64),
    /// What has tags of which these were invalidated since.
    Withdrawn(Vec<u64>),
    There(Vec<u8>),
}

impl Sought {
    /// Returns what the bytes are, if they are there and good.
    pub(in crate::cache) fn found(&self) -> Option<Found<'_>> {
        match self {
            Self::There(bytes) => Some(Found::new(bytes)),
            Self::Nothing | Self::Doubtful | Self::Foreign(_) | Self::Withdrawn(_) => None,
        }
    }

    /// Returns the bytes, if they are there and good.
    pub(in crate::cache) fn there(self) -> Option<Vec<u8>> {
        match self {
            Self::There(bytes) => Some(bytes),
            Self::Nothing | Self::Doubtful | Self::Foreign(_) | Self::Withdrawn(_) => None,
        }
    }
}

/// Reading entries.
impl Home {
    /// Asks the store for what is under a name, unless that may have been invalidated; and with the same question for the
    /// markers of tags that it is expected to have.
    pub(in crate::cache) async fn seek(
        &self,
        outside: &Outside,
        name: &Name,
        tags: &[u64],
        versions: &mut Versions,
    ) -> Result<Sought, Error> {
        if self.sends.doubts(name.as_bytes()) {
            return Ok(Sought::Doubtful);
        }
        // What has no tags is most of it, and is not to carry along what it takes to ask for some.
        let bytes = if tags.is_empty() {
            outside.get(name).await?
        } else {
            Box::pin(self.get_with_markers(outside, name, tags, versions)).await?
        };
        self.outage.answered(&self.clock);
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
    pub(in crate::cache) async fn seek_many(
        &self,
        outside: &Outside,
        names: &[Name],
        tags: &[u64],
        versions: &mut Versions,
    ) -> Result<Vec<Sought>, Error> {
        let doubtful: Vec<_> = names.iter().map(|name| self.sends.doubts(name.as_bytes())).collect();
        let tags = &self.recall(tags, versions)[..];
        let mut found = if tags.is_empty() {
            outside.get_many(names).await?
        } else {
            let tickets = self.before_asking(tags);
            let asked: Vec<_> = names.iter().cloned().chain(outside.markers_of(tags)).collect();
            let mut found = outside.get_many(&asked).await?;
            let markers = found.split_off(names.len().min(found.len()));
            self.read(outside, (tags, &tickets), markers, versions);
            found
        };
        self.outage.answered(&self.clock);
        found.resize(names.len(), None);
        let found: Vec<_> =
            found.into_iter().zip(doubtful).map(|(bytes, doubtful)| bytes.filter(|_| !doubtful)).collect();
        let tags = found.iter().flatten().flat_map(|bytes| tags_in(bytes).unwrap_or_default());
        self.ask(outside, &tags.map(|seen| seen.tag).collect::<Vec<_>>(), versions).await?;
        let mut all = Vec::with_capacity(found.len());
        for bytes in found {
            all.push(match sorted(outside, bytes) {
                Ok(sought) => sought,
                Err(tagged) => self.judge(outside, tagged, versions).await?,
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
        if is_good {
            return Ok(Sought::There(bytes));
        }
        Ok(Sought::Withdrawn(seen.iter().filter(|seen| !versions.say(**seen)).map(|seen| seen.tag).collect()))
    }

    /// Asks for the markers of those tags that were not asked for yet, and are not remembered.
    pub(super) async fn ask(&self, outside: &Outside, tags: &[u64], versions: &mut Versions) -> Result<(), Error> {
        let unknown = self.recall(tags, versions);
        self.ask_now(outside, &unknown, versions).await
    }

    /// Asks for the markers of those tags that were not asked for yet.
    pub(super) async fn ask_now(&self, outside: &Outside, tags: &[u64], versions: &mut Versions) -> Result<(), Error> {
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
    pub(super) fn recall(&self, tags: &[u64], versions: &mut Versions) -> Vec<u64> {
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

/// Bytes with the versions that they carry.
struct Tagged {
    bytes: Vec<u8>,
    seen: Vec<TagVersion>,
}

/// Says what was found, unless it has tags.
fn sorted(outside: &Outside, bytes: Option<Vec<u8>>) -> Result<Sought, Tagged> {
    let Some(bytes) = bytes else { return Ok(Sought::Nothing) };
    if !outside.takes(bytes.len()) {
        return Ok(Sought::Foreign(bytes.len() as u64));
    }
    match tags_in(&bytes) {
        None => Ok(Sought::Foreign(bytes.len() as u64)),
        Some(seen) if seen.is_empty() => Ok(Sought::There(bytes)),
        Some(seen) => Err(Tagged { bytes, seen }),
    }
}

/// Returns the versions that a record carries; `None` where those are more than any record has.
pub(super) fn tags_in(bytes: &[u8]) -> Option<Vec<TagVersion>> {
    match wire::count_of_tags(bytes) {
        0 => Some(Vec::new()),
        1..=MOST_TAGS => Some(Wire::read(bytes).map(|wire| wire.tags().collect()).unwrap_or_default()),
        _ => None,
    }
}
