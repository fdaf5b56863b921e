//! A store in memory that claims what a test says.

use std::sync::Arc;
use std::time::Duration;

use cache_core::backend::{Backend, Capabilities, Entry, Memory, Remaining, Ticket};
use cache_core::cache::Cache;
use cache_core::clock::Clock;
use cache_core::error::{Error, Kind};
use cache_core::key::{Key, Name, Scope};
use cache_core::registry::Settings;
use cache_core::testing::{self, Isolated};

/// A store that does what it claims, and answers everything else as one that cannot.
pub struct Claiming {
    pub inner: Memory,
    pub can: Capabilities,
}

impl Claiming {
    fn asked(&self, can: bool) -> Result<&Memory, Error> {
        if can { Ok(&self.inner) } else { Err(Error::new(Kind::Unsupported, "this store cannot do that")) }
    }
}

impl Backend for Claiming {
    fn capabilities(&self) -> Capabilities {
        self.can
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        self.inner.get(name).await
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        self.inner.set(name, value, time).await
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        if self.can.atomic_add {
            return self.inner.add(name, value, time).await;
        }
        // As a store does that looks first: everybody who asks now finds nothing there.
        let free = self.inner.get(name).await?.is_none();
        std::thread::yield_now();
        if free {
            self.inner.set(name, value, time).await?;
        }
        Ok(free)
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        self.inner.delete(name).await
    }

    async fn touch(&self, name: &Name, time: Option<Duration>) -> Result<bool, Error> {
        self.asked(self.can.touch)?.touch(name, time).await
    }

    async fn incr(&self, name: &Name, delta: i64) -> Result<i64, Error> {
        self.asked(self.can.atomic_incr)?.incr(name, delta).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        self.inner.ttl(name).await
    }

    async fn set_many(&self, entries: &[Entry]) -> Vec<Result<(), Error>> {
        self.inner.set_many(entries).await
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        self.asked(self.can.clear_scope)?.clear_scope(scope).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.inner.clear_store().await
    }

    async fn begin_fill(&self, name: &Name) -> Result<Ticket, Error> {
        self.asked(self.can.conditional_fill)?.begin_fill(name).await
    }

    async fn set_if(&self, name: &Name, value: &[u8], time: Option<Duration>, ticket: &Ticket) -> Result<bool, Error> {
        self.asked(self.can.conditional_fill)?.set_if(name, value, time, ticket).await
    }
}

/// A cache in a store of these claims, the store, and what moves the time.
pub fn claiming(can: Capabilities) -> (Isolated, Cache, Arc<Claiming>) {
    let clock = Clock::manual();
    let store = Arc::new(Claiming { inner: Memory::new(clock.clone()), can });
    let settings = Settings::backend(Arc::clone(&store));
    let larder = testing::isolated_at(clock, [("default", settings)]).expect("settings that can work");
    let cache = larder.cache("default");
    (larder, cache, store)
}

pub fn name(key: &str) -> Name {
    Scope::new("", "1", None).expect("a short prefix").name(&Key::from(key))
}

/// Returns what lies in a store under this key.
pub fn lying(store: &impl Backend, key: &str) -> Option<Vec<u8>> {
    testing::block_on(store.get(&name(key))).expect("the store is there")
}
