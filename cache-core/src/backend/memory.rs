//! A byte store in memory: the model for authors, and for tests.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::audience::Audience;
use super::{Backend, Capabilities, Listener, Listening, Names, Remaining, Ticket, not_counted};
use crate::clock::{Clock, Tick};
use crate::codec::wire;
use crate::error::{Error, Kind};
use crate::key::Name;
use crate::lock::{Mutex, MutexGuard, lock};

/// A byte store in memory that can do everything a backend can.
///
/// It is there to be read and to test with. It has no bounds: a cache for use is `Settings::memory()`, which also keeps
/// values as they are, not as bytes.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::backend::{Backend, Memory};
/// use larder::{clock::Clock, key::Scope, testing};
///
/// let (store, scope) = (Memory::new(Clock::manual()), Scope::new("shop", "1", None)?);
/// let visits = scope.name(&"visits".into());
/// testing::block_on(async {
///     assert!(store.add(&visits, b"41", None).await?);
///     assert_eq!(store.incr(&visits, 1).await?, 42);
///     assert_eq!(store.get(&visits).await?.as_deref(), Some(&b"42"[..]));
///     assert!(store.delete(&visits).await?);
///     Ok::<(), larder::Error>(())
/// })?;
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Debug)]
pub struct Memory {
    clock: Clock,
    table: Mutex<Table>,
    audience: Audience,
}

#[derive(Debug, Default)]
struct Table {
    entries: HashMap<Box<[u8]>, Held>,
    /// Raised with each change of anything.
    changes: u64,
    /// When each name that is not there any more was last changed.
    removed: HashMap<Box<[u8]>, u64>,
    /// Tickets from before this many changes are worth nothing.
    forgotten: u64,
}

#[derive(Debug)]
struct Held {
    value: Vec<u8>,
    until: Tick,
    changed: u64,
}

/// How many removals are remembered one by one, for the sake of loads under way.
const REMEMBERED: usize = 1_000;

/// How many names are told at a time.
const LISTED: usize = 200;

impl Memory {
    /// Makes an empty store that reads the time from this clock.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, table: Mutex::default(), audience: Audience::default() }
    }

    /// Takes the lock, and lets go of this name if its time is over.
    fn table(&self, name: &Name) -> MutexGuard<'_, Table> {
        let mut table = lock(&self.table);
        let now = self.clock.now();
        if table.entries.get(name.as_bytes()).is_some_and(|held| held.until <= now) {
            table.expire(name);
        }
        table
    }

    /// Says that a name was changed, when the lock is let go: who hears it may drop things, or ask something.
    fn tell(&self, name: &Name) {
        self.audience.tell([name.as_bytes()]);
    }

    #[expect(clippy::unnecessary_wraps, reason = "it is what an operation returns")]
    fn tell_if(&self, changed: bool, name: &Name) -> Result<bool, Error> {
        if changed {
            self.tell(name);
        }
        Ok(changed)
    }

    fn until(&self, time: Option<Duration>) -> Tick {
        time.map_or(Tick::NEVER, |time| self.clock.now().after(time))
    }
}

impl Table {
    fn put(&mut self, name: &Name, value: &[u8], until: Tick) {
        self.changes += 1;
        let held = Held { value: value.to_vec(), until, changed: self.changes };
        self.entries.insert(name.as_bytes().into(), held);
    }

    fn remove(&mut self, name: &Name) -> bool {
        self.changes += 1;
        self.remember(name, self.changes);
        self.entries.remove(name.as_bytes()).is_some()
    }

    /// Lets go of an entry whose time is over. That changes nothing, but that it was written once is still to be known.
    fn expire(&mut self, name: &Name) {
        if let Some(held) = self.entries.remove(name.as_bytes()) {
            self.remember(name, held.changed);
        }
    }

    fn remember(&mut self, name: &Name, changed: u64) {
        if self.removed.len() >= REMEMBERED {
            self.forget();
        }
        self.removed.insert(name.as_bytes().into(), changed);
    }

    /// Makes all tickets worthless: one load too many is the safe side.
    fn forget(&mut self) {
        self.removed.clear();
        self.changes += 1;
        self.forgotten = self.changes;
    }

    /// Removes everything that begins like this, and returns its names.
    fn clear(&mut self, start: &[u8]) -> Vec<Box<[u8]>> {
        self.forget();
        self.entries.extract_if(|name, _| name.starts_with(start)).map(|(name, _)| name).collect()
    }

    fn is_unchanged_since(&self, name: &Name, ticket: u64) -> bool {
        let held = self.entries.get(name.as_bytes()).map_or(0, |held| held.changed);
        let removed = self.removed.get(name.as_bytes()).copied().unwrap_or(0);
        // What is beyond all changes is no ticket that was taken here.
        (held.max(removed).max(self.forgotten)..=self.changes).contains(&ticket)
    }
}

impl Backend for Memory {
    fn capabilities(&self) -> Capabilities {
        Capabilities { tells: true, lists: true, ..Capabilities::ALL }
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.table(name).entries.get(name.as_bytes()).map(|held| held.value.clone()))
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        self.table(name).put(name, value, self.until(time));
        self.tell(name);
        Ok(())
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        let mut table = self.table(name);
        let free = !table.entries.contains_key(name.as_bytes());
        if free {
            table.put(name, value, self.until(time));
        }
        drop(table);
        self.tell_if(free, name)
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        let removed = self.table(name).remove(name);
        self.tell(name);
        Ok(removed)
    }

    async fn touch(&self, name: &Name, time: Option<Duration>) -> Result<bool, Error> {
        let mut table = self.table(name);
        let Some(held) = table.entries.get_mut(name.as_bytes()) else { return Ok(false) };
        held.until = self.until(time);
        drop(table);
        self.tell_if(true, name)
    }

    async fn incr(&self, name: &Name, delta: i64) -> Result<i64, Error> {
        let mut table = self.table(name);
        let held = table.entries.get(name.as_bytes()).ok_or_else(|| not_counted(Kind::Missing, name))?;
        let number = wire::number_from_bytes(&held.value).ok_or_else(|| not_counted(Kind::NotANumber, name))?;
        let sum = number.checked_add(delta).ok_or_else(|| not_counted(Kind::Overflow, name))?;
        let until = held.until;
        table.put(name, &wire::number_to_bytes(sum), until);
        drop(table);
        self.tell(name);
        Ok(sum)
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        let now = self.clock.now();
        Ok(self.table(name).entries.get(name.as_bytes()).map(|held| match held.until {
            Tick::NEVER => Remaining::Forever,
            until => Remaining::For(until.since(now)),
        }))
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        let removed = lock(&self.table).clear(scope.as_bytes());
        self.audience.tell(removed.iter().map(|name| &**name));
        Ok(())
    }

    async fn clear_store(&self) -> Result<(), Error> {
        drop(lock(&self.table).clear(b""));
        self.audience.tell_all();
        Ok(())
    }

    async fn begin_fill(&self, name: &Name) -> Result<Ticket, Error> {
        Ok(Ticket(self.table(name).changes.to_le_bytes().to_vec()))
    }

    async fn set_if(&self, name: &Name, value: &[u8], time: Option<Duration>, ticket: &Ticket) -> Result<bool, Error> {
        let Ok(ticket) = ticket.0[..].try_into().map(u64::from_le_bytes) else { return Ok(false) };
        let mut table = self.table(name);
        let unchanged = table.is_unchanged_since(name, ticket);
        if unchanged {
            table.put(name, value, self.until(time));
        }
        drop(table);
        self.tell_if(unchanged, name)
    }

    fn listen(&self, start: &str, listener: Arc<dyn Listener>) -> Result<Listening, Error> {
        Ok(self.audience.seat(start, listener))
    }

    async fn list(&self, start: &str, behind: Option<&[u8]>) -> Result<Names, Error> {
        let now = self.clock.now();
        let table = lock(&self.table);
        let live = table.entries.iter().filter(|(name, held)| held.until > now && name.starts_with(start.as_bytes()));
        let mut names: Vec<_> = live.map(|(name, _)| name.to_vec()).collect();
        drop(table);
        names.sort_unstable();
        names.drain(..names.partition_point(|name| behind.is_some_and(|behind| **name <= *behind)));
        let next = names.get(LISTED).map(|_| names[LISTED - 1].clone());
        names.truncate(LISTED);
        Ok(Names { names, next })
    }
}
