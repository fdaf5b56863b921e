//! Who takes part: with keys that are numbers, and with keys that are text. The values are numbers.

use std::any::Any;
use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::time::Duration;

use cached::{Cached, LruTtlCache, ShardedLruTtlCache};
use foyer_memory::{CacheBuilder, S3FifoConfig};
use larder::{Cache, Local, Options, key};
use mini_moka::sync::ConcurrentCacheExt;

const TIME: Duration = Duration::from_secs(3_600);

/// Larder's caches, each of them filled once.
pub const CACHES: [&str; 4] = ["weigh", "weigh-names", "weigh-by-hand", "weigh-names-by-hand"];

/// A full cache, and how many entries it holds, where it can say so.
pub type Filled = (Box<dyn Any>, Option<usize>);

pub struct Candidate {
    pub name: &'static str,
    /// The bytes of a key.
    pub key: fn(u64) -> usize,
    /// Fills a cache with so many entries.
    pub fill: fn(usize) -> Filled,
}

const fn numbers(name: &'static str, fill: fn(usize) -> Filled) -> Candidate {
    Candidate { name, key: |_| size_of::<u64>(), fill }
}

const fn names(name: &'static str, fill: fn(usize) -> Filled) -> Candidate {
    Candidate { name, key: |number| address(number).len(), fill }
}

pub const ALL: [Candidate; 19] = [
    numbers("`HashMap`, `u64`", map::<u64>),
    numbers("`quick_cache`, `u64`", quick_cache::<u64>),
    numbers("`quick_cache` and a coarse time, `u64`", quick_cache_with_time::<u64>),
    numbers("LRU (`lru`), `u64`", lru::<u64>),
    numbers("`#[cached]`: LRU with times, `u64`", cached::<u64>),
    numbers("`#[concurrent_cached]`: the same in shards, `u64`", sharded::<u64>),
    numbers("`foyer` S3-FIFO, `u64`", foyer::<u64>),
    numbers("`moka`, time, `u64`", moka::<u64>),
    numbers("`mini-moka`, time, `u64`", mini_moka::<u64>),
    Candidate { name: "larder by attribute, `u64`", key: |n| key!("n:<n>").as_str().len(), fill: attribute },
    Candidate { name: "larder by hand, `u64`", key: |n| key!("n:<n>").as_str().len(), fill: by_hand },
    names("`HashMap`, `Box<str>`", map::<Box<str>>),
    names("`quick_cache` and a coarse time, `Box<str>`", quick_cache_with_time::<Box<str>>),
    names("`#[cached]`: LRU with times, `Box<str>`", cached::<Box<str>>),
    names("`#[concurrent_cached]`: the same in shards, `Box<str>`", sharded::<Box<str>>),
    names("`foyer` S3-FIFO, `Box<str>`", foyer::<Box<str>>),
    names("`moka`, time, `Box<str>`", moka::<Box<str>>),
    Candidate { name: "larder by attribute, `&str`", key: named_key, fill: named_attribute },
    Candidate { name: "larder by hand, `&str`", key: named_key, fill: named_by_hand },
];

fn address(number: u64) -> Box<str> {
    format!("{number}@mail.example").into()
}

fn named_key(number: u64) -> usize {
    let name = address(number);
    key!("m:<name>").as_str().len()
}

trait Key: Hash + Eq + Clone + Send + Sync + 'static {
    fn of(number: u64) -> Self;
}

impl Key for u64 {
    fn of(number: u64) -> Self {
        number
    }
}

impl Key for Box<str> {
    fn of(number: u64) -> Self {
        address(number)
    }
}

fn entries<K: Key>(records: usize) -> impl Iterator<Item = (K, u64)> {
    (0..records as u64).map(|number| (K::of(number), number))
}

fn map<K: Key>(records: usize) -> Filled {
    let mut map = HashMap::<K, u64, ahash::RandomState>::default();
    map.extend(entries::<K>(records));
    (Box::new(map), Some(records))
}

fn quick_cache<K: Key>(records: usize) -> Filled {
    let cache = quick_cache::sync::Cache::new(records);
    entries::<K>(records).for_each(|(key, value)| cache.insert(key, value));
    let held = cache.len();
    (Box::new(cache), Some(held))
}

fn quick_cache_with_time<K: Key>(records: usize) -> Filled {
    let cache = quick_cache::sync::Cache::new(records);
    entries::<K>(records).for_each(|(key, value)| cache.insert(key, (crate::in_an_hour(), value)));
    let held = cache.len();
    (Box::new(cache), Some(held))
}

fn lru<K: Key>(records: usize) -> Filled {
    let mut cache = lru::LruCache::new(NonZeroUsize::new(records).expect("some room"));
    for (key, value) in entries::<K>(records) {
        cache.put(key, value);
    }
    let held = cache.len();
    (Box::new(cache), Some(held))
}

fn cached<K: Key>(records: usize) -> Filled {
    let mut cache = LruTtlCache::<K, u64>::new(records, TIME);
    for (key, value) in entries(records) {
        cache.cache_set(key, value);
    }
    let held = cache.cache_size();
    (Box::new(cache), Some(held))
}

fn sharded<K: Key>(records: usize) -> Filled {
    let cache: ShardedLruTtlCache<K, u64> = ShardedLruTtlCache::new(records, TIME);
    for (key, value) in entries(records) {
        cache.set(key, value);
    }
    let held = cache.len();
    (Box::new(cache), Some(held))
}

fn foyer<K: Key>(records: usize) -> Filled {
    let cache: foyer_memory::Cache<K, u64> =
        CacheBuilder::new(records).with_eviction_config(S3FifoConfig::default()).build();
    entries(records).for_each(|(key, value)| drop(cache.insert(key, value)));
    let held = cache.entries();
    (Box::new(cache), Some(held))
}

fn moka<K: Key>(records: usize) -> Filled {
    let cache = moka::sync::Cache::builder().max_capacity(records as u64).time_to_live(TIME).build();
    entries::<K>(records).for_each(|(key, value)| cache.insert(key, value));
    cache.run_pending_tasks();
    let held = cache.entry_count() as usize;
    (Box::new(cache), Some(held))
}

fn mini_moka<K: Key>(records: usize) -> Filled {
    let cache = mini_moka::sync::Cache::builder().max_capacity(records as u64).time_to_live(TIME).build();
    entries::<K>(records).for_each(|(key, value)| cache.insert(key, value));
    cache.sync();
    let held = cache.entry_count() as usize;
    (Box::new(cache), Some(held))
}

#[larder::cached(cache = "weigh", key = "n:<n>", ttl = 3_600, local)]
fn number(n: u64) -> u64 {
    n
}

#[larder::cached(cache = "weigh-names", key = "m:<name>", ttl = 3_600, local)]
fn named(name: &str) -> u64 {
    name.len() as u64
}

/// How many of its entries a cache of larder holds is asked of it only when nothing is counted any more.
struct Held(Box<dyn Fn(u64) -> bool>);

pub fn held_by_larder(cache: &dyn Any, records: usize) -> usize {
    let Held(holds) = cache.downcast_ref().expect("a cache of larder");
    (0..records as u64).filter(|number| holds(*number)).count()
}

fn larder(holds: impl Fn(u64) -> bool + 'static) -> Filled {
    (Box::new(Held(Box::new(holds))), None)
}

fn attribute(records: usize) -> Filled {
    (0..records as u64).for_each(|n| assert_eq!(number(n), n));
    larder(|n| number::get(n).is_some())
}

fn named_attribute(records: usize) -> Filled {
    (0..records as u64).for_each(|number| assert!(named(&address(number)) > 0));
    larder(|number| named::get(&address(number)).is_some())
}

fn by_hand(records: usize) -> Filled {
    let cache = put(CACHES[2], records, |n| key!("n:<n>"));
    larder(move |n| cache.blocking().has(key!("n:<n>")).expect("the store works"))
}

fn named_by_hand(records: usize) -> Filled {
    fn key_of(number: u64) -> larder::Key {
        let name = address(number);
        key!("m:<name>")
    }
    let cache = put(CACHES[3], records, key_of);
    larder(move |number| cache.blocking().has(key_of(number)).expect("the store works"))
}

fn put(name: &str, records: usize, key: impl Fn(u64) -> larder::Key) -> Cache {
    let cache = larder::cache(name).expect("it is installed");
    for number in 0..records as u64 {
        let stored = cache.blocking().set(key(number), Local(number), Options::ttl(3_600));
        stored.expect("there is room");
    }
    cache
}
