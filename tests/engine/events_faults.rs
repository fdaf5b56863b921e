//! What goes wrong with those who listen stops neither the others nor the writer.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use larder::backend::{Backend, Capabilities, Remaining};
use larder::key::Name;
use larder::{
    Error, Kind, Settings, after_commit_blocking, cached, changed, changed_blocking, events, on_change,
    on_change_blocking, testing,
};

use crate::events::Heard;

/// What was written to the log.
struct Lines;

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

impl log::Log for Lines {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() == log::Level::Error
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            LINES.lock().unwrap().push(record.args().to_string());
        }
    }

    fn flush(&self) {}
}

impl Lines {
    /// Writes down what comes from now on.
    fn begin() {
        if log::set_logger(&Lines).is_ok() {
            log::set_max_level(log::LevelFilter::Error);
        }
    }

    fn of(part: &str) -> Vec<String> {
        LINES.lock().unwrap().iter().filter(|line| line.contains(part)).cloned().collect()
    }
}

/// A store that is down.
struct Down;

impl Down {
    fn error() -> Error {
        Error::new(Kind::Store, "the store is down")
    }
}

impl Backend for Down {
    fn capabilities(&self) -> Capabilities {
        Capabilities::NONE
    }

    async fn get(&self, _: &Name) -> Result<Option<Vec<u8>>, Error> {
        Err(Self::error())
    }

    async fn set(&self, _: &Name, _: &[u8], _: Option<Duration>) -> Result<(), Error> {
        Err(Self::error())
    }

    async fn add(&self, _: &Name, _: &[u8], _: Option<Duration>) -> Result<bool, Error> {
        Err(Self::error())
    }

    async fn delete(&self, _: &Name) -> Result<bool, Error> {
        Err(Self::error())
    }

    async fn ttl(&self, _: &Name) -> Result<Option<Remaining>, Error> {
        Err(Self::error())
    }

    async fn clear_store(&self) -> Result<(), Error> {
        Err(Self::error())
    }
}

#[cached(key = "events:name:<id>")]
fn name(id: u8) -> String {
    format!("number {id}")
}

#[test]
fn a_listener_that_panics_stops_neither_the_others_nor_the_writer() {
    Lines::begin();
    let _larder = testing::isolated();
    let heard = Heard::default();
    on_change_blocking::<u8>(|number| assert!(*number > 1, "it is one"));
    on_change::<u8>(async |number| {
        tokio::task::yield_now().await;
        assert!(*number > 2, "it is two at most");
    });
    heard.by::<u8>("last");
    changed_blocking(&1_u8);
    testing::block_on(changed(&2_u8));
    after_commit_blocking(|| changed_blocking(&3_u8));
    assert_eq!(heard.all(), ["last: Changed 1", "last: Changed 2", "last: Changed 3"]);
    assert_eq!((events::stats().told, events::stats().panicked), (9, 3));
    let lines = Lines::of("has panicked: it is one");
    assert!(lines.len() == 1 && lines[0].contains("tests/engine/events_faults.rs:"), "{lines:?}");
}

#[test]
fn a_listener_whose_store_is_down_goes_on_and_so_do_the_others() {
    let larder = testing::isolated_with([("default", Settings::backend(Down))]).unwrap();
    let heard = Heard::default();
    let own = heard.clone();
    on_change::<u8>(move |id| {
        let heard = own.clone();
        async move {
            name::invalidate_async(*id).await;
            heard.note("the first");
        }
    });
    heard.by::<u8>("the second");
    changed_blocking(&7_u8);
    assert_eq!(heard.all(), ["the first", "the second: Changed 7"]);
    assert!(larder.cache("default").stats().trouble > 0);
}

#[test]
fn listeners_may_change_something_themselves_and_a_circle_is_cut() {
    /// A category, by its depth: the change of one is a change of that above it.
    #[derive(Clone, Debug)]
    struct Category(u64);
    #[derive(Clone)]
    struct There;
    #[derive(Clone)]
    struct Back;

    Lines::begin();
    let _larder = testing::isolated();
    let heard = Heard::default();
    heard.by::<Category>("tree");
    on_change::<Category>(async |category| {
        if category.0 > 0 {
            changed(&Category(category.0 - 1)).await;
        }
    });
    changed_blocking(&Category(20));
    assert_eq!((heard.all().len(), events::stats().circles), (21, 0), "a tree is no circle");

    let runs = Arc::new(AtomicUsize::new(0));
    let (there, back) = (Arc::clone(&runs), Arc::clone(&runs));
    on_change_blocking::<There>(move |_| {
        there.fetch_add(1, Ordering::Relaxed);
        changed_blocking(&Back);
        changed_blocking(&Back);
    });
    on_change_blocking::<Back>(move |_| {
        back.fetch_add(1, Ordering::Relaxed);
        after_commit_blocking(|| changed_blocking(&There));
    });
    changed_blocking(&There);
    assert!((32..=1001).contains(&runs.load(Ordering::Relaxed)) && events::stats().circles > 0);
    let lines = Lines::of("nobody is told of it any more");
    assert!(lines.len() == 1 && lines[0].contains("There → ") && lines[0].contains("Back → "), "{lines:?}");
    changed_blocking(&Category(1));
    assert_eq!(heard.all().len(), 2, "what comes later is no part of it");
}
