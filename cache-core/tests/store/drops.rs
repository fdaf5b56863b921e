//! No value is dropped while a lock is held: its author's code may come back to the store.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use cache_core::clock::{Clock, Tick};
use cache_core::record::{Erased, Record, Times};
use cache_core::store::{Limits, Store};

use super::{name, named, scope};

/// A value that visits the whole store when it is dropped: this would never end while a lock is held.
struct Visitor {
    store: Weak<Store>,
    visits: Arc<AtomicU64>,
}

impl Drop for Visitor {
    fn drop(&mut self) {
        let Some(store) = self.store.upgrade() else { return };
        self.visits.fetch_add(1, Ordering::Relaxed);
        for index in 0..40 {
            drop(store.get(&name(index)));
            drop(store.remove(&named("somebody else")));
        }
        drop(store.remove_starting_with(&scope(), "nobody"));
    }
}

struct Scene {
    store: Arc<Store>,
    clock: Clock,
    visits: Arc<AtomicU64>,
}

impl Scene {
    fn new(max_entries: u64) -> Self {
        let clock = Clock::manual();
        let limits = Limits { max_entries, max_bytes: Some(1_000) };
        Self { store: Arc::new(Store::new(limits, clock.clone())), clock, visits: Arc::default() }
    }

    fn visitor(&self, kept_until: Tick) -> Erased {
        let value = Visitor { store: Arc::downgrade(&self.store), visits: Arc::clone(&self.visits) };
        let times = Times { created: self.clock.now(), fresh_until: kept_until, kept_until };
        Arc::new(Record::new(1, times, value))
    }

    fn fill(&self, entries: u64, kept_until: Tick) {
        (0..entries).for_each(|index| drop(self.store.insert(&name(index), self.visitor(kept_until), 1)));
    }

    fn visits(&self) -> u64 {
        self.visits.load(Ordering::Relaxed)
    }
}

#[test]
fn values_come_back_when_they_are_overwritten_or_refused() {
    let scene = Scene::new(40);
    scene.fill(20, Tick::NEVER);
    scene.fill(20, Tick::NEVER);
    assert_eq!(scene.visits(), 20);
    drop(scene.store.insert(&name(0), scene.visitor(Tick::NEVER), 1_001));
    assert_eq!(scene.visits(), 22, "the one that was refused, and the one that was there");
}

#[test]
fn values_come_back_when_they_make_room() {
    let scene = Scene::new(40);
    scene.fill(400, Tick::NEVER);
    assert_eq!(scene.visits(), 360);
    drop(scene.store.insert(&named("large"), scene.visitor(Tick::NEVER), 1_000));
    assert_eq!(scene.visits(), 400);
}

#[test]
fn values_come_back_when_they_expire() {
    let scene = Scene::new(400);
    let soon = scene.clock.now().after(Duration::from_secs(1));
    scene.fill(40, soon);
    scene.clock.advance(Duration::from_secs(1));
    assert!((0..10).all(|index| scene.store.get(&name(index)).is_none()));
    assert!(scene.visits() >= 10);
    (100..300).for_each(|index| drop(scene.store.insert(&name(index), scene.visitor(Tick::NEVER), 1)));
    assert_eq!((scene.visits(), scene.store.expirations()), (40, 40));
}

#[test]
fn values_come_back_when_they_are_removed() {
    let scene = Scene::new(40);
    scene.fill(40, Tick::NEVER);
    drop(scene.store.remove(&name(0)));
    assert_eq!(scene.visits(), 1);
    assert_eq!(scene.store.remove_starting_with(&scope(), "name:1").len(), 11);
    assert_eq!(scene.visits(), 12);
    assert_eq!(scene.store.clear().len(), 28);
    assert_eq!(scene.visits(), 40);
}
