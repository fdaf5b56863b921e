//! HOSTILE: what was removed a moment ago, and servers that come back with an older file.

use std::time::Duration;

use larder::testing::{Larder, block_on};
use larder::{Key, Options, invalidate_tag_blocking};

use crate::near::redis;
use crate::servers::Redis;
use crate::{Attempt, Found};

pub const ALL: &[Attempt] = &[
    ("forget_set_after_delete_is_lost_by_a_new_connection", 60, journal),
    ("forget_lock_of_another_process", 60, lock_of_another),
    ("forget_outage_redis", 100, || outage(true, 0)),
    ("forget_outage_near", 100, || outage(true, 60)),
    ("forget_outage_memcached", 100, || outage(false, 0)),
    ("forget_older_file", 60, || older_file(0)),
    ("forget_older_file_near", 60, || older_file(60)),
];

/// Runs something in a runtime of its own, as a test or a thread of a program does: it opens a connection of its own.
fn elsewhere<T>(larder: &Larder, work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(larder.scope(work))
}

fn journal() -> Found {
    let server = Redis::start().unwrap();
    let larder = redis(&server.url(), 0);
    let cache = larder.cache("default");
    let mut found = Found::new();
    let _entered = larder.enter();
    // Nothing goes wrong here at all: it is deleted, written anew, and read in another runtime.
    let _ = cache.blocking().set("k", 1_i64, Options::ttl(600));
    let _ = cache.blocking().delete("k");
    let _ = cache.blocking().set("k", 2_i64, Options::ttl(600));
    let got = elsewhere(&larder, cache.get::<i64>("k"));
    if got.as_ref().ok() != Some(&Some(2)) {
        found.push(format!("set after delete, read in another runtime: {got:?}"));
    }
    // A lock that somebody has.
    let _ = cache.blocking().delete("lock");
    let first = cache.blocking().add("lock", 1_i64, Options::ttl(600)).unwrap();
    let second = elsewhere(&larder, cache.add("lock", 2_i64, Options::ttl(600))).unwrap();
    if first && second {
        found.push("two have the lock, as the second asked in another runtime".into());
    }
    // A counter.
    let _ = cache.blocking().delete("count");
    let _ = cache.blocking().set("count", 40_i64, Options::ttl(600));
    let sum = elsewhere(&larder, cache.incr("count", 2));
    if sum.as_ref().ok() != Some(&42) {
        found.push(format!("a counter in another runtime: {sum:?}"));
    }
    // All is cleared, and written anew.
    let _ = cache.blocking().set("c1", 1_i64, Options::ttl(600));
    let _ = cache.blocking().clear();
    let _ = cache.blocking().set("c1", 2_i64, Options::ttl(600));
    let got = elsewhere(&larder, cache.get::<i64>("c1"));
    if got.as_ref().ok() != Some(&Some(2)) {
        found.push(format!("set after clear, read in another runtime: {got:?}"));
    }
    // Many: how long does the first call of a new runtime take then?
    let keys: Vec<_> = (0..16_000).map(|k| format!("many{k}")).collect();
    let _ = cache.blocking().delete_many(keys.iter().map(String::as_str));
    let begun = std::time::Instant::now();
    let got = elsewhere(&larder, cache.get::<i64>("x"));
    println!("      first call of a runtime behind 16000 removals: {:?} {:?}", begun.elapsed(), got.is_ok());
    if got.is_err() {
        found.push(format!("first call of a runtime behind 16000 removals: {got:?}"));
    }
    found
}

/// One gives a lock back, another process takes it, and the first one begins a runtime.
fn lock_of_another() -> Found {
    let server = Redis::start().unwrap();
    let (one, two) = (redis(&server.url(), 0), redis(&server.url(), 0));
    let _ = one.cache("default").blocking().add("lock", 1_i64, Options::ttl(600));
    let _ = one.cache("default").blocking().delete("lock");
    let taken = two.cache("default").blocking().add("lock", 2_i64, Options::ttl(600)).unwrap();
    let _ = elsewhere(&one, one.cache("default").get::<i64>("anything"));
    let left = two.cache("default").blocking().get::<i64>("lock").unwrap();
    if taken && left.is_none() {
        return vec!["the lock that another process took is gone, as the first one has asked for something else in a new runtime".into()];
    }
    Found::new()
}

/// What is invalidated while no server can be reached, by all means there are, is not served by the process itself afterwards.
fn outage(is_redis: bool, near: u64) -> Found {
    use crate::cancel::of_memcached;
    use crate::proxy::Proxy;
    use crate::servers::{Memcached, PASSWORD};
    let mut found = Found::new();
    let redis_server = Redis::setup().on_port().start().unwrap();
    let memc = [(); 3].map(|()| Memcached::setup().on_port().start().unwrap());
    for way in ["key", "tag", "namespace", "clear", "namespace clear", "put"] {
        for hold in [false, true] {
            let ports: Vec<u16> =
                if is_redis { vec![redis_server.port()] } else { memc.iter().map(|memc| memc.port()).collect() };
            let proxies: Vec<_> = ports.iter().map(|port| Proxy::before_port(*port).unwrap()).collect();
            let hosts: Vec<_> = proxies.iter().map(|proxy| format!("127.0.0.1:{}", proxy.port())).collect();
            let url = if is_redis {
                format!("redis://larder:{PASSWORD}@{}", hosts[0])
            } else {
                format!("memcached://{}", hosts.join(","))
            };
            let larder = if is_redis { redis(&url, near) } else { of_memcached(&url) };
            let _entered = larder.enter();
            let cache = larder.cache("default");
            let space = cache.namespace(format!("{way}{hold}{near}"));
            let key = |k: usize| Key::from(format!("k{k}")).tagged([format!("t{way}{hold}")]);
            let load = |k: usize, number: u64| space.blocking().get_or_load(key(k), Options::ttl(3600), || number);
            for _ in 0..3 {
                (0..9).for_each(|k| _ = load(k, 1));
            }
            let store_has = (0..9).filter(|k| load(*k, 0) == 1).count();
            for proxy in &proxies {
                if hold {
                    proxy.hold();
                } else {
                    proxy.refuse();
                    proxy.cut();
                }
            }
            let outcome = match way {
                "key" => (0..9)
                    .map(|k| space.blocking().delete(format!("k{k}")).map(drop))
                    .fold(Ok(()), |all, one| all.and(one)),
                "tag" => invalidate_tag_blocking(format!("t{way}{hold}")),
                "namespace" => space.invalidate_blocking(),
                "clear" => cache.blocking().clear(),
                "put" => (0..9)
                    .map(|k| space.blocking().set(key(k), 3_u64, Options::ttl(3600)))
                    .fold(Ok(()), |all, one| all.and(one)),
                _ => space.blocking().clear(),
            };
            let during: Vec<_> = (0..9).filter(|k| load(*k, 2) == 1).collect();
            for proxy in &proxies {
                if hold {
                    proxy.cut();
                    proxy.let_go();
                } else {
                    proxy.accept();
                }
            }
            let begun = std::time::Instant::now();
            let mut after = Vec::new();
            while begun.elapsed() < Duration::from_millis(1_800) && after.is_empty() {
                after = (0..9).filter(|k| load(*k, 2) == 1).collect();
            }
            println!(
                "      outage redis {is_redis} near {near} by {way}, held {hold}: had {store_has}, {:?}",
                outcome.is_ok()
            );
            if !during.is_empty() || !after.is_empty() {
                found.push(format!("{way} (held {hold}, {outcome:?}): the process itself was served {during:?} during and {after:?} after the outage"));
            }
        }
    }
    found
}

fn older_file(near: u64) -> Found {
    let mut found = Found::new();
    for way in ["key", "tag", "namespace", "clear", "namespace clear", "store"] {
        let server = Redis::start().unwrap();
        let larder = redis(&server.url(), near);
        let _entered = larder.enter();
        let cache = larder.cache("default");
        let space = cache.namespace("n");
        let key = || Key::from("k").tagged(["t"]);
        let load = |number: u64| space.blocking().get_or_load(key(), Options::ttl(3600), || number);
        for _ in 0..3 {
            load(1);
        }
        server.ask(&["SAVE"]).unwrap();
        let outcome = match way {
            "key" => space.blocking().delete("k").map(drop),
            "tag" => invalidate_tag_blocking("t"),
            "namespace" => space.invalidate_blocking(),
            "clear" => cache.blocking().clear(),
            "namespace clear" => space.blocking().clear(),
            _ => cache.blocking().clear_store(),
        };
        outcome.unwrap();
        server.stop();
        server.start_again();
        let had = server.ask(&["DBSIZE"]);
        let mut got = load(2);
        let begun = std::time::Instant::now();
        while got != 1 && begun.elapsed() < Duration::from_millis(1_500) {
            got = load(2);
        }
        println!("      {way} near {near}: {got}, of {had:?} names that came back");
        if got == 1 {
            found.push(format!("invalidated by {way}, and served again by the process itself when the server is back with an older file"));
        }
    }
    let _ = block_on(async {});
    found
}
