//! Who takes part, each filled before it is measured.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use cache_core::clock::{Clock, Tick};
use cache_core::key::{Key, Scope};
use cache_core::policy::{self, Freshness, Options, Ttl};
use cache_core::record::{Record, Times};
use cache_core::store::{Limits, Store};

/// How much there is, and who reads.
pub struct Workload {
    pub entries: usize,
    pub threads: usize,
}

/// A cache that holds an `Arc<str>` for each number below the number of entries.
pub trait Candidate: Sync {
    /// Reads one that is there.
    fn read(&self, entry: usize) -> Arc<str>;
}

/// Everybody who takes part; the first one is what the others are compared with.
pub fn all(workload: &Workload) -> Vec<(&'static str, Box<dyn Candidate>)> {
    vec![
        ("RwLock<HashMap> with ahash, no times, no bound", Box::new(PlainMap::filled(workload))),
        ("quick_cache, a typed table, no times", Box::new(Typed::filled(workload))),
        ("quick_cache, a typed table, coarse time in the value", Box::new(TypedWithTimes::filled(workload))),
        ("larder's store: one table, erased slots, coarse time", Box::new(Erased::filled(workload))),
        ("the same, with the key written from its pattern", Box::new(ErasedByKey::filled(workload))),
    ]
}

fn name(entry: usize) -> Box<[u8]> {
    format!(":1:profile:{entry}").into_bytes().into()
}

fn value(entry: usize) -> Arc<str> {
    format!("the value of entry {entry}").into()
}

fn names(workload: &Workload) -> Vec<Box<[u8]>> {
    (0..workload.entries).map(name).collect()
}

struct PlainMap {
    names: Vec<Box<[u8]>>,
    map: RwLock<HashMap<Box<[u8]>, Arc<str>, ahash::RandomState>>,
}

impl PlainMap {
    fn filled(workload: &Workload) -> Self {
        let map = (0..workload.entries).map(|entry| (name(entry), value(entry))).collect();
        Self { names: names(workload), map: RwLock::new(map) }
    }
}

impl Candidate for PlainMap {
    fn read(&self, entry: usize) -> Arc<str> {
        let map = self.map.read().expect("nobody panics");
        Arc::clone(map.get(&self.names[entry]).expect("it is there"))
    }
}

struct Typed {
    names: Vec<Box<[u8]>>,
    cache: quick_cache::sync::Cache<Box<[u8]>, Arc<str>>,
}

impl Typed {
    fn filled(workload: &Workload) -> Self {
        let cache = quick_cache::sync::Cache::new(workload.entries * 2);
        (0..workload.entries).for_each(|entry| cache.insert(name(entry), value(entry)));
        Self { names: names(workload), cache }
    }
}

impl Candidate for Typed {
    fn read(&self, entry: usize) -> Arc<str> {
        self.cache.get(&self.names[entry]).expect("it is there")
    }
}

struct TypedWithTimes {
    names: Vec<Box<[u8]>>,
    clock: Clock,
    cache: quick_cache::sync::Cache<Box<[u8]>, (Tick, Arc<str>)>,
}

impl TypedWithTimes {
    fn filled(workload: &Workload) -> Self {
        let cache = quick_cache::sync::Cache::new(workload.entries * 2);
        (0..workload.entries).for_each(|entry| cache.insert(name(entry), (Tick::NEVER, value(entry))));
        Self { names: names(workload), clock: Clock::default(), cache }
    }
}

impl Candidate for TypedWithTimes {
    fn read(&self, entry: usize) -> Arc<str> {
        let (until, value) = self.cache.get(&self.names[entry]).expect("it is there");
        assert!(self.clock.now() < until);
        value
    }
}

struct Erased {
    names: Vec<Box<[u8]>>,
    clock: Clock,
    store: Store,
}

impl Erased {
    fn filled(workload: &Workload) -> Self {
        let clock = Clock::default();
        let limits = Limits { max_entries: workload.entries as u64 * 2, max_bytes: None };
        let store = Store::new(limits, clock.clone());
        let times = policy::times(&Options::ttl(3_600), Ttl::Default, 0.0, clock.now()).expect("a time over zero");
        for entry in 0..workload.entries {
            drop(store.insert(&name(entry), record(times, entry), 0));
        }
        Self { names: names(workload), clock, store }
    }

    fn read_name(&self, name: &[u8]) -> Arc<str> {
        let record = self.store.get(name).expect("it is there");
        assert!(policy::freshness(record.times(), &Options::DEFAULT, self.clock.now()) == Freshness::Fresh);
        record.value.downcast_ref::<Arc<str>>().cloned().expect("it is an `Arc<str>`")
    }
}

fn record(times: Times, entry: usize) -> cache_core::record::Erased {
    Arc::new(Record::new(1, times, value(entry)))
}

impl Candidate for Erased {
    fn read(&self, entry: usize) -> Arc<str> {
        self.read_name(&self.names[entry])
    }
}

struct ErasedByKey {
    scope: Scope,
    inner: Erased,
}

impl ErasedByKey {
    fn filled(workload: &Workload) -> Self {
        let scope = Scope::new("", "1", None).expect("a short scope");
        let inner = Erased::filled(workload);
        let written = scope.name(&Key::from("profile:1"));
        assert_eq!(written.as_bytes(), &*name(1), "both write the same name");
        Self { scope, inner }
    }
}

impl Candidate for ErasedByKey {
    fn read(&self, entry: usize) -> Arc<str> {
        let name = self.scope.write(1, |key| {
            key.literal("profile:").part(&entry);
        });
        self.inner.read_name(name.as_bytes())
    }
}
