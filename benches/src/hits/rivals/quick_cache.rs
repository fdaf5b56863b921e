//! `quick_cache`, with a coarse time in the value: it has none of its own.

use quick_cache::sync::Cache;

use crate::entries::Cell;
use crate::hits::reader::{Candidate, calls};
use crate::in_an_hour;

pub fn candidates<C: Cell>() -> Vec<Candidate> {
    vec![Candidate::new("`quick_cache` bare, coarse time", || {
        let cache: Cache<C::Key, (coarsetime::Instant, C::Value)> = Cache::new(C::ROOM);
        C::entries().for_each(|(key, value)| cache.insert(key, (in_an_hour(), value)));
        calls::<C, _, _>(move |key| {
            let (until, value) = cache.get(key).expect("it is there");
            assert!(coarsetime::Instant::now_without_cache_update() < until);
            value
        })
    })]
}
