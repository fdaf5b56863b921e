//! Who takes part: each is given the name of the trace and the room, and says of each request whether it was a hit.

use std::num::NonZeroUsize;

use foyer_memory::{CacheBuilder, EvictionConfig, LfuConfig, LruConfig, S3FifoConfig};
use larder::{Options, key};

use super::traces::Trace;

/// Makes what asks for a key, and loads it on a miss.
pub type Make = fn(&str, usize) -> Box<dyn FnMut(u64) -> bool>;

pub const ALL: [(&str, Make); 8] = [
    ("larder by hand", larder),
    ("`moka`", moka),
    ("`mini-moka`", mini_moka),
    ("`quick_cache`", quick_cache),
    ("`foyer` S3-FIFO", |_, room| foyer(room, S3FifoConfig::default().into())),
    ("`foyer` LRU", |_, room| foyer(room, LruConfig::default().into())),
    ("`foyer` LFU", |_, room| foyer(room, LfuConfig::default().into())),
    ("LRU (`lru`; so does `cached`)", lru),
];

/// Runs a trace, and returns its hit ratio.
pub fn ratio(trace: &Trace, room: usize, make: Make) -> f64 {
    let mut is_hit = make(trace.name, room);
    let (warm_up, counted) = trace.keys.split_at(trace.warm_up);
    for key in warm_up {
        is_hit(u64::from(*key));
    }
    let hits = counted.iter().filter(|key| is_hit(u64::from(**key))).count();
    hits as f64 / counted.len() as f64
}

fn larder(trace: &str, _: usize) -> Box<dyn FnMut(u64) -> bool> {
    let cache = larder::cache(trace).expect("it is installed");
    Box::new(move |number| {
        let mut hit = true;
        cache.blocking().get_or_load(key!("n:<number>"), Options::ttl(3_600), || {
            hit = false;
            number
        });
        hit
    })
}

fn moka(_: &str, room: usize) -> Box<dyn FnMut(u64) -> bool> {
    let cache = moka::sync::Cache::new(room as u64);
    Box::new(move |key| {
        let hit = cache.get(&key).is_some();
        if !hit {
            cache.insert(key, key);
        }
        hit
    })
}

fn mini_moka(_: &str, room: usize) -> Box<dyn FnMut(u64) -> bool> {
    let cache = mini_moka::sync::Cache::new(room as u64);
    Box::new(move |key| {
        let hit = cache.get(&key).is_some();
        if !hit {
            cache.insert(key, key);
        }
        hit
    })
}

fn quick_cache(_: &str, room: usize) -> Box<dyn FnMut(u64) -> bool> {
    let cache = quick_cache::sync::Cache::new(room);
    Box::new(move |key| {
        let hit = cache.get(&key).is_some();
        if !hit {
            cache.insert(key, key);
        }
        hit
    })
}

fn foyer(room: usize, eviction: EvictionConfig) -> Box<dyn FnMut(u64) -> bool> {
    let cache: foyer_memory::Cache<u64, u64> = CacheBuilder::new(room).with_eviction_config(eviction).build();
    Box::new(move |key| {
        let hit = cache.get(&key).is_some();
        if !hit {
            cache.insert(key, key);
        }
        hit
    })
}

fn lru(_: &str, room: usize) -> Box<dyn FnMut(u64) -> bool> {
    let mut cache = lru::LruCache::new(NonZeroUsize::new(room).expect("some room"));
    Box::new(move |key| {
        let hit = cache.get(&key).is_some();
        if !hit {
            cache.put(key, key);
        }
        hit
    })
}
