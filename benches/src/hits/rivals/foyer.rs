//! `foyer`, its part in memory. It has no times.

use foyer_memory::{Cache, CacheBuilder, S3FifoConfig};

use crate::entries::Cell;
use crate::hits::reader::{Candidate, calls};

pub fn candidates<C: Cell>() -> Vec<Candidate> {
    vec![Candidate::new("`foyer` S3-FIFO, no time", || {
        let cache: Cache<C::Key, C::Value> =
            CacheBuilder::new(C::ROOM).with_eviction_config(S3FifoConfig::default()).build();
        C::entries().for_each(|(key, value)| drop(cache.insert(key, value)));
        calls::<C, _, _>(move |key| cache.get(key).expect("it is there").value().clone())
    })]
}
