//! A store that comes back as it once was, and has forgotten what was invalidated since.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use larder::Error;
use larder::Settings;
use larder::backend::{Backend, Capabilities, Counting, Memory, Remaining, Ticket};
use larder::clock::Clock;
use larder::key::Name;
use larder::page::cache_page;
use larder::testing;

use super::{Process, SECOND, Way};

/// Writes a file as well, until it no longer does, and may begin again from there.
struct Restored {
    now: Memory,
    file: Memory,
    is_written: AtomicBool,
    is_back: AtomicBool,
    /// Whether the next question for the list of purges is answered by who has the file, and has heard of nothing since.
    is_late: AtomicBool,
}

impl Restored {
    fn new(clock: &Clock) -> Self {
        let [now, file] = [(); 2].map(|()| Memory::new(clock.clone()));
        Self {
            now,
            file,
            is_written: AtomicBool::new(true),
            is_back: AtomicBool::new(false),
            is_late: AtomicBool::new(false),
        }
    }

    /// Writes its file for the last time.
    fn save(&self) {
        self.is_written.store(false, Ordering::SeqCst);
    }

    /// Begins again with nothing.
    fn lose_all(&self) {
        testing::block_on(self.now.clear_store()).unwrap();
    }

    /// Answers the next question for the list of purges as a replica that is late.
    fn be_late(&self) {
        self.is_late.store(true, Ordering::SeqCst);
    }

    /// Begins again from its file.
    fn come_back(&self) {
        self.is_back.store(true, Ordering::SeqCst);
    }

    fn current(&self) -> &Memory {
        if self.is_back.load(Ordering::SeqCst) { &self.file } else { &self.now }
    }

    fn saved(&self) -> Option<&Memory> {
        self.is_written.load(Ordering::SeqCst).then_some(&self.file)
    }
}

impl Backend for Restored {
    fn capabilities(&self) -> Capabilities {
        Capabilities { tells: false, ..self.now.capabilities() }
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        let is_list = name.as_bytes().starts_with(b":%=:");
        let store = if is_list && self.is_late.swap(false, Ordering::SeqCst) { &self.file } else { self.current() };
        store.get(name).await
    }

    async fn set(&self, name: &Name, bytes: &[u8], time: Option<Duration>) -> Result<(), Error> {
        if let Some(file) = self.saved() {
            file.set(name, bytes, time).await?;
        }
        self.current().set(name, bytes, time).await
    }

    async fn add(&self, name: &Name, bytes: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        if let Some(file) = self.saved() {
            file.add(name, bytes, time).await?;
        }
        self.current().add(name, bytes, time).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        if let Some(file) = self.saved() {
            file.delete(name).await?;
        }
        self.current().delete(name).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        self.current().ttl(name).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.current().clear_store().await
    }

    async fn begin_fill(&self, name: &Name) -> Result<Ticket, Error> {
        self.current().begin_fill(name).await
    }

    async fn set_if(&self, name: &Name, bytes: &[u8], time: Option<Duration>, ticket: &Ticket) -> Result<bool, Error> {
        let is_set = self.current().set_if(name, bytes, time, ticket).await?;
        if let Some(file) = self.saved().filter(|_| is_set) {
            file.set(name, bytes, time).await?;
        }
        Ok(is_set)
    }
}

fn two() -> (Clock, Arc<Restored>, [Process; 2]) {
    let clock = Clock::manual();
    let store = Arc::new(Restored::new(&clock));
    let process = |name| Process::new(name, &clock, Settings::backend(Arc::clone(&store)), &cache_page(60));
    let processes = [process("a"), process("b")];
    (clock, store, processes)
}

#[test]
fn where_the_store_is_back_as_it_once_was_no_other_purge_takes_the_number_of_one_that_it_has_forgotten() {
    let (clock, store, [a, b]) = two();
    assert_eq!([a.get("/1"), a.get("/2"), b.get("/1")], ["a1", "a2", "a1"]);
    store.save();
    a.purge("/1");
    store.come_back();
    b.purge("/other");
    clock.advance(SECOND);
    assert_eq!([a.get("/1"), a.get("/2")], ["a3", "a4"], "nothing from before is trusted");
    clock.advance(SECOND);
    assert_eq!([b.get("/1"), b.get("/2"), a.get("/1")], ["a3", "a4", "a3"], "nor by who had not heard of it");
}

#[test]
fn where_the_store_is_back_as_it_once_was_who_knew_more_tells_all_others() {
    let ways: [Way; 2] = [("a page", |a| assert_eq!(a.get("/2"), "a3")), ("a purge", |a| a.purge("/other"))];
    for (name, way) in ways {
        let (clock, store, [a, b]) = two();
        assert_eq!([a.get("/1"), a.get("/2"), b.get("/1")], ["a1", "a2", "a1"]);
        store.save();
        a.purge("/1");
        store.come_back();
        clock.advance(SECOND);
        assert_eq!(b.get("/1"), "a1", "nobody has told it yet");
        way(&a);
        clock.advance(SECOND);
        assert_eq!([b.get("/1"), a.get("/1")], ["b1", "b1"], "{name}");
    }
}

#[test]
fn where_the_store_is_back_with_the_list_that_was_last_known_nothing_is_lost() {
    let (clock, store, [a, b]) = two();
    a.purge("/other");
    assert_eq!([a.get("/1"), b.get("/1")], ["a1", "a1"]);
    store.save();
    store.come_back();
    clock.advance(SECOND);
    assert_eq!([a.get("/1"), b.get("/1")], ["a1", "a1"]);
}

#[test]
fn where_the_store_was_lost_before_it_is_back_as_it_once_was_who_knew_more_tells_all_others() {
    let meanwhile: [Way; 3] = [
        ("a page that is kept", |a| assert_eq!(a.get("/1"), "a3")),
        ("a page that is not", |a| drop(a.app.get_with("/1", &[("authorization", "a")]))),
        ("a purge", |a| a.purge("/other")),
    ];
    for (name, meanwhile) in meanwhile {
        let (clock, store, [a, b]) = two();
        assert_eq!([a.get("/1"), a.get("/2"), b.get("/1")], ["a1", "a2", "a1"]);
        store.save();
        a.purge("/1");
        store.lose_all();
        clock.advance(SECOND);
        meanwhile(&a);
        store.come_back();
        clock.advance(SECOND);
        let made = a.get("/1");
        assert_ne!(made, "a1", "{name}");
        clock.advance(SECOND);
        assert_eq!([b.get("/1"), a.get("/1")], [&*made, &*made], "{name}");
    }
}

#[test]
fn a_late_answer_with_an_older_list_has_the_store_asked_and_not_written() {
    let clock = Clock::manual();
    let store = Arc::new(Restored::new(&clock));
    let counting = Arc::new(Counting::new(Arc::clone(&store)));
    let a = Process::new("a", &clock, Settings::backend(Arc::clone(&counting)), &cache_page(60));
    assert_eq!(a.get("/1"), "a1");
    store.save();
    a.purge("/other");
    clock.advance(SECOND);
    store.be_late();
    let before = counting.calls();
    assert_eq!([a.get("/1"), a.get("/1")], ["a1", "a1"]);
    let after = counting.calls();
    assert!(!store.is_late.load(Ordering::SeqCst) && after.gets > before.gets);
    assert_eq!((after.sets, after.deletes), (before.sets, before.deletes));
}
