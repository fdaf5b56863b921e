//! A store of several servers, one of which goes away and comes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use cache_core::backend::{Backend, Capabilities, Memory, Remaining};
use cache_core::cache::Cache;
use cache_core::clock::Clock;
use cache_core::error::{Error, Kind};
use cache_core::key::Name;
use cache_core::policy::Ttl;
use cache_core::registry::Settings;
use cache_core::testing::{self, Isolated};

use crate::store::lying;

const MINUTE: Ttl = Ttl::For(Duration::from_secs(60));

/// Two servers in one: what is called `far` is on the one that may be away.
struct Halves {
    inner: Memory,
    is_cut: AtomicBool,
    /// Calls of the server that is away.
    in_vain: AtomicUsize,
}

impl Halves {
    fn is_far(name: &Name) -> bool {
        name.as_str().contains("far")
    }

    fn reach(&self, name: &Name) -> Result<&Memory, Error> {
        if self.is_away(name) {
            self.in_vain.fetch_add(1, Ordering::SeqCst);
            return Err(Error::new(Kind::Store, "that server is away"));
        }
        Ok(&self.inner)
    }
}

impl Backend for Halves {
    fn capabilities(&self) -> Capabilities {
        Capabilities { clear_scope: true, ..Capabilities::NONE }
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        self.reach(name)?.get(name).await
    }

    async fn get_many(&self, names: &[Name]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        let mut values = Vec::new();
        for name in names {
            values.push(if self.is_away(name) { None } else { self.inner.get(name).await? });
        }
        Ok(values)
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        self.reach(name)?.set(name, value, time).await
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        self.reach(name)?.add(name, value, time).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        self.reach(name)?.delete(name).await
    }

    async fn delete_many(&self, names: &[Name]) -> Result<u64, Error> {
        // Those that can be reached are told, as by several servers at once.
        let mut outcome = Ok(0);
        for name in names {
            match self.delete(name).await {
                Ok(was_there) => outcome = outcome.map(|removed| removed + u64::from(was_there)),
                Err(error) => outcome = Err(error),
            }
        }
        outcome
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        self.reach(name)?.ttl(name).await
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        self.inner.clear_scope(scope).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.inner.clear_store().await
    }

    fn is_away(&self, name: &Name) -> bool {
        self.is_cut.load(Ordering::SeqCst) && Self::is_far(name)
    }
}

/// Returns a cache in such a store, in which entries of both servers were removed while one is away.
fn cut() -> (Isolated, Cache, Arc<Halves>) {
    let clock = Clock::manual();
    let inner = Memory::new(clock.clone());
    let store = Arc::new(Halves { inner, is_cut: AtomicBool::new(false), in_vain: AtomicUsize::new(0) });
    let larder = testing::isolated_at(clock, [("default", Settings::backend(Arc::clone(&store)))]).expect("settings");
    let cache = larder.cache("default");
    for key in ["far", "far away", "here", "stays"] {
        cache.blocking().set(key, "old".to_owned(), MINUTE).expect("both are there");
    }
    store.is_cut.store(true, Ordering::SeqCst);
    assert!(cache.blocking().delete("far").is_err());
    assert!(cache.blocking().delete_many(["far away", "here"]).is_err());
    (larder, cache, store)
}

#[test]
fn who_comes_for_one_server_is_not_kept_by_another_that_is_away() {
    let (_larder, cache, store) = cut();
    let before = store.in_vain.load(Ordering::SeqCst);
    for _ in 0..3 {
        assert_eq!(cache.blocking().get::<String>("stays").unwrap().as_deref(), Some("old"));
    }
    assert_eq!(store.in_vain.load(Ordering::SeqCst), before, "nobody pays where nobody is");
}

#[test]
fn many_are_read_but_for_those_whose_server_is_away_and_owed() {
    let (_larder, cache, store) = cut();
    let found = cache.blocking().get_many::<String>(["stays", "far", "here"]).expect("one of them is there");
    assert_eq!(found, [Some("old".to_owned()), None, None]);
    store.is_cut.store(false, Ordering::SeqCst);
    let found = cache.blocking().get_many::<String>(["far", "far away", "here"]).unwrap();
    assert_eq!(found, [None, None, None], "and not what was removed");
    assert!(["far", "far away", "here"].iter().all(|key| lying(&store.inner, key).is_none()));
}

#[test]
fn what_a_server_is_owed_is_paid_when_it_is_back_by_whoever_comes_next() {
    let (_larder, cache, store) = cut();
    store.is_cut.store(false, Ordering::SeqCst);
    assert!(cache.blocking().has("stays").unwrap());
    assert!(["far", "far away"].iter().all(|key| lying(&store.inner, key).is_none()));
}
