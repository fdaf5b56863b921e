//! One store that two processes share, as tests need it: it stops at every call, fails where it is told to, and does less
//! than it can.

use std::future::poll_fn;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use larder::backend::{Backend, Capabilities, Entry, Listener, Listening, Memory, Remaining, Ticket};
use larder::clock::Clock;
use larder::key::Name;
use larder::testing::{self, Isolated};
use larder::{Cache, Error, Kind, Settings};

/// A store in memory, for several registries that stand for as many processes.
pub struct Shared {
    pub inner: Memory,
    pub can: Capabilities,
    /// How often it was asked.
    asked: AtomicUsize,
    /// Which call fails, from then on counted from one; none where this is 0.
    fails_at: AtomicUsize,
    /// Whether whoever asks has to come again, before and after each call.
    stops: bool,
    names: Mutex<Vec<Name>>,
}

impl Shared {
    pub fn new(clock: &Clock, can: Capabilities, stops: bool) -> Arc<Self> {
        let (asked, fails_at) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Arc::new(Self { inner: Memory::new(clock.clone()), can, asked, fails_at, stops, names: Mutex::default() })
    }

    /// Makes the caches of one more process.
    pub fn process(self: &Arc<Self>, clock: &Clock) -> (Isolated, Cache) {
        let settings = Settings::backend(Arc::clone(self));
        // Where it tells, each process keeps near what it has read.
        let settings = if self.can.tells { settings.near(60) } else { settings };
        let larder = testing::isolated_at(clock.clone(), [("default", settings)]).expect("settings that can work");
        let cache = larder.cache("default");
        (larder, cache)
    }

    /// Has the call fail that comes so many calls from now.
    pub fn fail_at(&self, call: usize) {
        self.asked.store(0, Ordering::SeqCst);
        self.fails_at.store(call, Ordering::SeqCst);
    }

    /// Returns how often it was asked since then.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// Returns the names of everything that is no entry.
    pub fn markers(&self) -> Vec<Name> {
        let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.iter().filter(|name| name.as_str().contains("%=")).cloned().collect()
    }

    fn note(&self, names: &[Name]) {
        let mut known = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        for name in names {
            if !known.contains(name) {
                known.push(name.clone());
            }
        }
    }

    async fn call(&self, names: &[Name]) -> Result<&Memory, Error> {
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        self.note(names);
        self.stop().await;
        if number == self.fails_at.load(Ordering::SeqCst) {
            return Err(Error::new(Kind::Store, "this call was to fail"));
        }
        Ok(&self.inner)
    }

    async fn stop(&self) {
        let mut has_stopped = !self.stops;
        poll_fn(|context| {
            if std::mem::replace(&mut has_stopped, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

fn one(name: &Name) -> [Name; 1] {
    [name.clone()]
}

impl Backend for Shared {
    fn capabilities(&self) -> Capabilities {
        self.can
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        let found = self.call(&one(name)).await?.get(name).await;
        self.stop().await;
        found
    }

    /// One after the other, as a store may that promises no more.
    async fn get_many(&self, names: &[Name]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        let inner = self.call(names).await?;
        let mut found = Vec::new();
        for name in names {
            found.push(inner.get(name).await?);
            self.stop().await;
        }
        Ok(found)
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        let set = self.call(&one(name)).await?.set(name, value, time).await;
        self.stop().await;
        set
    }

    async fn set_many(&self, entries: &[Entry]) -> Vec<Result<(), Error>> {
        let mut kept = Vec::new();
        for entry in entries {
            kept.push(self.set(&entry.name, &entry.value, entry.time).await);
        }
        kept
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        let inner = self.call(&one(name)).await?;
        let added = if self.can.atomic_add {
            inner.add(name, value, time).await
        } else {
            let is_free = inner.get(name).await?.is_none();
            self.stop().await;
            if is_free {
                inner.set(name, value, time).await?;
            }
            Ok(is_free)
        };
        self.stop().await;
        added
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        let deleted = self.call(&one(name)).await?.delete(name).await;
        self.stop().await;
        deleted
    }

    async fn touch(&self, name: &Name, time: Option<Duration>) -> Result<bool, Error> {
        self.call(&one(name)).await?.touch(name, time).await
    }

    async fn incr(&self, name: &Name, delta: i64) -> Result<i64, Error> {
        self.call(&one(name)).await?.incr(name, delta).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        self.call(&one(name)).await?.ttl(name).await
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        self.call(&[]).await?.clear_scope(scope).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.call(&[]).await?.clear_store().await
    }

    async fn begin_fill(&self, name: &Name) -> Result<Ticket, Error> {
        let ticket = self.call(&one(name)).await?.begin_fill(name).await;
        self.stop().await;
        ticket
    }

    async fn set_if(&self, name: &Name, value: &[u8], time: Option<Duration>, ticket: &Ticket) -> Result<bool, Error> {
        let set = self.call(&one(name)).await?.set_if(name, value, time, ticket).await;
        self.stop().await;
        set
    }

    fn listen(&self, start: &str, listener: Arc<dyn Listener>) -> Result<Listening, Error> {
        self.inner.listen(start, listener)
    }
}
