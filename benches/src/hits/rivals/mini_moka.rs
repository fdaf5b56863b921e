//! `mini-moka`, with a time to live.

use std::time::Duration;

use mini_moka::sync::{Cache, ConcurrentCacheExt};

use crate::entries::Cell;
use crate::hits::reader::{Candidate, calls};

pub fn candidates<C: Cell>() -> Vec<Candidate> {
    vec![Candidate::new("`mini-moka`, time", || {
        let cache: Cache<C::Key, C::Value> =
            Cache::builder().max_capacity(C::ROOM as u64).time_to_live(Duration::from_secs(3_600)).build();
        C::entries().for_each(|(key, value)| cache.insert(key, value));
        cache.sync();
        calls::<C, _, _>(move |key| cache.get(key).expect("it is there"))
    })]
}
