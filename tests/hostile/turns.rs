//! HOSTILE: runtimes that come, go and stand still.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use larder::Options;
use larder::testing::Larder;

use crate::cancel::{of_memcached, of_redis};
use crate::servers::{Memcached, Redis};
use crate::{Attempt, Found};

pub const ALL: &[Attempt] = &[
    ("turns_redis", 100, || {
        let server = Redis::start().unwrap();
        let mut found = run(&of_redis(&server.url(), 0));
        let left = server.info("clients", "connected_clients");
        println!("      connections at the end: {left:?}");
        if left.and_then(|left| left.parse::<u32>().ok()).is_none_or(|left| left > 12) {
            found.push("connections of runtimes that are gone stay".into());
        }
        found
    }),
    ("turns_near_redis", 100, || {
        let server = Redis::start().unwrap();
        run(&of_redis(&server.url(), 60))
    }),
    ("turns_memcached", 100, || {
        let server = Memcached::start().unwrap();
        run(&of_memcached(&server.url()))
    }),
];

fn run(larder: &Larder) -> Found {
    let over = Arc::new(AtomicBool::new(false));
    let (calls, errors) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let slowest = Arc::new(std::sync::Mutex::new((Duration::ZERO, "nobody")));
    let note = {
        let (calls, slowest) = (Arc::clone(&calls), Arc::clone(&slowest));
        Arc::new(move |begun: Instant, who: &'static str| {
            calls.fetch_add(1, Ordering::SeqCst);
            let mut slowest = slowest.lock().unwrap();
            *slowest = (*slowest).max((begun.elapsed(), who));
        })
    };
    // Two runtimes that are parked again and again, with a question on its way.
    let parked: Vec<_> = (0..2)
        .map(|_| {
            let (larder, over) = (larder.clone(), Arc::clone(&over));
            thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let cache = larder.cache("default");
                while !over.load(Ordering::SeqCst) {
                    let _ = runtime.block_on(async {
                        tokio::time::timeout(Duration::from_micros(200), cache.get::<u64>("parked")).await
                    });
                    let park = std::env::var("PARK").ok().and_then(|park| park.parse().ok()).unwrap_or(900);
                    thread::sleep(Duration::from_millis(park));
                }
            })
        })
        .collect();
    let start = Arc::new(Barrier::new(8));
    let callers: Vec<_> = (0..8)
        .map(|who| {
            let (larder, over, note, start, errors) =
                (larder.clone(), Arc::clone(&over), Arc::clone(&note), Arc::clone(&start), Arc::clone(&errors));
            thread::spawn(move || {
                let mut bad = Found::new();
                let cache = larder.cache("default");
                start.wait();
                let mut round = 0_u64;
                while !over.load(Ordering::SeqCst) {
                    round += 1;
                    let key = (round * 7 + who) % 50;
                    let check = |got: Result<Option<u64>, larder::Error>, bad: &mut Found| match got {
                        Ok(Some(got)) if got != key => bad.push(format!("{key} is {got}")),
                        Ok(_) => {}
                        Err(error) => {
                            if errors.fetch_add(1, Ordering::SeqCst) == 0 {
                                bad.push(format!("an error: {error}"));
                            }
                        }
                    };
                    let begun = Instant::now();
                    if who < 3 {
                        check(cache.blocking().get(key.to_string()), &mut bad);
                        cache.blocking().get_or_load(key.to_string(), Options::ttl(60), || key);
                        note(begun, "blocking");
                    } else if who < 6 {
                        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                        runtime.block_on(async {
                            check(cache.get(key.to_string()).await, &mut bad);
                            cache.get_or_load(key.to_string(), Options::ttl(60), || async move { key }).await;
                            // Somebody is left in the midst of a call when the runtime ends.
                            let cache = cache.clone();
                            tokio::spawn(async move { cache.get::<u64>("left").await });
                            tokio::task::yield_now().await;
                        });
                        drop(runtime);
                        note(begun, "short runtime");
                    } else {
                        let runtime =
                            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
                        runtime.block_on(async {
                            for _ in 0..5 {
                                check(cache.get(key.to_string()).await, &mut bad);
                            }
                            // A caller that blocks, on a worker.
                            let cache = cache.clone();
                            let blocks =
                                tokio::spawn(async move { cache.blocking().get::<u64>(key.to_string()).map(drop) });
                            let _ = blocks.await;
                        });
                        runtime.shutdown_background();
                        note(begun, "threads");
                    }
                }
                bad
            })
        })
        .collect();
    thread::sleep(Duration::from_secs(12));
    over.store(true, Ordering::SeqCst);
    let mut found: Found =
        callers.into_iter().flat_map(|caller| caller.join().unwrap_or_else(|_| vec!["panic".into()])).collect();
    parked.into_iter().for_each(|parked| drop(parked.join()));
    let slowest = slowest.lock().unwrap();
    println!(
        "      {calls:?} calls, errors {errors:?}, slowest {slowest:?}, trouble {}",
        larder.cache("default").stats().trouble
    );
    if slowest.0 > Duration::from_secs(3) {
        found.push(format!("a call took {slowest:?}"));
    }
    found
}
