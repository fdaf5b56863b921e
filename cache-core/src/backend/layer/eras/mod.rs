//! Clearing one cache in a store that cannot tell its entries from others: what was cleared is called otherwise.
//!
//! The name of each entry has its era in it: a number drawn by chance, which a marker in the store says. To clear is to draw
//! another one: what has the old one in its name is asked for by nobody any more, and leaves when its time is over or
//! when room is needed. A marker that the store has lost is drawn anew, and never is what it was before: then everything is
//! gone, and nothing comes back.
//!
//! Where a store is several servers, there is a marker on each of them, for what is on that one. So a server that is away takes
//! what it has, and nothing else. On which server an entry is, is no matter of its era, or else nobody could tell which marker to
//! ask. What a marker is called is a matter of its server, and not of all the others: with those, a list that is changed and
//! changed back would bring an old era back.
//!
//! For reads, what a marker said is trusted for a second, so that as a rule a hit takes no other question: whoever clears
//! sees it at once, and other processes do within a second. Where something is made of what is read, that would be kept
//! for longer than the second: then the markers are asked together with it. Who writes, counts or removes asks the
//! marker, since that must not miss what somebody has kept after a clear; and does at the same time what is to be done,
//! by the era that is trusted. Where the marker says another one, it is done once more by that, and what was done by the old
//! one is removed: some still read by it for a second. A ticket for a fill is good in its era alone: what was read before a
//! clear is not kept after it. Who fills asks no marker, and goes by the era that is trusted: where another process has
//! cleared within that second, the value is kept in an era that is over, and is read by those alone who trust that one still.
//!
//! A namespace that is cleared has an era of its own. Names are the way for that, and not tags in each record: with those no
//! server could count any more.

mod book;
mod marker;
mod now;
mod spelling;

use std::collections::BTreeSet;
use std::slice::from_ref;
use std::sync::Arc;
use std::time::Duration;

use ahash::RandomState;
use book::Book;
use spelling::{Spelling, levels, of_all};

use super::super::together::{all, both};
use super::super::{
    Answer, Capabilities, Entry, ErasedBackend, Listener, Listening, Names, Remaining, Server, Ticket, unsupported,
};
use crate::clock::Clock;
use crate::error::Error;
use crate::key::{Name, Scope};

/// A store whose caches are cleared by what their entries are called.
pub struct Eras {
    store: Arc<dyn ErasedBackend>,
    clock: Clock,
    /// All of the store's.
    servers: Vec<Server>,
    /// Where markers are.
    scope: Scope,
    book: Book,
    spelling: Spelling,
    draws: RandomState,
    /// Says whether something is made of what is read, and may be kept.
    is_made_of: fn() -> bool,
}

/// Whether an era that was asked for less than a second ago will do.
#[derive(Clone, Copy)]
enum Word {
    Trusted,
    Asked,
}

impl Eras {
    /// Gives the entries of the caches of a prefix an era. `is_made_of` says of whoever reads whether something is made of that,
    /// and may be kept.
    ///
    /// # Errors
    ///
    /// When the prefix is too long.
    pub fn new(
        store: Arc<dyn ErasedBackend>,
        prefix: &str,
        clock: Clock,
        is_made_of: fn() -> bool,
    ) -> Result<Self, Error> {
        let (scope, spelling) = (Scope::reserved(prefix)?, Spelling::new()?);
        let (servers, book, draws) = ((*store).servers(), Book::default(), RandomState::new());
        Ok(Self { store, clock, servers, scope, book, spelling, draws, is_made_of })
    }

    /// Returns the server that an entry is on, whatever its era.
    fn server(&self, name: &Name) -> Server {
        match self.servers[..] {
            [only] => only,
            _ => (*self.store).server_of(&self.spell(name, 0)),
        }
    }

    /// Returns the name that an entry has in an era. What is in no scope is the engine's own, and has none.
    fn spell(&self, name: &Name, era: u64) -> Name {
        if levels(name.as_str()).next().is_none() { name.clone() } else { self.spelling.name(name, era) }
    }

    /// Returns the era that the markers of a name were last seen to say.
    fn remembered(&self, server: Server, name: &Name) -> Option<u64> {
        let now = self.clock.now();
        let eras: Option<Vec<_>> = levels(name.as_str()).map(|level| self.book.peek(server, level, now)).collect();
        eras.map(of_all)
    }

    /// Returns the name to fill an entry by, and its era.
    async fn known(&self, name: &Name) -> Result<(Name, u64), Error> {
        let server = self.server(name);
        let mut era = None;
        for level in levels(name.as_str()) {
            let own = self.era(server, level, Word::Trusted).await?;
            era = Some(spelling::inside(era, own));
        }
        let era = era.unwrap_or_default();
        Ok((self.spell(name, era), era))
    }

    /// Returns the name to fill an entry by, and the store's own ticket; `None` where what that was taken for was cleared since.
    async fn still_good(&self, name: &Name, ticket: &Ticket) -> Result<Option<(Name, Ticket)>, Error> {
        let Some((before, rest)) = ticket.0.split_first_chunk() else { return Ok(None) };
        let (name, era) = self.known(name).await?;
        Ok((era == u64::from_le_bytes(*before)).then(|| (name, Ticket(rest.to_vec()))))
    }

    /// Returns the name to read an entry by, where no marker has to be asked for that: so it is for most hits.
    fn at_hand(&self, name: &Name) -> Option<Name> {
        let (server, now) = (self.server(name), self.clock.now());
        let mut era = None;
        for level in levels(name.as_str()) {
            let own = self.book.trusted(server, level, now)?;
            era = Some(spelling::inside(era, own));
        }
        Some(self.spelling.name(name, era?))
    }

    /// Returns the name to read an entry by; `None` where there is no era, and so nothing.
    async fn there(&self, name: &Name) -> Result<Option<Name>, Error> {
        let server = self.server(name);
        let mut era = None;
        for level in levels(name.as_str()) {
            let Some(own) = self.era_there(server, level, Word::Trusted).await? else { return Ok(None) };
            era = Some(spelling::inside(era, own));
        }
        Ok(Some(self.spell(name, era.unwrap_or_default())))
    }

    /// Changes an entry by the name that it has now. Where an era is trusted, that is tried while the markers are asked: what
    /// is done by a name that is none any more harms nobody, and is removed.
    async fn change<'a, T>(
        &'a self,
        name: &'a Name,
        change: impl Fn(Name) -> Answer<'a, Result<T, Error>> + Send + Sync,
    ) -> Result<T, Error> {
        if levels(name.as_str()).next().is_none() {
            return change(name.clone()).await;
        }
        let server = self.server(name);
        let Some(known) = self.remembered(server, name) else {
            let era = self.asked(server, name).await?;
            return change(self.spell(name, era)).await;
        };
        let before = self.spell(name, known);
        let (now, changed) = both(self.asked(server, name), change(before.clone())).await;
        let now = now?;
        if now == known {
            return changed;
        }
        // Some may read by the old one for a second yet, and are not to see there what was done in vain.
        both(change(self.spell(name, now)), (*self.store).delete(&before)).await.0
    }

    /// Returns the names to change entries by, each for itself.
    async fn all<'a>(&self, names: impl Iterator<Item = &'a Name> + Clone) -> Vec<Result<Name, Error>> {
        let servers: Vec<_> = names.clone().map(|name| self.server(name)).collect();
        let eras = self.asked_all(&levels_of(names.clone().zip(&servers))).await;
        let spelled = |(name, server): (&Name, &Server)| {
            let eras = levels(name.as_str()).map(|level| eras[&(*server, level)].clone());
            let eras = eras.collect::<Result<Vec<_>, _>>()?;
            Ok(self.spell(name, of_all(eras)))
        };
        names.zip(&servers).map(spelled).collect()
    }
}

/// Returns the levels that names are in on their servers, each once.
fn levels_of<'a, 'b>(names: impl Iterator<Item = (&'a Name, &'b Server)>) -> Vec<(Server, &'a str)> {
    let each = names.flat_map(|(name, server)| levels(name.as_str()).map(|level| (*server, level)));
    each.collect::<BTreeSet<_>>().into_iter().collect()
}

impl ErasedBackend for Eras {
    fn capabilities(&self) -> Capabilities {
        // What such a store would tell, or list, are other names than those that it is asked for.
        Capabilities { clear_scope: true, tells: false, lists: false, ..(*self.store).capabilities() }
    }

    fn get<'a>(&'a self, name: &'a Name) -> Answer<'a, Result<Option<Vec<u8>>, Error>> {
        let is_made_of = (self.is_made_of)();
        Box::pin(async move {
            if is_made_of {
                return Ok(Box::pin(self.read_now(from_ref(name))).await?.pop().flatten());
            }
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
        Box::pin(self.change(name, move |name| Box::pin(async move { self.store.set(&name, value, time).await })))
    }

    fn add<'a>(&'a self, name: &'a Name, value: &'a [u8], time: Option<Duration>) -> Answer<'a, Result<bool, Error>> {
        Box::pin(self.change(name, move |name| Box::pin(async move { self.store.add(&name, value, time).await })))
    }

    fn delete<'a>(&'a self, name: &'a Name) -> Answer<'a, Result<bool, Error>> {
        Box::pin(self.change(name, move |name| Box::pin(async move { self.store.delete(&name).await })))
    }

    fn touch<'a>(&'a self, name: &'a Name, time: Option<Duration>) -> Answer<'a, Result<bool, Error>> {
        Box::pin(self.change(name, move |name| Box::pin(async move { self.store.touch(&name, time).await })))
    }

    fn incr<'a>(&'a self, name: &'a Name, delta: i64) -> Answer<'a, Result<i64, Error>> {
        Box::pin(self.change(name, move |name| Box::pin(async move { self.store.incr(&name, delta).await })))
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
        let is_made_of = (self.is_made_of)();
        Box::pin(async move {
            if is_made_of {
                return self.read_now(names).await;
            }
            let servers: Vec<_> = names.iter().map(|name| (self.server(name), name)).collect();
            let eras = self.eras_there(&servers).await?;
            let there = names.iter().zip(&eras).filter_map(|(name, era)| Some(self.spell(name, (*era)?)));
            let mut found = self.store.get_many(&there.collect::<Vec<_>>()).await?.into_iter();
            Ok(eras.into_iter().map(|era| era.and_then(|_| found.next().flatten())).collect())
        })
    }

    fn set_many<'a>(&'a self, entries: &'a [Entry]) -> Answer<'a, Vec<Result<(), Error>>> {
        Box::pin(async move {
            let names = self.all(entries.iter().map(|entry| &entry.name)).await;
            let renamed = |(name, entry): (&Result<Name, Error>, &Entry)| {
                name.clone().ok().map(|name| Entry { name, ..entry.clone() })
            };
            let spelled: Vec<_> = names.iter().zip(entries).filter_map(renamed).collect();
            let mut kept = self.store.set_many(&spelled).await.into_iter();
            names.into_iter().map(|name| name.and_then(|_| kept.next().unwrap_or(Ok(())))).collect()
        })
    }

    /// Those that can be reached are removed, also where others cannot.
    fn delete_many<'a>(&'a self, names: &'a [Name]) -> Answer<'a, Result<u64, Error>> {
        Box::pin(async move {
            let names = self.all(names.iter()).await;
            let known: Vec<_> = names.iter().flatten().cloned().collect();
            let removed = self.store.delete_many(&known).await;
            names.into_iter().collect::<Result<Vec<_>, _>>().and(removed)
        })
    }

    fn clear_scope<'a>(&'a self, scope: &'a str) -> Answer<'a, Result<(), Error>> {
        Box::pin(async move {
            let clear = |server: &Server| self.clear_scope_on(scope, *server);
            all(self.servers.iter().map(clear).collect()).await.into_iter().collect()
        })
    }

    fn clear_scope_on<'a>(&'a self, scope: &'a str, server: Server) -> Answer<'a, Result<(), Error>> {
        Box::pin(self.clear_on(scope, server))
    }

    fn clear_store(&self) -> Answer<'_, Result<(), Error>> {
        Box::pin(async move {
            let _change = self.book.change_all();
            self.store.clear_store().await
        })
    }

    fn clear_store_on(&self, server: Server) -> Answer<'_, Result<(), Error>> {
        Box::pin(async move {
            let _change = self.book.change_server(server);
            self.store.clear_store_on(server).await
        })
    }

    fn begin_fill<'a>(&'a self, name: &'a Name) -> Answer<'a, Result<Ticket, Error>> {
        Box::pin(async move {
            let (name, era) = self.known(name).await?;
            Ok(taken_in(era, &self.store.begin_fill(&name).await?))
        })
    }

    fn begin_fill_many<'a>(&'a self, names: &'a [Name]) -> Answer<'a, Vec<Result<Ticket, Error>>> {
        Box::pin(async move {
            let known = all(names.iter().map(|name| self.known(name)).collect()).await;
            let spelled: Vec<_> = known.iter().flatten().map(|(name, _)| name.clone()).collect();
            let mut tickets = self.store.begin_fill_many(&spelled).await.into_iter();
            let mut next =
                || tickets.next().unwrap_or_else(|| Err(unsupported("take a ticket for each of many names")));
            known.into_iter().map(|known| known.and_then(|(_, era)| Ok(taken_in(era, &next()?)))).collect()
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
            match self.still_good(name, ticket).await? {
                Some((name, ticket)) => self.store.set_if(&name, value, time, &ticket).await,
                None => Ok(false),
            }
        })
    }

    fn set_many_if<'a>(&'a self, entries: &'a [(Entry, Ticket)]) -> Answer<'a, Vec<Result<bool, Error>>> {
        Box::pin(async move {
            let good = all(entries.iter().map(|(entry, ticket)| self.still_good(&entry.name, ticket)).collect()).await;
            let spelled = good.iter().zip(entries).filter_map(|(good, (entry, _))| {
                let (name, ticket) = good.as_ref().ok()?.as_ref()?;
                Some((Entry { name: name.clone(), ..entry.clone() }, ticket.clone()))
            });
            let mut kept = self.store.set_many_if(&spelled.collect::<Vec<_>>()).await.into_iter();
            let mut next = || kept.next().unwrap_or(Ok(false));
            good.into_iter().map(|good| if good?.is_some() { next() } else { Ok(false) }).collect()
        })
    }

    fn listen(&self, _: &str, _: Arc<dyn Listener>) -> Result<Listening, Error> {
        Err(unsupported("tell of its changes"))
    }

    fn list<'a>(&'a self, _: &'a str, _: Option<&'a [u8]>) -> Answer<'a, Result<Names, Error>> {
        Box::pin(async { Err(unsupported("tell what it keeps")) })
    }

    fn is_away(&self, name: &Name) -> bool {
        let server = self.server(name);
        levels(name.as_str()).any(|level| self.store.is_away(&self.marker(server, level)))
            || self.remembered(server, name).is_some_and(|era| self.store.is_away(&self.spell(name, era)))
    }

    fn servers(&self) -> Vec<Server> {
        self.servers.clone()
    }

    fn server_of(&self, name: &Name) -> Server {
        self.server(name)
    }
}

/// Returns a ticket that is good in this era alone.
fn taken_in(era: u64, Ticket(ticket): &Ticket) -> Ticket {
    Ticket([&era.to_le_bytes()[..], ticket].concat())
}
