//! What no cache can be better than: maps, with little or nothing around them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use ahash::RandomState;

use super::reader::{Candidate, calls};
use crate::entries::{self, Cell, Kept, Key};
use crate::in_an_hour;

type Map<K, V> = HashMap<K, V, RandomState>;

pub fn candidates<C: Cell + PerThread>() -> Vec<Candidate> {
    vec![
        Candidate::new("`RwLock<HashMap>`, ahash, no time, no bound", || {
            let map: RwLock<Map<C::Key, C::Value>> = RwLock::new(C::entries().collect());
            calls::<C, _, _>(move |key| map.read().expect("nobody panics").get(key).cloned().expect("it is there"))
        }),
        Candidate::new("64 of them, coarse time", || {
            let map = Sharded::filled(C::entries());
            calls::<C, _, _>(move |key| map.get(key).expect("it is there"))
        }),
        Candidate::new("a map per thread, no time", || calls::<C, _, _>(C::get)),
        Candidate::new("the loop alone", || calls::<C, _, _>(|_| ())),
    ]
}

type Shard<K, V> = RwLock<Map<K, (coarsetime::Instant, V)>>;

struct Sharded<K, V> {
    hasher: RandomState,
    shards: [Shard<K, V>; 64],
}

impl<K: Key, V: Kept> Sharded<K, V> {
    fn filled(entries: impl Iterator<Item = (K, V)>) -> Self {
        let hasher = RandomState::new();
        let shards = std::array::from_fn(|_| RwLock::new(Map::with_hasher(hasher.clone())));
        let map = Self { hasher, shards };
        for (key, value) in entries {
            map.shard(&key).write().expect("nobody panics").insert(key, (in_an_hour(), value));
        }
        map
    }

    /// Returns the shard of a key, by bits of its hash that the map inside does not begin with.
    fn shard(&self, key: &K) -> &Shard<K, V> {
        &self.shards[(self.hasher.hash_one(key) >> 48) as usize % 64]
    }

    fn get(&self, key: &K) -> Option<V> {
        let shard = self.shard(key).read().expect("nobody panics");
        let (until, value) = shard.get(key)?;
        (coarsetime::Instant::now_without_cache_update() < *until).then(|| value.clone())
    }
}

/// A map that each thread has for itself, filled when the thread first asks.
pub trait PerThread: Cell {
    fn get(key: &Self::Key) -> Self::Value;
}

macro_rules! per_thread {
    ($($cell:ident: $key:ty => $value:ty;)*) => {$(
        impl PerThread for entries::$cell {
            fn get(key: &$key) -> $value {
                thread_local! {
                    static MAP: RefCell<Map<$key, $value>> = RefCell::default();
                }
                MAP.with_borrow(|map| map.get(key).cloned()).unwrap_or_else(|| {
                    MAP.with_borrow_mut(|map| {
                        map.extend(Self::entries());
                        map[key].clone()
                    })
                })
            }
        }
    )*};
}

per_thread! {
    Numbers: u64 => Arc<str>;
    Names: Box<str> => Arc<str>;
    Pages: entries::Page => Arc<str>;
    Texts: u64 => String;
    ManyNumbers: u64 => Arc<str>;
    ManyNames: Box<str> => Arc<str>;
}
