//! What is written to a store once more, since nobody knows whether it was heard, brings nothing back.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cache_core::backend::layer::{Layer, Means, Retry};
use cache_core::backend::{self, Backend, Capabilities, Memory, Remaining};
use cache_core::cache::Cache;
use cache_core::clock::Clock;
use cache_core::error::{Error, Kind};
use cache_core::executor::NoExecutor;
use cache_core::key::{Key, Name};
use cache_core::policy::Options;
use cache_core::registry::{Settings, invalidate_tag, invalidate_tag_blocking};
use cache_core::testing::{self, Isolated};

type Meanwhile = Box<dyn FnOnce() + Send>;

/// A store that loses its answer once, when it has written a marker, and something is done before that is noticed.
struct Lossy {
    inner: Memory,
    can: Capabilities,
    /// How many markers are written before.
    meanwhile: Mutex<Option<(usize, Meanwhile)>>,
    /// Whether it fails to remove entries.
    is_stuck: AtomicBool,
}

impl Lossy {
    fn loses(&self) -> Option<Meanwhile> {
        let mut meanwhile = self.meanwhile.lock().unwrap();
        let (left, act) = meanwhile.take()?;
        if left == 0 {
            return Some(act);
        }
        *meanwhile = Some((left - 1, act));
        None
    }
}

impl Backend for Lossy {
    fn capabilities(&self) -> Capabilities {
        self.can
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        self.inner.get(name).await
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        self.inner.set(name, value, time).await?;
        if name.is_reserved()
            && let Some(meanwhile) = self.loses()
        {
            meanwhile();
            return Err(Error::new(Kind::Store, "the answer is lost"));
        }
        Ok(())
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        self.inner.add(name, value, time).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        if self.is_stuck.load(Ordering::SeqCst) && !name.is_reserved() {
            return Err(Error::new(Kind::Store, "the store is busy"));
        }
        self.inner.delete(name).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        self.inner.ttl(name).await
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        self.inner.clear_scope(scope).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.inner.clear_store().await
    }
}

/// Two processes before one store, the first of which asks once more.
struct Two {
    clock: Clock,
    store: Arc<Lossy>,
    first: (Isolated, Cache),
    second: (Isolated, Cache),
}

impl Two {
    fn new(clear_scope: bool) -> Self {
        let (clock, can) = (Clock::manual(), Capabilities { clear_scope, ..Capabilities::NONE });
        let inner = Memory::new(clock.clone());
        let store = Arc::new(Lossy { inner, can, meanwhile: Mutex::default(), is_stuck: AtomicBool::default() });
        let [first, second] = [1, 0].map(|times| {
            let settings = Settings::backend(Arc::clone(&store)).retry(times);
            let larder = testing::isolated_at(clock.clone(), [("default", settings)]).unwrap();
            let cache = larder.cache("default");
            (larder, cache)
        });
        Self { clock, store, first, second }
    }

    /// Has the answer to the write of a marker be lost, after so many others, and this be done before that is noticed.
    fn lose(&self, after: usize, meanwhile: impl FnOnce() + Send + 'static) {
        *self.store.meanwhile.lock().unwrap() = Some((after, Box::new(meanwhile)));
    }

    /// Does something, and lets the time pass that it waits before it asks once more.
    fn run<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        for _ in 0..100 {
            if let Poll::Ready(done) = work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                return done;
            }
            self.clock.advance(Duration::from_millis(10));
        }
        panic!("it does not end")
    }

    fn has_lost(&self) -> bool {
        self.store.meanwhile.lock().unwrap().is_none()
    }
}

fn read(cache: &Cache) -> Option<u8> {
    cache.blocking().get("key").unwrap()
}

#[test]
fn what_was_made_between_two_tries_to_invalidate_a_tag_does_not_come_back() {
    for markers_before in [0, 1] {
        let two = Two::new(true);
        let (process, cache) = (two.second.0.handle(), two.second.1.clone());
        two.lose(markers_before, move || {
            let _entered = process.enter();
            let key = Key::from("key").tagged(["tag"]);
            cache.blocking().get_or_load(key, Options::forever(), || 7_u8);
            assert_eq!(read(&cache), Some(7));
            invalidate_tag_blocking("tag").unwrap();
            assert_eq!(read(&cache), None);
        });
        {
            let process = two.first.0.handle();
            let _entered = process.enter();
            two.run(invalidate_tag("tag")).unwrap();
        }
        assert!(two.has_lost());
        assert_eq!([&two.first.1, &two.second.1].map(read), [None, None]);
    }
}

#[test]
fn what_was_made_between_two_tries_to_clear_does_not_come_back() {
    let two = Two::new(false);
    let cache = two.second.1.clone();
    two.lose(0, move || {
        cache.blocking().set("key", 7_u8, Options::forever()).unwrap();
        cache.blocking().clear().unwrap();
        assert_eq!(read(&cache), None);
    });
    two.run(two.first.1.clear()).unwrap();
    assert!(two.has_lost());
    two.clock.advance(Duration::from_secs(2));
    assert_eq!([&two.first.1, &two.second.1].map(read), [None, None]);
}

#[test]
fn who_has_cleared_by_a_second_try_goes_on_with_the_others() {
    let two = Two::new(false);
    two.lose(0, || ());
    two.run(two.first.1.clear()).unwrap();
    assert!(two.has_lost());
    two.second.1.blocking().set("key", 7_u8, Options::forever()).unwrap();
    assert_eq!([&two.first.1, &two.second.1].map(read), [Some(7), Some(7)]);
    two.second.1.blocking().delete("key").unwrap();
    assert_eq!([&two.first.1, &two.second.1].map(read), [None, None]);
}

/// There the marker is what is written twice, and not the whole clear; where it was removed instead, that is a clear too.
#[test]
fn who_has_cleared_by_a_second_try_next_to_the_store_has_cleared() {
    let two = Two::new(false);
    let means = Means::new(two.clock.clone(), Arc::new(NoExecutor));
    let store = Retry::times(1).wrap(Arc::clone(&two.store) as Arc<dyn backend::ErasedBackend>, &means).unwrap();
    let settings = Settings::backend(store);
    let larder = testing::isolated_at(two.clock.clone(), [("default", settings)]).unwrap();
    let (cache, other) = (larder.cache("default"), &two.second.1);
    other.blocking().set("key", 7_u8, Options::forever()).unwrap();
    assert_eq!(read(&cache), Some(7));
    two.lose(0, || ());
    cache.blocking().clear().unwrap();
    assert!(two.has_lost());
    two.clock.advance(Duration::from_secs(1));
    assert_eq!([&cache, other].map(read), [None, None]);
    other.blocking().set("key", 8_u8, Options::forever()).unwrap();
    assert_eq!([&cache, other].map(read), [Some(8), Some(8)]);
}

/// What has the tag may be made anew in between, of what is still there.
#[test]
fn a_tag_whose_marker_was_removed_instead_while_something_before_it_is_owed_goes_once_more_after_that() {
    let two = Two::new(true);
    let (first, second) = (&two.first.1, &two.second.1);
    second.blocking().set("data", 1_u8, Options::forever()).unwrap();
    two.store.is_stuck.store(true, Ordering::SeqCst);
    two.run(first.delete("data")).unwrap_err();
    two.lose(1, || ());
    {
        let process = two.first.0.handle();
        let _entered = process.enter();
        two.run(invalidate_tag("tag")).unwrap();
    }
    assert!(two.has_lost());
    let key = Key::from("key").tagged(["tag"]);
    let of_data = || second.blocking().get::<u8>("data").unwrap().unwrap();
    assert_eq!(second.blocking().get_or_load(key, Options::forever(), of_data), 1, "it is still there");
    two.store.is_stuck.store(false, Ordering::SeqCst);
    assert_eq!(two.run(first.get::<u8>("data")).unwrap(), None);
    assert_eq!(read(second), None, "what was made of it is gone, too");
}
