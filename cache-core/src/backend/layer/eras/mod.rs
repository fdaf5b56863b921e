//! Clearing one cache in a store that cannot tell its entries from others: what was cleared is called otherwise.
//!
//! The name of each entry has its era in it: a number drawn by chance, which a marker in the store says. To clear is to draw
//! another one: what has the old one in its name is asked for by nobody any more, and leaves when its time is over or
//! when room is needed. A marker that the store has lost is drawn anew, and never is what it was before: then everything is
//! gone, and nothing comes back.
//!
//! For reads, what a marker said is trusted for a second, so that as a rule a hit takes no other question: whoever clears
//! sees it at once, and other processes do within a second. Who writes, counts or removes asks the marker first, since that
//! must not miss what somebody has kept after a clear. A ticket for a fill is good in its era alone: what was read before
//! a clear is not kept after it.
//!
//! A namespace that is cleared has an era of its own. Names are the way for that, and not tags in each record: with those no
//! server could count any more.

mod book;
mod spelling;

use std::sync::Arc;
use std::time::Duration;

use ahash::RandomState;
use book::Book;
use spelling::{Spelling, levels};

use super::super::{Answer, Capabilities, Entry, ErasedBackend, Listener, Listening, Remaining, Ticket, unsupported};
use crate::clock::Clock;
use crate::codec::wire::MAGIC;
use crate::error::{Error, Kind};
use crate::key::{Name, RAW, Scope};
use crate::tags::fingerprint;

/// A store whose caches are cleared by what their entries are called.
pub struct Eras {
    store: Arc<dyn ErasedBackend>,
    clock: Clock,
    /// Where markers are.
    scope: Scope,
    book: Book,
    spelling: Spelling,
    draws: RandomState,
}

/// Whether an era that was asked for less than a second ago will do.
#[derive(Clone, Copy)]
enum Word {
    Trusted,
    Asked,
}

/// What every marker begins with. No record is of this format.
const SIGN: [u8; 2] = [MAGIC, b'E'];

impl Eras {
    /// Gives the entries of the caches of a prefix an era.
    ///
    /// # Errors
    ///
    /// When the prefix is too long.
    pub fn new(store: Arc<dyn ErasedBackend>, prefix: &str, clock: Clock) -> Result<Self, Error> {
        let (scope, spelling) = (Scope::reserved(prefix)?, Spelling::new()?);
        Ok(Self { store, clock, scope, book: Book::default(), spelling, draws: RandomState::new() })
    }

    fn marker(&self, level: &str) -> Name {
        self.scope.write(RAW, |key| {
            key.literal("era:").part(&fingerprint(level));
        })
    }

    /// Draws an era, which nobody has drawn before.
    fn draw(&self, level: &str) -> u64 {
        let now = self.clock.wall_millis();
        RandomState::new().hash_one((self.draws.hash_one(level), std::process::id(), now))
    }

    /// Returns the name under which an entry is kept now, and its era, as far as that has to be certain.
    async fn spelled(&self, name: &Name, word: Word) -> Result<(Name, u64), Error> {
        let mut era = None;
        for level in levels(name.as_str()) {
            let own = self.era(level, word).await?;
            era = Some(era.map_or(own, |outer| spelling::joined(outer, own)));
        }
        // What is in no scope is the engine's own.
        Ok(era.map_or_else(|| (name.clone(), 0), |era| (self.spelling.name(name, era), era)))
    }

    /// Returns the name under which an entry was last seen to be kept.
    fn remembered(&self, name: &Name) -> Option<Name> {
        let now = self.clock.now();
        let eras: Option<Vec<_>> = levels(name.as_str()).map(|level| self.book.peek(level, now)).collect();
        let era = eras?.into_iter().reduce(spelling::joined);
        Some(era.map_or_else(|| name.clone(), |era| self.spelling.name(name, era)))
    }

    /// Returns the name to read an entry by, where no marker has to be asked for that: so it is for most hits.
    fn at_hand(&self, name: &Name) -> Option<Name> {
        let now = self.clock.now();
        let mut era = None;
        for level in levels(name.as_str()) {
            let own = self.book.trusted(level, now)?;
            era = Some(era.map_or(own, |outer| spelling::joined(outer, own)));
        }
        Some(self.spelling.name(name, era?))
    }

    /// Returns the name to fill an entry by.
    async fn known(&self, name: &Name) -> Result<(Name, u64), Error> {
        self.spelled(name, Word::Trusted).await
    }

    /// Returns the name to change an entry by.
    async fn now(&self, name: &Name) -> Result<Name, Error> {
        self.spelled(name, Word::Asked).await.map(|(name, _)| name)
    }

    /// Returns the names to change entries by.
    async fn all<'a>(&self, names: impl Iterator<Item = &'a Name>) -> Result<Vec<Name>, Error> {
        let (mut all, mut asked) = (Vec::new(), Vec::new());
        for name in names {
            let innermost = levels(name.as_str()).last().unwrap_or_default();
            // What was just asked for one need not be asked for each.
            let own = if asked.contains(&innermost) { Word::Trusted } else { Word::Asked };
            all.push(self.spelled(name, own).await?.0);
            asked.push(innermost);
            asked.dedup();
        }
        Ok(all)
    }

    /// Returns the era of a scope, or of a namespace in one: what is known of it, or what its marker says.
    async fn era(&self, level: &str, word: Word) -> Result<u64, Error> {
        loop {
            let asking = match (self.book.look(level, self.clock.now()), word) {
                (Ok((era, _)), Word::Trusted) => return Ok(era),
                (Ok((_, asking)) | Err(asking), _) => asking,
            };
            let era = self.ask(level).await?;
            if self.book.note(level, era, asking) {
                return Ok(era);
            }
        }
    }

    /// Returns the name to read an entry by; `None` where there is no era, and so nothing. Who reads writes nothing, and waits
    /// for no write.
    async fn there(&self, name: &Name) -> Result<Option<Name>, Error> {
        for level in levels(name.as_str()) {
            let Err(asking) = self.book.look(level, self.clock.now()) else { continue };
            let Some(era) = self.said(level).await? else { return Ok(None) };
            self.book.note(level, era, asking);
        }
        self.known(name).await.map(|(name, _)| Some(name))
    }

    /// Returns what the marker says, if there is one.
    async fn said(&self, level: &str) -> Result<Option<u64>, Error> {
        Ok(self.store.get(&self.marker(level)).await?.as_deref().and_then(era_in))
    }

    async fn ask(&self, level: &str) -> Result<u64, Error> {
        let marker = self.marker(level);
        if let Some(era) = self.said(level).await? {
            return Ok(era);
        }
        let era = self.draw(level);
        if self.store.add(&marker, &bytes_of(era), None).await? {
            return Ok(era);
        }
        // Somebody else was first, and theirs counts.
        self.said(level).await?.ok_or_else(|| {
            Error::new(
                Kind::Store,
                format!("the store keeps no marker under `{marker}`: nothing is kept in that cache"),
            )
        })
    }

    async fn clear(&self, scope: &str) -> Result<(), Error> {
        if levels(scope).last() != Some(scope) {
            let sentence = format!("this store cannot tell what begins like `{scope}` from others");
            return Err(Error::new(Kind::Unsupported, sentence));
        }
        let era = self.draw(scope);
        // Also where this is left half-way, or fails: then the marker is asked.
        let change = self.book.change(scope);
        self.store.set(&self.marker(scope), &bytes_of(era), None).await?;
        change.end(era, self.clock.now());
        Ok(())
    }
}

fn bytes_of(era: u64) -> Vec<u8> {
    [&SIGN[..], &era.to_le_bytes()].concat()
}

fn era_in(marker: &[u8]) -> Option<u64> {
    marker.strip_prefix(&SIGN)?.try_into().map(u64::from_le_bytes).ok()
}

impl ErasedBackend for Eras {
    fn capabilities(&self) -> Capabilities {
        // What such a store would tell are other names than those that it is asked for.
        Capabilities { clear_scope: true, tells: false, ..(*self.store).capabilities() }
    }

    fn get<'a>(&'a self, name: &'a Name) -> Answer<'a, Result<Option<Vec<u8>>, Error>> {
        Box::pin(async move {
            let there = match self.at_hand(name) {
                Some(name) => Some(name),
                // Boxed, so that most hits do not carry along what asking for markers takes.
                None => Box::pin(self.there(name)).await?,
            };
            match there {
                Some(name) => (*self.store).get(&name).await,
                None => Ok(None),
            }
        })
    }

    fn set<'a>(&'a self, name: &'a Name, value: &'a [u8], time: Option<Duration>) -> Answer<'a, Result<(), Error>> {
        Box::pin(async move { self.store.set(&self.now(name).await?, value, time).await })
    }

    fn add<'a>(&'a self, name: &'a Name, value: &'a [u8], time: Option<Duration>) -> Answer<'a, Result<bool, Error>> {
        Box::pin(async move { self.store.add(&self.now(name).await?, value, time).await })
    }

    fn delete<'a>(&'a self, name: &'a Name) -> Answer<'a, Result<bool, Error>> {
        Box::pin(async move { self.store.delete(&self.now(name).await?).await })
    }

    fn touch<'a>(&'a self, name: &'a Name, time: Option<Duration>) -> Answer<'a, Result<bool, Error>> {
        Box::pin(async move { self.store.touch(&self.now(name).await?, time).await })
    }

    fn incr<'a>(&'a self, name: &'a Name, delta: i64) -> Answer<'a, Result<i64, Error>> {
        Box::pin(async move { self.store.incr(&self.now(name).await?, delta).await })
    }

    fn ttl<'a>(&'a self, name: &'a Name) -> Answer<'a, Result<Option<Remaining>, Error>> {
        Box::pin(async move {
            match self.there(name).await? {
                Some(name) => self.store.ttl(&name).await,
                None => Ok(None),
            }
        })
    }

    fn get_many<'a>(&'a self, names: &'a [Name]) -> Answer<'a, Result<Vec<Option<Vec<u8>>>, Error>> {
        Box::pin(async move {
            let (mut there, mut are_there) = (Vec::with_capacity(names.len()), Vec::with_capacity(names.len()));
            for name in names {
                let name = self.there(name).await?;
                are_there.push(name.is_some());
                there.extend(name);
            }
            let mut found = self.store.get_many(&there).await?.into_iter();
            Ok(are_there.into_iter().map(|is_there| if is_there { found.next().flatten() } else { None }).collect())
        })
    }

    fn set_many<'a>(&'a self, entries: &'a [Entry]) -> Answer<'a, Vec<Result<(), Error>>> {
        Box::pin(async move {
            let names = match self.all(entries.iter().map(|entry| &entry.name)).await {
                Ok(names) => names,
                Err(error) => return entries.iter().map(|_| Err(error.clone())).collect(),
            };
            let entry = |(name, entry): (Name, &Entry)| Entry { name, ..entry.clone() };
            self.store.set_many(&names.into_iter().zip(entries).map(entry).collect::<Vec<_>>()).await
        })
    }

    fn delete_many<'a>(&'a self, names: &'a [Name]) -> Answer<'a, Result<u64, Error>> {
        Box::pin(async move { self.store.delete_many(&self.all(names.iter()).await?).await })
    }

    fn clear_scope<'a>(&'a self, scope: &'a str) -> Answer<'a, Result<(), Error>> {
        Box::pin(self.clear(scope))
    }

    fn clear_store(&self) -> Answer<'_, Result<(), Error>> {
        Box::pin(async move {
            let _change = self.book.change_all();
            self.store.clear_store().await
        })
    }

    fn begin_fill<'a>(&'a self, name: &'a Name) -> Answer<'a, Result<Ticket, Error>> {
        Box::pin(async move {
            let (name, era) = self.known(name).await?;
            let Ticket(ticket) = self.store.begin_fill(&name).await?;
            Ok(Ticket([&era.to_le_bytes()[..], &ticket].concat()))
        })
    }

    fn set_if<'a>(
        &'a self,
        name: &'a Name,
        value: &'a [u8],
        time: Option<Duration>,
        ticket: &'a Ticket,
    ) -> Answer<'a, Result<bool, Error>> {
        Box::pin(async move {
            let Some((before, ticket)) =
                ticket.0.split_first_chunk().map(|(era, rest)| (u64::from_le_bytes(*era), rest))
            else {
                return Ok(false);
            };
            let (name, era) = self.known(name).await?;
            // What it was taken for was cleared since.
            if era != before {
                return Ok(false);
            }
            self.store.set_if(&name, value, time, &Ticket(ticket.to_vec())).await
        })
    }

    fn listen(&self, _: &str, _: Arc<dyn Listener>) -> Result<Listening, Error> {
        Err(unsupported("tell of its changes"))
    }

    fn is_away(&self, name: &Name) -> bool {
        levels(name.as_str()).any(|level| self.store.is_away(&self.marker(level)))
            || self.remembered(name).is_some_and(|name| self.store.is_away(&name))
    }
}
