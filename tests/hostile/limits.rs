//! HOSTILE: Memcached at its limits.

use std::time::Duration;

use larder::backend::Backend;
use larder::key::Scope;
use larder::stores::memcached::{Config, Memcached as Store};
use larder::testing::block_on;
use larder::{Kind, Options};

use crate::cancel::of_memcached;
use crate::servers::{Memcached, Redis};
use crate::{Attempt, Draw, Found};

pub const ALL: &[Attempt] = &[
    ("limits_sizes", 60, sizes),
    ("limits_names", 60, names),
    ("limits_numbers", 60, numbers),
    ("limits_restart_between_begin_and_set_if", 60, restart),
    ("limits_eviction", 60, eviction),
    ("limits_touch_of_lease", 60, touch),
];

fn store(server: &Memcached) -> Store {
    Store::new(Config::new(&server.url()).unwrap().timeout(Duration::from_millis(400))).unwrap()
}

fn sizes() -> Found {
    let mut found = Found::new();
    let server = Memcached::start().unwrap();
    let store = store(&server);
    let most = store.capabilities().max_value_bytes.unwrap() as usize;
    let scope = Scope::new("p", "1", None).unwrap();
    for long in [1, 200] {
        let name = scope.name(&"n".repeat(long).as_str().into());
        for size in [most - 1, most, most + 1, most + 511, most + 512, most + 513, 3 << 20] {
            block_on(store.set(&name, b"old", None)).unwrap();
            let bytes: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
            let set = block_on(store.set(&name, &bytes, None));
            let got = block_on(store.get(&name)).unwrap();
            if set.is_ok() != (size <= most) || got.is_some() != set.is_ok() || got.is_some_and(|got| got != bytes) {
                found.push(format!("set of {size} of {most} bytes: {set:?}, and what is there is not that"));
            }
            let _ = block_on(store.delete(&name));
            let ticket = block_on(store.begin_fill(&name)).unwrap();
            let kept = block_on(store.set_if(&name, &bytes, None, &ticket));
            let got = block_on(store.get(&name)).unwrap();
            if matches!(kept, Ok(true)) != (size <= most) || got.is_some() != matches!(kept, Ok(true)) {
                found.push(format!("fill of {size} of {most} bytes: {kept:?}"));
            }
        }
    }
    // Servers that take less than is believed.
    let small = Memcached::setup().max_item(512).start().unwrap();
    let store = Store::new(Config::new(&small.url()).unwrap()).unwrap();
    let name = scope.name(&"n".into());
    for size in [520_000, 524_288, 600_000, 1_000_000] {
        block_on(store.set(&name, b"old", None)).unwrap();
        let set = block_on(store.set(&name, &vec![7; size], None));
        let got = block_on(store.get(&name)).unwrap();
        if got.as_ref().is_some_and(|got| got == b"old") || set.is_ok() != got.is_some() {
            found.push(format!("small server, {size}: {:?} {:?}", set.is_ok(), got.map(|got| got.len())));
        }
        let ticket = block_on(store.begin_fill(&name)).unwrap();
        let kept = block_on(store.set_if(&name, &vec![8; size], None, &ticket));
        let got = block_on(store.get(&name)).unwrap();
        if got.is_some_and(|got| got[0] != 8) && !matches!(kept, Ok(true)) {
            found.push(format!("small server, fill of {size}: {kept:?} and the old one is there"));
        }
    }
    found
}

fn names() -> Found {
    let mut found = Found::new();
    let server = Memcached::start().unwrap();
    let redis = Redis::start().unwrap();
    for (what, larder) in [("memcached", of_memcached(&server.url())), ("redis", crate::near::redis(&redis.url(), 0))] {
        let cache = larder.cache("default");
        let mut keys: Vec<String> = (200..=260).map(|len| "k".repeat(len)).collect();
        keys.extend((200..=260).map(|len| "ä".repeat(len)));
        for odd in [
            "get a\r\nset b 0 0 1\r\nx",
            "\r\n",
            "",
            " ",
            "a b",
            "\0",
            "mn\r\n",
            "$3\r\nabc\r\n",
            "*1",
            "ä",
            "\u{7f}",
            "%",
            "%0",
            "*",
            "?",
            "[a]",
            "\\",
            "k T0 q",
            "q",
            "b",
            "\u{1}\u{2}",
        ] {
            keys.push(odd.to_owned());
            keys.push(format!("{odd}{odd}"));
        }
        for (at, key) in keys.iter().enumerate() {
            if let Err(error) = cache.blocking().set(key.as_str(), at as u64, Options::ttl(60)) {
                found.push(format!("{what}: {key:?} is not kept: {error}"));
            }
        }
        for (at, key) in keys.iter().enumerate() {
            let last = keys.iter().rposition(|other| other == key).unwrap();
            let got = cache.blocking().get::<u64>(key.as_str());
            if got.as_ref().ok() != Some(&Some(last as u64)) {
                found.push(format!("{what}: {key:?} ({at}) has {got:?}"));
            }
        }
        // A namespace that looks like a pattern is cleared, and no other.
        for space in ["*", "[a-z]", "a?", "\\", "%"] {
            let _ = cache.namespace("other").blocking().set("k", 1_u64, Options::ttl(60));
            let _ = cache.namespace(space).blocking().set("k", 2_u64, Options::ttl(60));
            let cleared = cache.namespace(space).blocking().clear();
            let left = cache.namespace("other").blocking().get::<u64>("k");
            let gone = cache.namespace(space).blocking().get::<u64>("k");
            if left.as_ref().ok() != Some(&Some(1)) || gone.as_ref().ok() != Some(&None) || cleared.is_err() {
                found.push(format!("{what}: clear of {space:?}: {cleared:?} {left:?} {gone:?}"));
            }
        }
    }
    found
}

fn numbers() -> Found {
    let mut found = Found::new();
    let server = Memcached::start().unwrap();
    let redis = Redis::start().unwrap();
    let mut draw = Draw(9);
    let borders = [
        0,
        1,
        -1,
        9,
        10,
        -9,
        -10,
        99,
        100,
        1 << 53,
        (1 << 53) + 1,
        i64::MAX,
        i64::MAX - 1,
        i64::MIN,
        i64::MIN + 1,
        i64::MAX / 4,
        i64::MAX / 4 + 1,
        i64::MAX / 2,
    ];
    for (what, larder) in [("memcached", of_memcached(&server.url())), ("redis", crate::near::redis(&redis.url(), 0))] {
        let cache = larder.cache("default");
        let blocking = cache.blocking();
        for from in borders {
            for by in borders {
                blocking.set("n", from, Options::ttl(600)).unwrap();
                let sum = blocking.incr("n", by);
                let there = blocking.get::<i64>("n");
                let good = match from.checked_add(by) {
                    Some(wanted) => sum.as_ref().ok() == Some(&wanted) && there.as_ref().ok() == Some(&Some(wanted)),
                    None => {
                        sum.as_ref().err().map(larder::Error::kind) == Some(Kind::Overflow)
                            && there.as_ref().ok() == Some(&Some(from))
                    }
                };
                let ttl = blocking.ttl("n");
                if !good || !format!("{ttl:?}").contains("For") && !format!("{ttl:?}").contains('s') {
                    found.push(format!("{what}: {from} + {by}: {sum:?}, and {there:?} is there, {ttl:?}"));
                }
            }
        }
        let mut sum = 0_i64;
        blocking.set("r", 0_i64, Options::ttl(600)).unwrap();
        for _ in 0..500 {
            let by = borders[draw.below(13)].wrapping_sub(draw.below(1000) as i64) % 1_000_000;
            let got = blocking.incr("r", by);
            sum += by;
            if got.as_ref().ok() != Some(&sum) {
                found.push(format!("{what}: {sum} was to be, and is {got:?}"));
            }
        }
        // Sixteen at once, around zero and around digits.
        for (from, by) in [(-40_i64, 1_i64), (1_000, -1), (40, -1)] {
            blocking.set("c", from, Options::ttl(600)).unwrap();
            let kept: i64 = std::thread::scope(|scope| {
                let all: Vec<_> = (0..16)
                    .map(|_| {
                        scope.spawn(|| {
                            (0..20).filter(|_| larder.cache("default").blocking().incr("c", by).is_ok()).count() as i64
                        })
                    })
                    .collect();
                all.into_iter().map(|one| one.join().unwrap()).sum()
            });
            let there = blocking.get::<i64>("c").unwrap();
            if there != Some(from + by * kept) {
                found.push(format!("{what}: {from} and {kept} times {by} is {there:?}"));
            }
            if kept < 320 {
                println!("      {what}: {} of 320 counts from {from} by {by} were refused", 320 - kept);
            }
        }
    }
    found
}

fn restart() -> Found {
    let mut found = Found::new();
    let server = Memcached::start().unwrap();
    let store = store(&server);
    let scope = Scope::new("p", "1", None).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    for round in 0..12 {
        let name = scope.name(&format!("k{round}").as_str().into());
        let other = runtime.block_on(store.get(&name));
        let ticket =
            if round % 2 == 0 { block_on(store.begin_fill(&name)) } else { runtime.block_on(store.begin_fill(&name)) };
        let Ok(ticket) = ticket else {
            found.push(format!("no ticket in {round}: {other:?}"));
            continue;
        };
        match round % 4 {
            0 | 1 => {
                server.stop();
                server.start_again();
            }
            2 => drop(server.ask("flush_all")),
            _ => {
                server.freeze();
                let _ = block_on(store.get(&name));
                server.thaw();
            }
        }
        if round % 4 < 2 {
            // Numbers of the new run come up to the old one.
            for _ in 0..3 {
                let _ = server.ask(&format!("set p:{round} 0 0 1\r\nx"));
            }
        }
        let kept = if round % 3 == 0 {
            block_on(store.set_if(&name, b"late", None, &ticket))
        } else {
            runtime.block_on(store.set_if(&name, b"late", None, &ticket))
        };
        if matches!(kept, Ok(true)) && round % 4 < 3 {
            found.push(format!("round {round}: a ticket of before was taken: {kept:?}"));
        }
        let mut tries = 0;
        while block_on(store.get(&name)).is_err() && tries < 300 {
            std::thread::sleep(Duration::from_millis(10));
            tries += 1;
        }
        let got = block_on(store.get(&name));
        if round % 4 < 3 && got.as_ref().ok() != Some(&None) {
            found.push(format!("round {round}: {got:?} is there"));
        }
    }
    found
}

fn eviction() -> Found {
    let mut found = Found::new();
    let server = Memcached::setup().max_memory(2).argument("-n").argument("48").start().unwrap();
    let larder = of_memcached(&server.url());
    let cache = larder.cache("default");
    let mut draw = Draw(3);
    let (mut errors, mut hits) = (0, 0);
    for _ in 0..6_000 {
        let k = draw.below(200);
        let size = [10, 3_000, 40_000, 300_000][k % 4] + k;
        let wanted = |k: usize| format!("{k}:{}", "v".repeat(size));
        match draw.below(6) {
            0 => errors += usize::from(cache.blocking().set(format!("k{k}"), wanted(k), Options::ttl(60)).is_err()),
            1 => drop(cache.blocking().delete(format!("k{k}"))),
            2 => match cache.blocking().get::<String>(format!("k{k}")) {
                Ok(Some(got)) if got == wanted(k) => hits += 1,
                Ok(Some(_)) => found.push(format!("another value under k{k}")),
                Ok(None) => {}
                Err(_) => errors += 1,
            },
            _ => {
                let got = cache.blocking().get_or_load(format!("k{k}"), Options::ttl(60), || wanted(k));
                if got != wanted(k) {
                    found.push(format!("another value loaded under k{k}"));
                }
            }
        }
    }
    println!(
        "      eviction: {hits} hits, {errors} errors, evictions {:?}, {:?}",
        server.stat("evictions"),
        cache.stats()
    );
    found
}

/// A touch of a name that somebody is filling is to be nothing: not for what is filled in, either.
fn touch() -> Found {
    let mut found = Found::new();
    let server = Memcached::start().unwrap();
    let store = store(&server);
    let scope = Scope::new("p", "1", None).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for round in 0..400 {
        let name = scope.name(&format!("k{round}").as_str().into());
        let ticket = runtime.block_on(store.begin_fill(&name)).unwrap();
        let (touched, kept) = runtime.block_on(async {
            let fill = async {
                for _ in 0..round % 4 {
                    tokio::task::yield_now().await;
                }
                store.set_if(&name, b"value", Some(Duration::from_secs(3)), &ticket).await
            };
            tokio::join!(store.touch(&name, Some(Duration::from_secs(1))), fill)
        });
        let left = runtime.block_on(store.ttl(&name)).unwrap();
        if matches!(kept, Ok(true)) && format!("{left:?}").contains("For(5") || format!("{left:?}").contains("600") {
            found.push(format!("a value for 3 s lives for {left:?} after a touch to 1 s ({touched:?})"));
        }
        if matches!(kept, Ok(true)) && left.is_none() {
            found.push("gone".into());
        }
    }
    found
}
