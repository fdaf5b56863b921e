//! `moka`, with a time to live.

use std::time::Duration;

use crate::block_on;
use crate::entries::Cell;
use crate::hits::reader::{Candidate, awaits, calls};

const TIME: Duration = Duration::from_secs(3_600);

pub fn candidates<C: Cell>() -> Vec<Candidate> {
    vec![
        Candidate::new("`moka`, time", || {
            let cache: moka::sync::Cache<C::Key, C::Value> =
                moka::sync::Cache::builder().max_capacity(C::ROOM as u64).time_to_live(TIME).build();
            C::entries().for_each(|(key, value)| cache.insert(key, value));
            cache.run_pending_tasks();
            calls::<C, _, _>(move |key| cache.get(key).expect("it is there"))
        }),
        Candidate::new("`moka`, time, async", || {
            let cache: moka::future::Cache<C::Key, C::Value> =
                moka::future::Cache::builder().max_capacity(C::ROOM as u64).time_to_live(TIME).build();
            block_on(async {
                for (key, value) in C::entries() {
                    cache.insert(key, value).await;
                }
                cache.run_pending_tasks().await;
            });
            awaits::<C, _, _>(async move |key: &C::Key| cache.get(key).await.expect("it is there"))
        }),
    ]
}
