//! Hits on which the body runs too: what is wrong in production, and no error that anybody sees, is found.

use std::cell::Cell;
use std::collections::HashMap;
use std::future::ready;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use larder::backend::{Counting, Memory};
use larder::clock::Clock;
use larder::testing::{self, Isolated};
use larder::{Settings, cached};
use tokio::sync::Notify;

use crate::Runs;
use crate::lines::lines;

pub const MINUTE: Duration = Duration::from_secs(60);

/// Where values come from that change without a word.
pub type Source = Arc<Mutex<HashMap<u64, String>>>;

fn source() -> Source {
    let source = Source::default();
    set(&source, "old");
    source
}

pub fn set(source: &Source, value: &str) {
    source.lock().unwrap().insert(7, value.to_owned());
}

fn read(source: &Source, id: u64) -> Result<String, ()> {
    source.lock().unwrap().get(&id).cloned().ok_or(())
}

/// Returns how many hits were verified by these caches, and how many of those differed.
pub fn verified(larder: &Isolated) -> (u64, u64) {
    let stats = larder.cache("default").stats();
    (stats.verified, stats.differed)
}

#[cached(key = "verify:page:<path>", ttl = 3600, ignore(tenant), verify = 1.0)]
fn forgetful(tenant: &str, path: &str) -> String {
    format!("{path} of {tenant}")
}

#[test]
fn a_key_that_forgets_something_is_counted_and_told_without_keys_and_values_and_its_entry_is_removed() {
    let larder = testing::isolated();
    lines();
    assert_eq!(forgetful("ann", "home-of-verify"), "home-of-verify of ann");
    assert_eq!(forgetful("ann", "home-of-verify"), "home-of-verify of ann");
    assert_eq!(verified(&larder), (1, 0));
    assert_eq!(forgetful("bob", "home-of-verify"), "home-of-verify of ann", "the caller has the hit");
    assert_eq!(verified(&larder), (2, 1));
    assert_eq!(forgetful("bob", "home-of-verify"), "home-of-verify of bob", "which is not there any more");

    for minute in 0..2 {
        forgetful("ann", "home-of-verify");
        forgetful("ann", "home-of-verify");
        forgetful("bob", "home-of-verify");
        forgetful("bob", "home-of-verify");
        assert_eq!(told().len(), 1 + minute, "once a minute");
        larder.advance(MINUTE);
    }
    assert!(verified(&larder).1 > 4);
    let line = &told()[0];
    assert!(line.starts_with("WARN larder `forgetful` at tests/engine/verify.rs:"), "{line}");
    assert!(line.contains("keys `verify:page:<path>`: on a hit, its body returned something else"), "{line}");
    assert!(!line.contains("home-of-verify"), "{line}");
}

fn told() -> Vec<String> {
    lines().lock().unwrap().iter().filter(|line| line.contains("verify:page")).cloned().collect()
}

/// How a body goes about it.
#[derive(Clone, Default)]
pub struct Way {
    pub source: Source,
    pub runs: Arc<Runs>,
    /// Whether it waits before it returns.
    pub waits: Arc<AtomicBool>,
    pub gate: Arc<Notify>,
}

#[cached(key = "verify:value:<id>", tags = ["verify:<id>"], ttl = 3600, ignore(way), verify = 1)]
pub async fn value(way: Way, id: u64) -> Result<String, ()> {
    value_of(&way, id).await
}

pub async fn value_of(way: &Way, id: u64) -> Result<String, ()> {
    way.runs.next();
    let value = read(&way.source, id);
    if way.waits.load(Ordering::SeqCst) {
        way.gate.notified().await;
    }
    value
}

pub fn way() -> Way {
    Way { source: source(), ..Way::default() }
}

#[tokio::test]
async fn with_owned_arguments_the_body_runs_beside_its_caller() {
    let larder = testing::isolated();
    let way = way();
    value(way.clone(), 7).await.unwrap();
    set(&way.source, "new");
    assert_eq!(value(way.clone(), 7).await.unwrap(), "old");
    assert_eq!((way.runs.count(), verified(&larder)), (1, (0, 0)), "nobody has waited for it");
    assert_eq!(larder.run_tasks(), 1);
    assert_eq!((way.runs.count(), verified(&larder)), (2, (1, 1)));
    assert_eq!(value(way.clone(), 7).await.unwrap(), "new");
}

#[tokio::test]
async fn no_two_verify_one_value_at_a_time() {
    let larder = testing::isolated();
    let way = way();
    value(way.clone(), 7).await.unwrap();
    way.waits.store(true, Ordering::SeqCst);
    for _ in 0..10 {
        value(way.clone(), 7).await.unwrap();
        larder.run_tasks();
    }
    assert_eq!(way.runs.count(), 2);
    way.gate.notify_one();
    larder.run_tasks();
    assert_eq!(verified(&larder), (1, 0));
    way.waits.store(false, Ordering::SeqCst);
    value(way.clone(), 7).await.unwrap();
    larder.run_tasks();
    assert_eq!(verified(&larder), (2, 0), "and the next one does");
}

#[cached(key = "verify:near:<id>", ttl = 3600, ignore(source), verify = 1.0)]
async fn near(source: Source, id: u64) -> String {
    ready(()).await;
    read(&source, id).expect("it is there")
}

/// What is near may be as old as it says: that is no wrong key. So the store is asked.
#[tokio::test]
async fn what_is_near_is_not_what_is_verified() {
    let clock = Clock::manual();
    let store = Arc::new(Counting::new(Memory::new(clock.clone())));
    let settings = Settings::backend(Arc::clone(&store)).near(60);
    let larder = testing::isolated_at(clock, [("default", settings)]).unwrap();
    let source = source();
    for _ in 0..2 {
        near(Arc::clone(&source), 7).await;
        larder.run_tasks();
    }
    let asked = store.calls().gets;
    assert_eq!(near(Arc::clone(&source), 7).await, "old");
    assert_eq!((larder.cache("default").stats().near_hits, store.calls().gets), (1, asked + 1));
    larder.run_tasks();
    assert_eq!(verified(&larder), (2, 0));
}

#[tokio::test]
async fn a_body_that_fails_says_nothing() {
    let larder = testing::isolated();
    let way = way();
    value(way.clone(), 7).await.unwrap();
    way.source.lock().unwrap().clear();
    assert_eq!(value(way.clone(), 7).await.unwrap(), "old");
    larder.run_tasks();
    assert_eq!((way.runs.count(), verified(&larder)), (2, (0, 0)));
    assert_eq!(value(way.clone(), 7).await.unwrap(), "old", "and what is kept is kept");
}

#[cached(key = "verify:blocks:<id>", ttl = 3600, ignore(source), verify = 1.0)]
fn blocks(source: &Source, id: u64) -> String {
    read(source, id).expect("it is there")
}

#[cached(key = "verify:borrows:<id>", ttl = 3600, ignore(source), verify = 1.0)]
async fn borrows(source: &Source, id: u64) -> String {
    ready(()).await;
    read(source, id).expect("it is there")
}

#[test]
fn a_body_that_panics_is_nobodys_business_who_has_a_hit() {
    let larder = testing::isolated();
    let source = source();
    let values = || [blocks(&source, 7), testing::block_on(borrows(&source, 7))];
    values();
    source.lock().unwrap().clear();
    assert_eq!((values(), values()), (["old"; 2].map(str::to_owned), ["old"; 2].map(str::to_owned)));
    assert_eq!(verified(&larder), (0, 0));
    set(&source, "new");
    assert_eq!(values(), ["old"; 2].map(str::to_owned));
    assert_eq!(verified(&larder), (2, 2), "each has waited for its body");
    assert_eq!(values(), ["new"; 2].map(str::to_owned));
}

thread_local! {
    static SAMPLED: Cell<u32> = const { Cell::new(0) };
}

#[cached(key = "verify:sampled:<id>", ttl = 3600, verify = 0.01)]
fn sampled(id: u64) -> u64 {
    SAMPLED.set(SAMPLED.get() + 1);
    id
}

#[cached(key = "verify:never:<id>", ttl = 3600, verify = 0)]
fn never(id: u64) -> u64 {
    SAMPLED.set(SAMPLED.get() + 1);
    id
}

/// What is drawn on a clock that is moved by hand is the same in each run.
#[test]
fn of_ten_thousand_hits_a_hundredth_is_verified() {
    let larder = testing::isolated();
    for _ in 0..=10_000 {
        sampled(1);
    }
    assert!((70..130).contains(&SAMPLED.get()), "{}", SAMPLED.get());
    let stats = larder.cache("default").stats();
    assert_eq!((stats.hits, stats.loads, stats.verified), (10_000, 1, u64::from(SAMPLED.get()) - 1));
    SAMPLED.set(0);
    for _ in 0..=10_000 {
        never(1);
    }
    assert_eq!(SAMPLED.get(), 1);
}

struct Repo {
    source: Source,
}

impl Repo {
    #[cached(key = "verify:repo:<id>", ttl = 3600, ignore(self), verify = 1.0, companion = find)]
    async fn find(&self, id: u64) -> String {
        ready(()).await;
        read(&self.source, id).expect("it is there")
    }
}

#[test]
fn a_method_is_verified_too() {
    let larder = testing::isolated();
    let repo = Repo { source: source() };
    testing::block_on(repo.find(7));
    set(&repo.source, "new");
    assert_eq!(testing::block_on(repo.find(7)), "old");
    assert_eq!((verified(&larder), testing::block_on(repo.find(7))), ((1, 1), "new".to_owned()));
}

#[cached(key = "verify:slow:<id>", ttl = 3600, ignore(runs), timeout = 5, verify = 1.0)]
async fn slow(runs: &Runs, id: u64) -> Result<u64, larder::Error> {
    if runs.next() > 1 {
        testing::current().advance(Duration::from_secs(5));
        std::future::pending::<()>().await;
    }
    Ok(id)
}

#[test]
fn a_body_over_its_limit_is_not_waited_for() {
    let larder = testing::isolated();
    let runs = Runs::default();
    for _ in 0..2 {
        assert_eq!(testing::block_on(slow(&runs, 7)).unwrap(), 7);
    }
    assert_eq!((runs.count(), verified(&larder)), (2, (0, 0)));
}
