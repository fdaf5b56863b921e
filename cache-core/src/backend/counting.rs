//! A backend that counts how often it is asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::{Backend, Capabilities, Entry, Listener, Listening, Names, Remaining, Server, Ticket};
use crate::error::Error;
use crate::key::Name;

/// Counts what another backend is asked, for tests of what a call costs.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::backend::{Backend, Counting, Memory};
/// use larder::clock::Clock;
/// use larder::key::Scope;
/// use larder::testing::block_on;
///
/// let backend = Counting::new(Memory::new(Clock::manual()));
/// let name = Scope::new("shop", "1", None)?.name(&"key".into());
/// block_on(backend.get(&name))?;
/// assert_eq!(backend.calls().gets, 1);
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Counting<B> {
    inner: B,
    counts: [AtomicUsize; 3],
}

/// How often a backend was asked: once each, however many names were in one question.
///
/// ```
/// # use cache_core::__private::larder;
/// use std::sync::Arc;
/// use larder::backend::{Calls, Counting, Null};
/// use larder::{Options, Settings, testing};
///
/// let store = Arc::new(Counting::new(Null));
/// let larder = testing::isolated_with([("default", Settings::backend(Arc::clone(&store)))])?;
/// larder.cache("default").blocking().set_many([("a", 1_u8), ("b", 2)], Options::ttl(60));
/// assert_eq!(store.calls(), Calls { sets: 1, ..Calls::default() });
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// Questions: `get`, `get_many`, `ttl`.
    pub gets: usize,
    /// Writes: `set`, `set_many`, `set_if`, `set_many_if`, `add`, `incr`, `touch`.
    pub sets: usize,
    /// Removals: `delete`, `delete_many`, `clear_scope`, `clear_store`.
    pub deletes: usize,
}

#[derive(Clone, Copy)]
enum Sort {
    Get,
    Set,
    Delete,
}

impl<B> Counting<B> {
    /// Counts what this backend is asked from now on.
    pub fn new(inner: B) -> Self {
        Self { inner, counts: Default::default() }
    }

    /// Returns how often it was asked so far.
    #[must_use]
    pub fn calls(&self) -> Calls {
        let [gets, sets, deletes] = [Sort::Get, Sort::Set, Sort::Delete].map(|sort| self.counter(sort));
        let read = |counter: &AtomicUsize| counter.load(Ordering::SeqCst);
        Calls { gets: read(gets), sets: read(sets), deletes: read(deletes) }
    }

    fn counter(&self, sort: Sort) -> &AtomicUsize {
        &self.counts[sort as usize]
    }

    fn count(&self, sort: Sort) -> &B {
        self.counter(sort).fetch_add(1, Ordering::SeqCst);
        &self.inner
    }
}

impl<B: Backend> Backend for Counting<B> {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        self.count(Sort::Get).get(name).await
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        self.count(Sort::Set).set(name, value, time).await
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        self.count(Sort::Set).add(name, value, time).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        self.count(Sort::Delete).delete(name).await
    }

    async fn touch(&self, name: &Name, time: Option<Duration>) -> Result<bool, Error> {
        self.count(Sort::Set).touch(name, time).await
    }

    async fn incr(&self, name: &Name, delta: i64) -> Result<i64, Error> {
        self.count(Sort::Set).incr(name, delta).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        self.count(Sort::Get).ttl(name).await
    }

    async fn get_many(&self, names: &[Name]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        self.count(Sort::Get).get_many(names).await
    }

    async fn set_many(&self, entries: &[Entry]) -> Vec<Result<(), Error>> {
        self.count(Sort::Set).set_many(entries).await
    }

    async fn delete_many(&self, names: &[Name]) -> Result<u64, Error> {
        self.count(Sort::Delete).delete_many(names).await
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        self.count(Sort::Delete).clear_scope(scope).await
    }

    async fn clear_scope_on(&self, scope: &str, server: Server) -> Result<(), Error> {
        self.count(Sort::Delete).clear_scope_on(scope, server).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.count(Sort::Delete).clear_store().await
    }

    async fn clear_store_on(&self, server: Server) -> Result<(), Error> {
        self.count(Sort::Delete).clear_store_on(server).await
    }

    async fn begin_fill(&self, name: &Name) -> Result<Ticket, Error> {
        self.inner.begin_fill(name).await
    }

    async fn set_if(&self, name: &Name, value: &[u8], time: Option<Duration>, ticket: &Ticket) -> Result<bool, Error> {
        self.count(Sort::Set).set_if(name, value, time, ticket).await
    }

    async fn begin_fill_many(&self, names: &[Name]) -> Vec<Result<Ticket, Error>> {
        self.inner.begin_fill_many(names).await
    }

    async fn set_many_if(&self, entries: &[(Entry, Ticket)]) -> Vec<Result<bool, Error>> {
        self.count(Sort::Set).set_many_if(entries).await
    }

    fn listen(&self, start: &str, listener: Arc<dyn Listener>) -> Result<Listening, Error> {
        self.inner.listen(start, listener)
    }

    async fn list(&self, start: &str, behind: Option<&[u8]>) -> Result<Names, Error> {
        self.count(Sort::Get).list(start, behind).await
    }

    fn is_away(&self, name: &Name) -> bool {
        self.inner.is_away(name)
    }

    fn servers(&self) -> Vec<Server> {
        self.inner.servers()
    }

    fn server_of(&self, name: &Name) -> Server {
        self.inner.server_of(name)
    }
}
