//! In which order a store is told what it is owed.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cache_core::backend::{Backend, Capabilities, Memory, Remaining};
use cache_core::cache::Cache;
use cache_core::clock::Clock;
use cache_core::error::{Error, Kind};
use cache_core::key::{Key, Name};
use cache_core::policy::{Options, Ttl};
use cache_core::registry::{Settings, invalidate_tag_blocking};
use cache_core::testing::{self, Isolated};

const MINUTE: Ttl = Ttl::For(Duration::from_secs(60));

/// A store that may be away, and writes down what it is told to remove.
struct Noting {
    inner: Memory,
    is_down: AtomicBool,
    /// What it fails to remove.
    stuck: Mutex<Option<&'static str>>,
    /// What it is told to remove, and is slow to.
    slow: Mutex<Vec<&'static str>>,
    told: Mutex<Vec<String>>,
}

impl Noting {
    fn reach(&self) -> Result<&Memory, Error> {
        if self.is_down.load(Ordering::SeqCst) {
            return Err(Error::new(Kind::Store, "the store is down"));
        }
        Ok(&self.inner)
    }

    fn note(&self, what: &str) {
        self.told.lock().unwrap().push(what.to_owned());
    }

    /// Returns the keys that were to be removed since this was last asked, in their order.
    fn told(&self) -> Vec<String> {
        std::mem::take(&mut self.told.lock().unwrap())
    }
}

impl Backend for Noting {
    fn capabilities(&self) -> Capabilities {
        Capabilities { clear_scope: true, ..Capabilities::NONE }
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        self.reach()?.get(name).await
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        self.reach()?.set(name, value, time).await
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        self.reach()?.add(name, value, time).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        let (store, key) = (self.reach()?, name.as_str().rsplit(':').next().unwrap());
        if *self.stuck.lock().unwrap() == Some(key) {
            return Err(Error::new(Kind::Store, "the store is busy"));
        }
        let is_slow = || self.slow.lock().unwrap().contains(&key);
        poll_fn(|_| if is_slow() { Poll::Pending } else { Poll::Ready(()) }).await;
        self.note(key);
        store.delete(name).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        self.reach()?.ttl(name).await
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        let store = self.reach()?;
        self.note("all");
        store.clear_scope(scope).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.reach()?.clear_store().await
    }
}

/// Removes these while the store is away, which is then back.
fn owed(keys: &[&str]) -> (Isolated, Cache, Arc<Noting>) {
    let clock = Clock::manual();
    let (inner, is_down) = (Memory::new(clock.clone()), AtomicBool::new(false));
    let store =
        Arc::new(Noting { inner, is_down, stuck: Mutex::default(), slow: Mutex::default(), told: Mutex::default() });
    let larder = testing::isolated_at(clock, [("default", Settings::backend(Arc::clone(&store)))]).unwrap();
    let cache = larder.cache("default");
    for key in keys {
        cache.blocking().set(*key, "old".to_owned(), MINUTE).unwrap();
    }
    store.is_down.store(true, Ordering::SeqCst);
    for key in keys {
        assert!(if *key == "all" { cache.blocking().clear().is_err() } else { cache.blocking().delete(*key).is_err() });
    }
    store.is_down.store(false, Ordering::SeqCst);
    (larder, cache, store)
}

/// What was made of other things was removed after those: told of it first, another process makes it anew of what is old.
#[test]
fn what_is_owed_is_told_in_the_order_in_which_it_was_to_go() {
    let keys: Vec<_> = (0..200).map(|number| format!("key{number:03}")).collect();
    let keys: Vec<_> = keys.iter().map(String::as_str).collect();
    let (_larder, cache, store) = owed(&keys);
    assert!(!cache.blocking().has(keys[199]).unwrap(), "who asks for the last one");
    assert_eq!(store.told(), keys);
}

type Change = fn(&Cache);

#[test]
fn a_change_waits_for_what_is_owed_from_before_it() {
    let changes: [(&str, Change); 3] = [
        ("page", |cache| assert!(!cache.blocking().delete("page").unwrap())),
        ("page", |cache| assert_eq!(cache.blocking().delete_many(["page"]).unwrap(), 0)),
        ("all", |cache| cache.blocking().clear().unwrap()),
    ];
    for (told, change) in changes {
        let (_larder, cache, store) = owed(&["data", "more", "data"]);
        change(&cache);
        assert_eq!(
            store.told(),
            ["data", "more", "data", told],
            "and once more what may have been made of others since"
        );
    }
}

#[test]
fn a_clear_has_its_place_among_what_is_owed() {
    let (_larder, cache, store) = owed(&["data", "all", "page"]);
    cache.blocking().set("other", 1_u8, MINUTE).unwrap();
    assert_eq!(store.told(), ["data", "all"], "and what it covers goes with it");
}

/// Another process may make it anew in between, of what is still there.
#[test]
fn what_goes_while_something_before_it_is_still_owed_goes_once_more_after_that() {
    let changes: [(&str, Change); 3] = [
        ("page", |cache| assert!(cache.blocking().delete("page").unwrap())),
        ("page", |cache| assert_eq!(cache.blocking().delete_many(["page"]).unwrap(), 1)),
        ("all", |cache| cache.blocking().clear().unwrap()),
    ];
    for (told, change) in changes {
        let (_larder, cache, store) = owed(&["data"]);
        let pages = cache.at_version(2).unwrap();
        pages.blocking().set("page", "old".to_owned(), MINUTE).unwrap();
        store.told();
        store.is_down.store(true, Ordering::SeqCst);
        assert!(cache.blocking().delete("data").is_err());
        store.is_down.store(false, Ordering::SeqCst);
        *store.stuck.lock().unwrap() = Some("data");
        change(&pages);
        assert_eq!(store.told(), [told]);
        *store.stuck.lock().unwrap() = None;
        assert!(!pages.blocking().has("page").unwrap());
        assert_eq!(store.told(), ["data", told]);
        assert!(!pages.blocking().has("page").unwrap());
        assert_eq!(store.told(), [""; 0], "and that is that");
    }
}

/// It may have gone before that, and nobody can tell.
#[test]
fn what_goes_while_somebody_else_pays_what_was_before_it_goes_once_more_after_that() {
    let (_larder, cache, store) = owed(&["data"]);
    let pages = cache.at_version(2).unwrap();
    *store.slow.lock().unwrap() = vec!["data", "page"];
    let context = &mut Context::from_waker(Waker::noop());
    let (mut pays, mut removes) = (pin!(cache.has("data")), pin!(pages.delete("page")));
    assert!(pays.as_mut().poll(context).is_pending() && removes.as_mut().poll(context).is_pending());
    store.slow.lock().unwrap().retain(|key| *key != "data");
    assert!(matches!(pays.as_mut().poll(context), Poll::Ready(Ok(false))));
    store.slow.lock().unwrap().clear();
    assert!(matches!(removes.as_mut().poll(context), Poll::Ready(Ok(false))));
    assert_eq!(store.told(), ["data", "page", "page"]);
}

/// What has the tag may be made anew of what is still there, too.
#[test]
fn a_tag_that_goes_while_something_before_it_is_still_owed_goes_once_more_after_that() {
    let (larder, cache, store) = owed(&["data"]);
    store.is_down.store(true, Ordering::SeqCst);
    assert!(cache.blocking().delete("data").is_err());
    store.is_down.store(false, Ordering::SeqCst);
    *store.stuck.lock().unwrap() = Some("data");
    let process = larder.handle();
    let _entered = process.enter();
    invalidate_tag_blocking("tag").unwrap();
    store.told();
    *store.stuck.lock().unwrap() = None;
    cache.blocking().get_or_load(Key::from("page").tagged(["tag"]), Options::DEFAULT, || 1_u8);
    let told = store.told();
    assert_eq!((told.first().map(String::as_str), told.len()), (Some("data"), 3), "{told:?}: it, and two markers");
}
