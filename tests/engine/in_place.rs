//! Stores that answer where their caller stands: how often they are asked.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use larder::backend::{Backend, Capabilities, Memory, Remaining};
use larder::clock::Clock;
use larder::key::Name;
use larder::{Cache, Error, Options, Settings, testing};

use crate::Runs;

const OPTIONS: Options = Options::forever();

type Event = Box<dyn FnOnce() + Send>;

/// A store in memory that counts its questions, and in which something may happen right after the first of them.
struct Nearby {
    inner: Memory,
    asked: AtomicUsize,
    meanwhile: Mutex<Option<Event>>,
}

impl Nearby {
    fn new(clock: &Clock) -> Arc<Self> {
        let (inner, asked) = (Memory::new(clock.clone()), AtomicUsize::new(0));
        Arc::new(Self { inner, asked, meanwhile: Mutex::default() })
    }

    /// Has this happen between the next question and whatever its caller does then, in another thread.
    fn meanwhile(&self, event: impl FnOnce() + Send + 'static) {
        let event = || thread::spawn(event).join().expect("what happens meanwhile does not panic");
        *self.meanwhile.lock().unwrap() = Some(Box::new(event));
    }

    /// Returns how often it was asked since this was last said.
    fn asked(&self) -> usize {
        self.asked.swap(0, Ordering::SeqCst)
    }
}

impl Backend for Nearby {
    fn capabilities(&self) -> Capabilities {
        Capabilities { in_place: true, clear_scope: true, ..Capabilities::NONE }
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let found = self.inner.get(name).await;
        let event = self.meanwhile.lock().unwrap().take();
        if let Some(event) = event {
            event();
        }
        found
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        self.inner.set(name, value, time).await
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        self.inner.add(name, value, time).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        self.inner.delete(name).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        self.inner.ttl(name).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.inner.clear_store().await
    }
}

fn nearby() -> (testing::Isolated, Cache, Arc<Nearby>) {
    let clock = Clock::manual();
    let store = Nearby::new(&clock);
    let settings = Settings::backend(Arc::clone(&store));
    let larder = testing::isolated_at(clock, [("default", settings)]).expect("settings that can work");
    let cache = larder.cache("default");
    (larder, cache, store)
}

#[test]
fn a_miss_in_place_asks_once_as_a_hit_does() {
    let (_larder, cache, store) = nearby();
    assert_eq!(cache.blocking().get_or_load("key", OPTIONS, || 7_u8), 7);
    assert_eq!(store.asked(), 1);
    assert_eq!(cache.blocking().get_or_load("key", OPTIONS, || 8_u8), 7);
    assert_eq!(store.asked(), 1);
    cache.blocking().delete("key").unwrap();
    assert_eq!(cache.blocking().get_or_load("key", OPTIONS, || 9_u8), 9);
    assert_eq!(store.asked(), 1);
}

#[test]
fn a_load_that_ends_between_the_look_and_the_lead_is_found() {
    let (_larder, cache, store) = nearby();
    let runs = Arc::new(Runs::default());
    let (other, others) = (cache.clone(), Arc::clone(&runs));
    store.meanwhile(move || assert_eq!(other.blocking().get_or_load("key", OPTIONS, || others.next()), 1));
    assert_eq!(cache.blocking().get_or_load("key", OPTIONS, || runs.next()), 1);
    assert_eq!((runs.count(), store.asked()), (1, 3), "one look of the other caller, and one more of this one");
}

#[test]
fn what_is_set_between_the_look_and_the_lead_is_found() {
    let (_larder, cache, store) = nearby();
    let other = cache.clone();
    store.meanwhile(move || other.blocking().set("key", 1_usize, OPTIONS).unwrap());
    assert_eq!(cache.blocking().get_or_load("key", OPTIONS, || 2_usize), 1);
}

#[test]
fn what_is_there_and_cannot_be_served_is_asked_for_again() {
    let (_larder, cache, store) = nearby();
    cache.blocking().set("key", "text".to_owned(), OPTIONS).unwrap();
    assert_eq!(cache.blocking().get_or_load("key", OPTIONS, || 7_u8), 7);
    assert_eq!((store.asked(), cache.stats().foreign), (2, 1), "it is counted once");
}
