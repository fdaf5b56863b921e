//! Who takes part, each filled before it is measured.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use cache_core::clock::{Clock, Tick};
use cache_core::key::{Key, Scope};
use cache_core::policy::{self, Freshness, Options, Ttl};
use cache_core::record::{Erased, Record, Times};
use cache_core::store::{Limits, Store};

/// How much there is, and who reads.
pub struct Workload {
    pub entries: usize,
    pub threads: usize,
}

/// What is kept for an entry.
pub trait Value: Clone + Send + Sync + 'static {
    /// How a table calls it.
    const NAME: &'static str;

    fn of(entry: usize) -> Self;
}

impl Value for u64 {
    const NAME: &'static str = "u64";

    fn of(entry: usize) -> Self {
        entry as u64
    }
}

impl Value for Arc<str> {
    const NAME: &'static str = "Arc<str>";

    fn of(entry: usize) -> Self {
        format!("the value of entry {entry}").into()
    }
}

/// A cache that holds a value for each number below the number of entries.
pub trait Candidate<V>: Sync {
    /// Reads one that is there.
    fn read(&self, entry: usize) -> V;
}

/// Everybody who takes part; the first one is what the others are compared with.
pub fn all<V: Value>(workload: &Workload) -> Vec<(&'static str, Box<dyn Candidate<V>>)> {
    vec![
        ("RwLock<HashMap> with ahash, no times, no bound", Box::new(PlainMap::filled(workload))),
        ("quick_cache, a typed table, no times", Box::new(Typed::filled(workload))),
        ("quick_cache, a typed table, coarse time in the value", Box::new(TypedWithTimes::filled(workload))),
        ("quick_cache, erased slots, coarse time", Box::new(ErasedElsewhere::filled::<V>(workload))),
        ("larder's store: one table, erased slots, coarse time", Box::new(Larder::filled::<V>(workload))),
        ("the same, with the key written from its pattern", Box::new(LarderByKey::filled::<V>(workload))),
    ]
}

fn name(entry: usize) -> Box<[u8]> {
    format!(":1:profile:{entry}").into_bytes().into()
}

fn names(workload: &Workload) -> Vec<Box<[u8]>> {
    (0..workload.entries).map(name).collect()
}

struct PlainMap<V> {
    names: Vec<Box<[u8]>>,
    map: RwLock<HashMap<Box<[u8]>, V, ahash::RandomState>>,
}

impl<V: Value> PlainMap<V> {
    fn filled(workload: &Workload) -> Self {
        let map = (0..workload.entries).map(|entry| (name(entry), V::of(entry))).collect();
        Self { names: names(workload), map: RwLock::new(map) }
    }
}

impl<V: Value> Candidate<V> for PlainMap<V> {
    fn read(&self, entry: usize) -> V {
        let map = self.map.read().expect("nobody panics");
        map.get(&self.names[entry]).cloned().expect("it is there")
    }
}

struct Typed<V> {
    names: Vec<Box<[u8]>>,
    cache: quick_cache::sync::Cache<Box<[u8]>, V>,
}

impl<V: Value> Typed<V> {
    fn filled(workload: &Workload) -> Self {
        let cache = quick_cache::sync::Cache::new(workload.entries * 2);
        (0..workload.entries).for_each(|entry| cache.insert(name(entry), V::of(entry)));
        Self { names: names(workload), cache }
    }
}

impl<V: Value> Candidate<V> for Typed<V> {
    fn read(&self, entry: usize) -> V {
        self.cache.get(&self.names[entry]).expect("it is there")
    }
}

struct TypedWithTimes<V> {
    names: Vec<Box<[u8]>>,
    clock: Clock,
    cache: quick_cache::sync::Cache<Box<[u8]>, (Tick, V)>,
}

impl<V: Value> TypedWithTimes<V> {
    fn filled(workload: &Workload) -> Self {
        let cache = quick_cache::sync::Cache::new(workload.entries * 2);
        (0..workload.entries).for_each(|entry| cache.insert(name(entry), (Tick::NEVER, V::of(entry))));
        Self { names: names(workload), clock: Clock::default(), cache }
    }
}

impl<V: Value> Candidate<V> for TypedWithTimes<V> {
    fn read(&self, entry: usize) -> V {
        let (until, value) = self.cache.get(&self.names[entry]).expect("it is there");
        assert!(self.clock.now() < until);
        value
    }
}

fn lasting(clock: &Clock) -> Times {
    policy::times(&Options::ttl(3_600), Ttl::Default, 0.0, clock.now()).expect("a time over zero")
}

fn record<V: Value>(times: Times, entry: usize) -> Erased {
    Arc::new(Record::new(1, times, V::of(entry)))
}

/// Returns the value of a record that is judged as the engine judges it.
fn open<V: Value>(record: &Erased, clock: &Clock) -> V {
    assert!(policy::freshness(record.times(), &Options::DEFAULT, clock.now()) == Freshness::Fresh);
    record.value.downcast_ref::<V>().cloned().expect("a value of this type")
}

/// The slot of larder in the table of another: what the slot costs, and nothing else.
struct ErasedElsewhere {
    names: Vec<Box<[u8]>>,
    clock: Clock,
    cache: quick_cache::sync::Cache<Box<[u8]>, Erased>,
}

impl ErasedElsewhere {
    fn filled<V: Value>(workload: &Workload) -> Self {
        let clock = Clock::default();
        let cache = quick_cache::sync::Cache::new(workload.entries * 2);
        let times = lasting(&clock);
        (0..workload.entries).for_each(|entry| cache.insert(name(entry), record::<V>(times, entry)));
        Self { names: names(workload), clock, cache }
    }
}

impl<V: Value> Candidate<V> for ErasedElsewhere {
    fn read(&self, entry: usize) -> V {
        open(&self.cache.get(&self.names[entry]).expect("it is there"), &self.clock)
    }
}

struct Larder {
    names: Vec<Box<[u8]>>,
    clock: Clock,
    store: Store,
}

impl Larder {
    fn filled<V: Value>(workload: &Workload) -> Self {
        let clock = Clock::default();
        let limits = Limits { max_entries: workload.entries as u64 * 2, max_bytes: None };
        let store = Store::new(limits, clock.clone());
        let times = lasting(&clock);
        (0..workload.entries).for_each(|entry| drop(store.insert(&name(entry), record::<V>(times, entry), 0)));
        Self { names: names(workload), clock, store }
    }
}

impl<V: Value> Candidate<V> for Larder {
    fn read(&self, entry: usize) -> V {
        open(&self.store.get(&self.names[entry]).expect("it is there"), &self.clock)
    }
}

struct LarderByKey {
    scope: Scope,
    inner: Larder,
}

impl LarderByKey {
    fn filled<V: Value>(workload: &Workload) -> Self {
        let scope = Scope::new("", "1", None).expect("a short scope");
        let inner = Larder::filled::<V>(workload);
        let written = scope.name(&Key::from("profile:1"));
        assert_eq!(written.as_bytes(), &*name(1), "both write the same name");
        Self { scope, inner }
    }
}

impl<V: Value> Candidate<V> for LarderByKey {
    fn read(&self, entry: usize) -> V {
        let name = self.scope.write(1, |key| {
            key.literal("profile:").part(&entry);
        });
        open(&self.inner.store.get(name.as_bytes()).expect("it is there"), &self.inner.clock)
    }
}
