//! What was invalidated while the store was away is not served when it is back.
//!
//! A removal that failed, or a write, or one whose caller left half-way, may not have reached the store, and what it was to
//! replace would be served again. So it is owed: until the store has been told, nobody of this process is served what is
//! under that name, and whoever reaches the store next pays, a few names at a time.
//!
//! The store is told in the order in which it should have been: what was made of other things goes after those. Told first, it
//! would be made anew by another process, of what is still there, and kept. So a change waits for what is owed, too; and a
//! removal that did not have to, since that could not be paid, is owed once more, behind it.
//!
//! Debts are of this process, and end with it: what it could not invalidate before it ended may be served until its time is
//! over. Other processes know nothing of them either.
//!
//! Where a store is several servers and one of them is away, that one is owed, and the others are paid: each its names, and each
//! its part of a scope that was cleared, or of the store.
//!
//! Where nothing is owed a read costs one look at a flag, and goes to the store as it is.

mod change;
mod debts;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use change::{Change, Payment, What, understood};
use debts::{Debts, Due, Standing, Sweep};

use super::super::together::all;
use super::super::{Answer, Capabilities, Entry, ErasedBackend, Listener, Listening, Names, Remaining, Server, Ticket};
use crate::clock::Clock;
use crate::error::{Error, Kind};
use crate::key::Name;
use crate::lock::{Mutex, MutexGuard, lock};

/// How many names whoever reaches the store pays for.
const CHUNK: usize = 128;

/// A store that is owed what it was not told.
pub struct Owing {
    store: Arc<dyn ErasedBackend>,
    clock: Clock,
    debts: Mutex<Debts>,
    /// Nothing is owed.
    is_calm: AtomicBool,
}

impl Owing {
    /// Owes it nothing so far.
    #[must_use]
    pub fn new(store: Arc<dyn ErasedBackend>, clock: Clock) -> Self {
        Self { store, clock, debts: Mutex::default(), is_calm: AtomicBool::new(true) }
    }

    fn is_calm(&self) -> bool {
        self.is_calm.load(Ordering::Acquire)
    }

    fn debts(&self) -> MutexGuard<'_, Debts> {
        lock(&self.debts)
    }

    fn change_debts(&self, change: impl FnOnce(&mut Debts)) {
        let mut debts = self.debts();
        change(&mut debts);
        self.is_calm.store(debts.are_none(), Ordering::Release);
    }

    fn standing(&self, name: &Name) -> Standing {
        let server = (*self.store).server_of(name);
        self.debts().standing(name.as_bytes(), server)
    }

    fn begin<'a>(&'a self, what: What<'a>) -> Change<'a> {
        let point = if self.is_calm() { 0 } else { self.debts().point() };
        Change { owing: self, what, point, open: true, is_early: false }
    }

    /// Begins to remove something: pays what was owed before that, and notes whether something of it is left.
    async fn begin_removal<'a>(&'a self, what: What<'a>) -> Change<'a> {
        let mut change = self.begin(what);
        self.pay_all().await;
        let is_away = |name: &Name| (*self.store).is_away(name);
        let sweep = if let What::All(sweep) = what { Some(sweep) } else { None };
        change.is_early = !self.is_calm() && self.debts().are_older(change.point, sweep, is_away);
        change
    }

    /// Tells the store what it is owed for this name. Returns whether nothing is owed any more; nothing is known of that where
    /// somebody else is telling it just now.
    async fn pay_for(&self, name: &Name) -> Result<bool, Error> {
        loop {
            match self.standing(name) {
                Standing::Clear => return Ok(true),
                Standing::BeingPaid => return Ok(false),
                Standing::Owed(until) => {
                    if !self.pay_first(until).await? {
                        // Where its server is away, that is what is wrong; else somebody else is at it.
                        return if (*self.store).is_away(name) {
                            (*self.store).get(name).await.map(|_| false)
                        } else {
                            Ok(false)
                        };
                    }
                }
            }
        }
    }

    /// Tells the store what it was owed first of all that was owed by then. Returns whether there was anything that nobody
    /// else is telling it.
    async fn pay_first(&self, until: u64) -> Result<bool, Error> {
        let (due, point) = {
            let mut debts = self.debts();
            (debts.take(CHUNK, until, |name| (*self.store).is_away(name)), debts.point())
        };
        match due {
            None => return Ok(false),
            Some(Due::Names(names)) => self.pay_names(&names, point).await?,
            Some(Due::Sweep(sweep)) => self.pay_sweep(&sweep, point).await?,
        }
        Ok(true)
    }

    /// Tells the store all that it is owed, before it is told of a change. What fails stays owed.
    async fn pay_all(&self) {
        while !self.is_calm() && matches!(self.pay_first(u64::MAX).await, Ok(true)) {}
    }

    async fn pay_names(&self, names: &[Name], point: u64) -> Result<(), Error> {
        let _payment = Payment { owing: self, names, sweep: None };
        understood((*self.store).delete_many(names).await.map(drop))?;
        self.change_debts(|debts| names.iter().for_each(|name| debts.paid(name, point)));
        Ok(())
    }

    async fn pay_sweep(&self, sweep: &Sweep, point: u64) -> Result<(), Error> {
        let _payment = Payment { owing: self, names: &[], sweep: Some(sweep) };
        understood(match sweep {
            Sweep::Scope(scope, server) => (*self.store).clear_scope_on(scope, *server).await,
            Sweep::Store(server) => (*self.store).clear_store_on(*server).await,
        })?;
        let servers = self.servers_for(sweep);
        self.change_debts(|debts| debts.paid_all(sweep, point, &servers));
        Ok(())
    }

    /// Returns the servers that are to be empty before everything is trusted again; none for what empties no server.
    fn servers_for(&self, sweep: &Sweep) -> Vec<Server> {
        if matches!(sweep, Sweep::Store(_)) { (*self.store).servers() } else { Vec::new() }
    }

    /// Pays some of what is owed: the store has just answered. What fails stays owed.
    async fn pay_some(&self) {
        if self.is_calm() || !self.debts().can_be_paid() {
            return;
        }
        drop(self.pay_first(u64::MAX).await);
    }

    /// Makes sure that what an operation on this name meets is not what somebody has removed.
    async fn prepare(&self, name: &Name) -> Result<bool, Error> {
        if !self.pay_for(name).await? {
            return Ok(false);
        }
        let has_horizon = self.debts().has_horizon();
        if has_horizon {
            let found = (*self.store).get(name).await?;
            self.check(name, found).await?;
        }
        Ok(true)
    }

    /// Removes what was found where it may be what somebody has removed.
    async fn check(&self, name: &Name, found: Option<Vec<u8>>) -> Result<Option<Vec<u8>>, Error> {
        let Some(bytes) = found else { return Ok(None) };
        let now = self.clock.wall_millis();
        let (is_distrusted, point) = {
            let debts = self.debts();
            (debts.distrusts(name, &bytes, now), debts.point())
        };
        if !is_distrusted {
            return Ok(Some(bytes));
        }
        (*self.store).delete(name).await?;
        self.trust(name, point);
        Ok(None)
    }

    /// Notes that what is under this name now was written since this point.
    fn trust(&self, name: &Name, point: u64) {
        if !self.is_calm() {
            self.debts().trust(name, point);
        }
    }

    fn trust_if(&self, name: &Name, point: u64, written: Result<bool, Error>) -> Result<bool, Error> {
        if let Ok(true) = written {
            self.trust(name, point);
        }
        written
    }

    async fn get_slowly(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        if !self.pay_for(name).await? {
            return Ok(None);
        }
        let found = (*self.store).get(name).await?;
        let found = self.check(name, found).await?;
        self.pay_some().await;
        Ok(found)
    }

    async fn get_many_slowly(&self, names: &[Name]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        let mut are_clear = Vec::with_capacity(names.len());
        for name in names {
            are_clear.push(match self.standing(name) {
                // What is owed for a name whose server is away is nothing to the others: that one is not there.
                Standing::Clear => true,
                Standing::Owed(_) if (*self.store).is_away(name) => false,
                _ => self.pay_for(name).await?,
            });
        }
        // What is read before all that is paid may be what was removed.
        let mut values = (*self.store).get_many(names).await?;
        for ((name, value), is_clear) in names.iter().zip(&mut values).zip(are_clear) {
            *value = self.check(name, value.take().filter(|_| is_clear)).await?;
        }
        self.pay_some().await;
        Ok(values)
    }

    /// Asks the store for what changes an entry by what is there, or leaves it alone.
    async fn ask<'a, T>(
        &'a self,
        name: &'a Name,
        ask: impl FnOnce() -> Answer<'a, Result<T, Error>>,
    ) -> Result<T, Error> {
        if self.is_calm() {
            return ask().await;
        }
        if !self.prepare(name).await? {
            return Err(being_removed());
        }
        let answer = ask().await?;
        self.pay_some().await;
        Ok(answer)
    }

    async fn end<T>(&self, change: Change<'_>, outcome: Result<T, Error>) -> Result<T, Error> {
        change.end(&outcome);
        if outcome.is_ok() {
            self.pay_some().await;
        }
        outcome
    }
}

/// Somebody else removes an entry at this moment that is owed to its store.
#[derive(Debug)]
struct BeingRemoved;

impl std::fmt::Display for BeingRemoved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("somebody else is at it")
    }
}

impl std::error::Error for BeingRemoved {}

pub(crate) fn being_removed() -> Error {
    let sentence =
        "an entry that its store was to remove is being removed just now, and is left alone until that is done";
    Error::new(Kind::Store, sentence).with_source(BeingRemoved)
}

/// Returns whether an error says no more than that: its store answers.
pub(crate) fn is_being_removed(error: &Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<BeingRemoved>)
}

/// By hand, and not by way of `Backend`: where nothing is owed, a read is handed on without a box of its own.
impl ErasedBackend for Owing {
    fn capabilities(&self) -> Capabilities {
        (*self.store).capabilities()
    }

    fn owe(&self, name: &Name) {
        let (server, now) = ((*self.store).server_of(name), self.clock.wall_millis());
        self.change_debts(|debts| debts.owe(name, server, now));
    }

    fn get<'a>(&'a self, name: &'a Name) -> Answer<'a, Result<Option<Vec<u8>>, Error>> {
        if self.is_calm() { (*self.store).get(name) } else { Box::pin(self.get_slowly(name)) }
    }

    fn set<'a>(&'a self, name: &'a Name, value: &'a [u8], time: Option<Duration>) -> Answer<'a, Result<(), Error>> {
        Box::pin(async move {
            let change = if name.is_reserved() {
                // A marker that says something else removes all that has its tag.
                self.begin_removal(What::Name(name)).await
            } else {
                let change = self.begin(What::Name(name));
                self.pay_all().await;
                change
            };
            let set = (*self.store).set(name, value, time).await;
            if set.is_ok() {
                self.trust(name, change.point);
            }
            self.end(change, set).await
        })
    }

    fn add<'a>(&'a self, name: &'a Name, value: &'a [u8], time: Option<Duration>) -> Answer<'a, Result<bool, Error>> {
        if self.is_calm() {
            return (*self.store).add(name, value, time);
        }
        Box::pin(async move {
            let point = self.debts().point();
            let added = self.ask(name, || (*self.store).add(name, value, time)).await;
            self.trust_if(name, point, added)
        })
    }

    fn delete<'a>(&'a self, name: &'a Name) -> Answer<'a, Result<bool, Error>> {
        Box::pin(async move {
            let was_gone = !self.is_calm() && self.standing(name) != Standing::Clear;
            let change = self.begin_removal(What::Name(name)).await;
            let removed = (*self.store).delete(name).await;
            self.end(change, removed).await.map(|removed| removed && !was_gone)
        })
    }

    fn touch<'a>(&'a self, name: &'a Name, time: Option<Duration>) -> Answer<'a, Result<bool, Error>> {
        if self.is_calm() {
            return (*self.store).touch(name, time);
        }
        Box::pin(self.ask(name, move || (*self.store).touch(name, time)))
    }

    fn incr<'a>(&'a self, name: &'a Name, delta: i64) -> Answer<'a, Result<i64, Error>> {
        if self.is_calm() {
            return (*self.store).incr(name, delta);
        }
        Box::pin(self.ask(name, move || (*self.store).incr(name, delta)))
    }

    fn ttl<'a>(&'a self, name: &'a Name) -> Answer<'a, Result<Option<Remaining>, Error>> {
        if self.is_calm() { (*self.store).ttl(name) } else { Box::pin(self.ask(name, || (*self.store).ttl(name))) }
    }

    fn get_many<'a>(&'a self, names: &'a [Name]) -> Answer<'a, Result<Vec<Option<Vec<u8>>>, Error>> {
        if self.is_calm() { (*self.store).get_many(names) } else { Box::pin(self.get_many_slowly(names)) }
    }

    fn set_many<'a>(&'a self, entries: &'a [Entry]) -> Answer<'a, Vec<Result<(), Error>>> {
        Box::pin(async move {
            let changes: Vec<_> = entries.iter().map(|entry| self.begin(What::Name(&entry.name))).collect();
            self.pay_all().await;
            let kept = (*self.store).set_many(entries).await;
            for ((entry, change), kept) in entries.iter().zip(changes).zip(&kept) {
                if kept.is_ok() {
                    self.trust(&entry.name, change.point);
                }
                change.end(kept);
            }
            if kept.iter().any(Result::is_ok) {
                self.pay_some().await;
            }
            kept
        })
    }

    fn delete_many<'a>(&'a self, names: &'a [Name]) -> Answer<'a, Result<u64, Error>> {
        Box::pin(async move {
            let change = self.begin_removal(What::Names(names)).await;
            let removed = (*self.store).delete_many(names).await;
            self.end(change, removed).await
        })
    }

    /// Each server is told, and one that was not is owed its part.
    fn clear_scope<'a>(&'a self, scope: &'a str) -> Answer<'a, Result<(), Error>> {
        Box::pin(async move {
            let servers = (*self.store).servers().into_iter();
            let clear = |server| self.clear_scope_on(scope, server);
            all(servers.map(clear).collect()).await.into_iter().collect()
        })
    }

    fn clear_scope_on<'a>(&'a self, scope: &'a str, server: Server) -> Answer<'a, Result<(), Error>> {
        Box::pin(async move {
            let sweep = Sweep::Scope(scope.into(), server);
            let change = self.begin_removal(What::All(&sweep)).await;
            let cleared = (*self.store).clear_scope_on(scope, server).await;
            self.end(change, cleared).await
        })
    }

    /// Each server is told, and one that was not is owed its part.
    fn clear_store(&self) -> Answer<'_, Result<(), Error>> {
        Box::pin(async move {
            let servers = (*self.store).servers().into_iter();
            let clear = |server| self.clear_store_on(server);
            all(servers.map(clear).collect()).await.into_iter().collect()
        })
    }

    fn clear_store_on(&self, server: Server) -> Answer<'_, Result<(), Error>> {
        Box::pin(async move {
            let sweep = Sweep::Store(server);
            let change = self.begin_removal(What::All(&sweep)).await;
            let cleared = (*self.store).clear_store_on(server).await;
            self.end(change, cleared).await
        })
    }

    fn begin_fill<'a>(&'a self, name: &'a Name) -> Answer<'a, Result<Ticket, Error>> {
        if self.is_calm() {
            return (*self.store).begin_fill(name);
        }
        Box::pin(self.ask(name, || (*self.store).begin_fill(name)))
    }

    fn begin_fill_many<'a>(&'a self, names: &'a [Name]) -> Answer<'a, Vec<Result<Ticket, Error>>> {
        if self.is_calm() {
            return (*self.store).begin_fill_many(names);
        }
        Box::pin(all(names.iter().map(|name| self.begin_fill(name)).collect()))
    }

    fn set_many_if<'a>(&'a self, entries: &'a [(Entry, Ticket)]) -> Answer<'a, Vec<Result<bool, Error>>> {
        if self.is_calm() {
            return (*self.store).set_many_if(entries);
        }
        let each = entries.iter().map(|(entry, ticket)| self.set_if(&entry.name, &entry.value, entry.time, ticket));
        Box::pin(all(each.collect()))
    }

    fn set_if<'a>(
        &'a self,
        name: &'a Name,
        value: &'a [u8],
        time: Option<Duration>,
        ticket: &'a Ticket,
    ) -> Answer<'a, Result<bool, Error>> {
        if self.is_calm() {
            return (*self.store).set_if(name, value, time, ticket);
        }
        Box::pin(async move {
            let point = self.debts().point();
            let set = self.ask(name, || (*self.store).set_if(name, value, time, ticket)).await;
            self.trust_if(name, point, set)
        })
    }

    fn listen(&self, start: &str, listener: Arc<dyn Listener>) -> Result<Listening, Error> {
        (*self.store).listen(start, listener)
    }

    fn list<'a>(&'a self, start: &'a str, behind: Option<&'a [u8]>) -> Answer<'a, Result<Names, Error>> {
        (*self.store).list(start, behind)
    }

    fn is_away(&self, name: &Name) -> bool {
        (*self.store).is_away(name)
    }

    fn servers(&self) -> Vec<Server> {
        (*self.store).servers()
    }

    fn server_of(&self, name: &Name) -> Server {
        (*self.store).server_of(name)
    }
}
