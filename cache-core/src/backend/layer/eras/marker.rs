//! What the markers say, and how they are made to say something else.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use ahash::RandomState;

use super::super::super::Server;
use super::super::is_removed_instead;
use super::book::Asking;
use super::spelling::{inside, levels, of_all};
use super::{Eras, Word};
use crate::codec::wire::MAGIC;
use crate::error::{Error, Kind};
use crate::key::Name;
use crate::tags::fingerprint;

/// What every marker begins with. No record is of this format.
const SIGN: [u8; 2] = [MAGIC, b'E'];

/// What each of several eras is, or why nobody knows.
pub(super) type Known<'a, T> = HashMap<(Server, &'a str), T, RandomState>;

impl Eras {
    pub(super) fn marker(&self, server: Server, level: &str) -> Name {
        server.marker(&self.scope, fingerprint(level))
    }

    /// Draws an era, which nobody has drawn before.
    pub(super) fn draw(&self, server: Server, level: &str) -> u64 {
        let now = self.clock.wall_millis();
        RandomState::new().hash_one((self.draws.hash_one((server, level)), std::process::id(), now))
    }

    /// Returns the era of a scope, or of a namespace in one: what is known of it, or what its marker says.
    pub(super) async fn era(&self, server: Server, level: &str, word: Word) -> Result<u64, Error> {
        loop {
            let asking = match self.look(server, level, word) {
                Ok(era) => return Ok(era),
                Err(asking) => asking,
            };
            let era = self.ask(server, level).await?;
            if self.book.note(server, level, era, asking) {
                return Ok(era);
            }
        }
    }

    /// Returns the era to read by, or `None` where there is none, and so nothing. Who reads writes nothing, and waits for no
    /// write.
    pub(super) async fn era_there(&self, server: Server, level: &str, word: Word) -> Result<Option<u64>, Error> {
        loop {
            let asking = match self.look(server, level, word) {
                Ok(era) => return Ok(Some(era)),
                Err(asking) => asking,
            };
            let Some(era) = self.said(server, level).await? else { return Ok(None) };
            if self.book.note(server, level, era, asking) {
                return Ok(Some(era));
            }
        }
    }

    /// Returns the era that is known, where that will do, or else how things stand for those who ask.
    fn look(&self, server: Server, level: &str, word: Word) -> Result<u64, Asking> {
        let now = self.clock.now();
        match word {
            Word::Trusted => self.book.look(server, level, now),
            Word::Asked => Err(self.book.asking(now)),
        }
    }

    /// Returns the era of a name, as its markers say it now: those of all its levels are asked at once.
    pub(super) async fn asked(&self, server: Server, name: &Name) -> Result<u64, Error> {
        let levels: Vec<_> = levels(name.as_str()).map(|level| (server, level)).collect();
        if let [(server, level)] = levels[..] {
            return self.era(server, level, Word::Asked).await;
        }
        let eras = self.asked_all(&levels).await;
        let mut era = None;
        for level in &levels {
            let own = eras[level].clone()?;
            era = Some(inside(era, own));
        }
        Ok(era.unwrap_or_default())
    }

    /// Returns what the markers of these say now, in one question; what one does not say is asked once more, and drawn.
    pub(super) async fn asked_all<'a>(&self, levels: &[(Server, &'a str)]) -> Known<'a, Result<u64, Error>> {
        let asking = self.book.asking(self.clock.now());
        // That no server answers is told by those that are asked once more.
        let said = self.said_all(levels).await.unwrap_or_default();
        let mut known = Known::default();
        for (at, (server, level)) in levels.iter().enumerate() {
            let said = said.get(at).copied().flatten();
            let era = match said.filter(|era| self.book.note(*server, level, *era, asking)) {
                Some(era) => Ok(era),
                None => self.era(*server, level, Word::Asked).await,
            };
            known.insert((*server, *level), era);
        }
        known
    }

    /// Returns the eras to read these names by, each `None` where there is nothing: those that nobody knows are asked for in
    /// one question. What is on a server that does not say is not there, as long as another one does.
    pub(super) async fn eras_there(&self, names: &[(Server, &Name)]) -> Result<Vec<Option<u64>>, Error> {
        let (mut known, mut unknown) = (Known::default(), Vec::new());
        for (server, level) in
            names.iter().flat_map(|(server, name)| levels(name.as_str()).map(|level| (*server, level)))
        {
            if let Entry::Vacant(place) = known.entry((server, level)) {
                let found = self.book.look(server, level, self.clock.now());
                unknown.extend(found.as_ref().err().map(|asking| (server, level, *asking)));
                place.insert(found.ok());
            }
        }
        let asked: Vec<_> = unknown.iter().map(|(server, level, _)| (*server, *level)).collect();
        let said = match self.said_all(&asked).await {
            Err(error) if asked.len() == known.len() => return Err(error),
            said => said.unwrap_or_default(),
        };
        for ((server, level, asking), era) in unknown.into_iter().zip(said) {
            let is_good = era.is_none_or(|era| self.book.note(server, level, era, asking));
            let era = if is_good { era } else { self.era_there(server, level, Word::Trusted).await? };
            known.insert((server, level), era);
        }
        let era = |(server, name): &(Server, &Name)| {
            let eras: Option<Vec<_>> = levels(name.as_str()).map(|level| known[&(*server, level)]).collect();
            eras.map(of_all)
        };
        Ok(names.iter().map(era).collect())
    }

    /// Returns what the marker says, if there is one.
    async fn said(&self, server: Server, level: &str) -> Result<Option<u64>, Error> {
        Ok((*self.store).get(&self.marker(server, level)).await?.as_deref().and_then(era_in))
    }

    async fn said_all(&self, levels: &[(Server, &str)]) -> Result<Vec<Option<u64>>, Error> {
        if levels.is_empty() {
            return Ok(Vec::new());
        }
        let markers: Vec<_> = levels.iter().map(|(server, level)| self.marker(*server, level)).collect();
        let said = (*self.store).get_many(&markers).await?;
        Ok(said.iter().map(|marker| marker.as_deref().and_then(era_in)).collect())
    }

    async fn ask(&self, server: Server, level: &str) -> Result<u64, Error> {
        if let Some(era) = self.said(server, level).await? {
            return Ok(era);
        }
        let (marker, era) = (self.marker(server, level), self.draw(server, level));
        if (*self.store).add(&marker, &bytes_of(era), None).await? {
            return Ok(era);
        }
        // Somebody else was first, and theirs counts.
        self.said(server, level).await?.ok_or_else(|| {
            let sentence = format!("the store keeps no marker under `{marker}`: nothing is kept in that cache");
            Error::new(Kind::Store, sentence)
        })
    }

    /// Draws another era for what is on one server.
    pub(super) async fn clear_on(&self, scope: &str, server: Server) -> Result<(), Error> {
        if levels(scope).last() != Some(scope) {
            let sentence = format!("this store cannot tell what begins like `{scope}` from others");
            return Err(Error::new(Kind::Unsupported, sentence));
        }
        let era = self.draw(server, scope);
        // Also where this is left half-way, or fails: then the marker is asked.
        let (change, now) = (self.book.change(server, scope), self.clock.now());
        match (*self.store).set(&self.marker(server, scope), &bytes_of(era), None).await {
            Ok(()) => change.end(era, now),
            Err(error) if is_removed_instead(&error) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

fn bytes_of(era: u64) -> Vec<u8> {
    [&SIGN[..], &era.to_le_bytes()].concat()
}

pub(super) fn era_in(marker: &[u8]) -> Option<u64> {
    marker.strip_prefix(&SIGN)?.try_into().map(u64::from_le_bytes).ok()
}
