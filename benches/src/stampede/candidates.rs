//! Who takes part: `async` functions in tasks, and functions that block in threads.

use std::sync::Arc;

use cached::macros::cached;
use larder::{Local, Options, key};
use tokio::runtime::Runtime;

use super::{CACHE, Call, Crowd, Down, Seen, in_tasks, in_threads};

pub type Lines = Vec<(&'static str, Seen)>;

/// Lets each candidate be asked by a crowd.
pub fn run(crowd: Crowd) -> Lines {
    let mut lines = Lines::new();
    Runtime::new().expect("a runtime").block_on(tasks(crowd, &mut lines));
    threads(crowd, &mut lines);
    lines
}

async fn tasks(crowd: Crowd, lines: &mut Lines) {
    lines.push(("larder by attribute, async", in_tasks(crowd, awaited::larder).await));
    lines.push(("larder by hand, async", in_tasks(crowd, awaited::larder_by_hand).await));
    lines.push(("`#[cached]` of `cached`, async", in_tasks(crowd, awaited::cached_alone).await));
    lines.push(("`#[cached]`, `sync_writes = true`, async", in_tasks(crowd, awaited::cached_locked).await));
    lines.push(("`#[cached]`, `sync_writes = \"by_key\"`, async", in_tasks(crowd, awaited::cached_by_key).await));
    let moka = moka::future::Cache::new(100);
    let ask = |call: Call| {
        let moka = moka.clone();
        async move { moka.try_get_with(call.key(), call.load()).await.map_err(|down| (*down).clone()) }
    };
    lines.push(("`moka`, async", in_tasks(crowd, ask).await));
    let quick = Arc::new(quick_cache::sync::Cache::new(100));
    let ask = |call: Call| {
        let quick = Arc::clone(&quick);
        async move { quick.get_or_insert_async(&call.key(), call.load()).await }
    };
    lines.push(("`quick_cache`, async", in_tasks(crowd, ask).await));
    let foyer: foyer_memory::Cache<u64, u64> = foyer_memory::CacheBuilder::new(100).build();
    let ask = |call: Call| {
        let foyer = foyer.clone();
        async move { foyer.get_or_fetch(&call.key(), || call.load()).await.map_err(|_| Down) }
    };
    lines.push(("`foyer`, async", in_tasks(crowd, ask).await));
}

fn threads(crowd: Crowd, lines: &mut Lines) {
    lines.push(("larder by attribute", in_threads(crowd, blocking::larder)));
    lines.push(("larder by hand", in_threads(crowd, blocking::larder_by_hand)));
    lines.push(("`#[cached]` of `cached`", in_threads(crowd, blocking::cached_alone)));
    lines.push(("`#[cached]`, `sync_writes = true`", in_threads(crowd, blocking::cached_locked)));
    lines.push(("`#[cached]`, `sync_writes = \"by_key\"`", in_threads(crowd, blocking::cached_by_key)));
    let moka = moka::sync::Cache::new(100);
    let ask = |call: Call| moka.try_get_with(call.key(), || call.load_blocking()).map_err(|down| (*down).clone());
    lines.push(("`moka`", in_threads(crowd, ask)));
    let quick = quick_cache::sync::Cache::new(100);
    let ask = |call: Call| quick.get_or_insert_with(&call.key(), || call.load_blocking());
    lines.push(("`quick_cache`", in_threads(crowd, ask)));
}

mod awaited {
    use super::*;

    pub async fn larder(call: Call) -> Result<u64, Down> {
        by_attribute(call.key(), call).await
    }

    #[larder::cached(cache = "stampede", key = "awaited:<key>", ttl = 60, local, ignore(call))]
    async fn by_attribute(key: u64, call: Call) -> Result<u64, Down> {
        debug_assert_eq!(key, call.key());
        call.load().await
    }

    pub async fn larder_by_hand(call: Call) -> Result<u64, Down> {
        let (cache, number) = (larder::cache(CACHE).expect("it is installed"), call.key());
        let load = async || call.load().await.map(Local);
        cache.try_get_or_load_shared(key!("hand:<number>"), Options::ttl(60), load).await.map(|Local(value)| value)
    }

    #[cached(key = "u64", convert = { call.key() })]
    pub async fn cached_alone(call: Call) -> Result<u64, Down> {
        call.load().await
    }

    #[cached(key = "u64", convert = { call.key() }, sync_writes = true)]
    pub async fn cached_locked(call: Call) -> Result<u64, Down> {
        call.load().await
    }

    #[cached(key = "u64", convert = { call.key() }, sync_writes = "by_key")]
    pub async fn cached_by_key(call: Call) -> Result<u64, Down> {
        call.load().await
    }
}

mod blocking {
    use super::*;

    pub fn larder(call: Call) -> Result<u64, Down> {
        by_attribute(call.key(), call)
    }

    #[larder::cached(cache = "stampede", key = "blocking:<key>", ttl = 60, local, ignore(call))]
    fn by_attribute(key: u64, call: Call) -> Result<u64, Down> {
        debug_assert_eq!(key, call.key());
        call.load_blocking()
    }

    pub fn larder_by_hand(call: Call) -> Result<u64, Down> {
        let (cache, number) = (larder::cache(CACHE).expect("it is installed"), call.key());
        let load = || call.load_blocking().map(Local);
        let loaded = cache.blocking().try_get_or_load_shared(key!("blocks:<number>"), Options::ttl(60), load);
        loaded.map(|Local(value)| value)
    }

    #[cached(key = "u64", convert = { call.key() })]
    pub fn cached_alone(call: Call) -> Result<u64, Down> {
        call.load_blocking()
    }

    #[cached(key = "u64", convert = { call.key() }, sync_writes = true)]
    pub fn cached_locked(call: Call) -> Result<u64, Down> {
        call.load_blocking()
    }

    #[cached(key = "u64", convert = { call.key() }, sync_writes = "by_key")]
    pub fn cached_by_key(call: Call) -> Result<u64, Down> {
        call.load_blocking()
    }
}
