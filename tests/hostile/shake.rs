//! HOSTILE: what an operator does to servers while many call.

use std::time::Duration;

use larder::testing::Larder;

use crate::cancel::{of_memcached, of_redis};
use crate::load::{Source, caches, is_well_again, under_load};
use crate::servers::{Memcached, Redis};
use crate::{Attempt, Draw, Found};

pub const ALL: &[Attempt] = &[
    ("shake_redis_operator", 200, || redis(0)),
    ("shake_redis_operator_near", 200, || redis(60)),
    ("shake_redis_out_of_memory", 100, out_of_memory),
    ("shake_memcached_three", 200, memcached),
];

fn redis(near: u64) -> Found {
    let server = Redis::setup().line("enable-debug-command yes").start().unwrap();
    let (larder, other): (Larder, Larder) = (of_redis(&server.url(), near), of_redis(&server.url(), near));
    let source = Source::padded(500);
    let mut draw = Draw(11);
    under_load(&larder, &source, |progress| {
        for round in 0..30 {
            let words: &[&str] = match round % 10 {
                0 => &["FLUSHALL"],
                1 => &["SCRIPT", "FLUSH"],
                2 => &["CONFIG", "SET", "maxmemory", "1200kb", "maxmemory-policy", "allkeys-lru"],
                3 => &["DEBUG", "SLEEP", "0.7"],
                4 => &["CLIENT", "PAUSE", "700", "ALL"],
                5 => &["REPLICAOF", "127.0.0.1", "1"],
                6 => &["REPLICAOF", "NO", "ONE"],
                7 => &["CONFIG", "SET", "maxmemory", "0"],
                8 => &["CLIENT", "PAUSE", "600", "WRITE"],
                _ => &["CLIENT", "KILL", "TYPE", "normal"],
            };
            let _ = server.ask(words);
            progress.more_calls(50 + draw.below(300));
        }
        let _ = server.ask(&["REPLICAOF", "NO", "ONE"]);
        let _ = server.ask(&["CONFIG", "SET", "maxmemory", "0"]);
    });
    is_well_again(&source, &[&larder, &other]);
    Found::new()
}

/// A server that takes no writes: what is invalidated is gone all the same, by key; by tag it is an error.
fn out_of_memory() -> Found {
    use larder::{Key, Options, invalidate_tag_blocking};
    let mut found = Found::new();
    let server = Redis::start().unwrap();
    let (one, two) = (of_redis(&server.url(), 0), of_redis(&server.url(), 0));
    let load = |larder: &Larder, k: &str, n: u64| {
        let _entered = larder.enter();
        let key = Key::from(k.to_owned()).tagged([format!("t{k}")]);
        larder.cache("default").namespace("n").blocking().get_or_load(key, Options::ttl(600), || n)
    };
    for k in ["a", "b", "c", "d"] {
        load(&one, k, 1);
        load(&two, k, 1);
    }
    server.ask(&["CONFIG", "SET", "maxmemory", "1", "maxmemory-policy", "noeviction"]).unwrap();
    let _entered = one.enter();
    let cache = one.cache("default");
    let by_key = cache.namespace("n").blocking().delete("a");
    let by_tag = invalidate_tag_blocking("tb");
    for (k, what, outcome) in [("a", "key", format!("{by_key:?}")), ("b", "tag", format!("{by_tag:?}"))] {
        let (own, other) = (load(&one, k, 2), load(&two, k, 3));
        println!("      full server, invalidated by {what}: {outcome}; own {own}, other {other}");
        if own == 1 {
            found.push(format!("full server: invalidated by {what} ({outcome}), own process still served"));
        }
        if other == 1 && outcome.starts_with("Ok") {
            found.push(format!("full server: invalidated by {what} ({outcome}), other process still served"));
        }
    }
    let spaces = cache.namespace("n").invalidate_blocking();
    let own = load(&one, "c", 2);
    if own == 1 {
        found.push(format!("full server: invalidated by namespace ({spaces:?}), own still served"));
    }
    let cleared = cache.blocking().clear();
    let (own, other) = (load(&one, "d", 2), load(&two, "d", 3));
    println!("      full server: namespace {spaces:?}, clear {cleared:?}, own {own}, other {other}");
    if own == 1 || other == 1 && cleared.is_ok() {
        found.push(format!("full server: cleared {cleared:?}: own {own}, other {other}"));
    }
    server.ask(&["CONFIG", "SET", "maxmemory", "0"]).unwrap();
    for k in ["a", "b", "c", "d"] {
        load(&one, k, 4);
        if load(&two, k, 5) == 1 {
            found.push(format!("when there is room again, {k} is still served to the other process"));
        }
    }
    found
}

fn memcached() -> Found {
    let start = || Memcached::start().unwrap();
    let servers = [start(), start(), start()];
    let url = Memcached::url_of_all(&servers);
    let (larder, other) = (of_memcached(&url), of_memcached(&url));
    let source = Source::padded(100);
    let mut draw = Draw(13);
    let _ = caches;
    under_load(&larder, &source, |progress| {
        for round in 0..24 {
            let server = &servers[draw.below(3)];
            match round % 4 {
                0 => {
                    server.freeze();
                    progress.more_calls(60);
                    server.thaw();
                }
                1 => {
                    server.stop();
                    progress.more_calls(100);
                    server.start_again();
                }
                2 => drop(server.ask("flush_all")),
                _ => {
                    server.freeze();
                    std::thread::sleep(Duration::from_millis(100));
                    server.thaw();
                }
            }
            progress.more_calls(100);
        }
    });
    is_well_again(&source, &[&larder, &other]);
    Found::new()
}
