//! HOSTILE: callers that leave in the middle, and whether answers are mixed up.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use larder::clock::Clock;
use larder::stores::memcached;
use larder::testing::{self, Larder};
use larder::{Options, Settings};
use tokio::time::timeout;

use crate::servers::{Memcached, Redis};
use crate::{Attempt, Draw, Found};

pub const ALL: &[Attempt] = &[
    ("cancel_redis", 200, || {
        let server = Redis::start().unwrap();
        let url = server.url();
        run(&[of_redis(&url, 0)], 60, || drop(server.ask(&["CLIENT", "KILL", "TYPE", "normal"])))
    }),
    ("cancel_near_redis", 200, || {
        let server = Redis::start().unwrap();
        let url = server.url();
        run(&[of_redis(&url, 30)], 25, || drop(server.ask(&["CLIENT", "KILL", "TYPE", "normal"])))
    }),
    ("cancel_memcached_one", 200, || {
        let server = Memcached::start().unwrap();
        run(&[of_memcached(&server.url())], 40, || {
            server.freeze();
            std::thread::sleep(Duration::from_millis(60));
            server.thaw();
        })
    }),
    ("cancel_memcached_three", 200, || {
        let servers = [Memcached::start().unwrap(), Memcached::start().unwrap(), Memcached::start().unwrap()];
        let url = Memcached::url_of_all(&servers);
        run(&[of_memcached(&url)], 40, || {
            servers[1].stop();
            servers[1].start_again();
        })
    }),
];

pub fn of_redis(url: &str, near: u64) -> Larder {
    crate::near::redis(url, near)
}

pub fn of_memcached(url: &str) -> Larder {
    let config = memcached::Config::new(url).unwrap().timeout(Duration::from_millis(400));
    let settings = Settings::backend(memcached::Memcached::new(config).unwrap());
    testing::isolated_at(Clock::default(), [("default", settings)]).unwrap().handle()
}

const KEYS: usize = 300;

/// What is under a key: of a length that is the key's own.
fn value(k: usize) -> String {
    format!("{k}:{}", "x".repeat(k * 37 % 9_000))
}

struct Seen {
    over: AtomicBool,
    done: AtomicU64,
    left: AtomicU64,
    errors: AtomicU64,
    found: Mutex<Found>,
}

impl Seen {
    fn check(&self, k: usize, got: &str, how: &str) {
        self.done.fetch_add(1, Ordering::Relaxed);
        if got != value(k) {
            let shown: String = got.chars().take(12).collect();
            self.found.lock().unwrap().push(format!("{how}: {k} was answered {shown}… of {} bytes", got.len()));
        }
    }
}

async fn one(larder: Larder, seen: Arc<Seen>, seed: u64) {
    let cache = larder.cache("default");
    let mut draw = Draw(seed);
    while !seen.over.load(Ordering::Relaxed) {
        let k = draw.below(KEYS);
        let limit = Duration::from_micros([0, 50, 300, 1_000, 3_000, 50_000][draw.below(6)]);
        let kind = draw.below(12);
        let work = async {
            match kind {
                0..5 => {
                    let got = cache.get_or_load(format!("v{k}"), Options::ttl(60), || async move { value(k) }).await;
                    seen.check(k, &got, "get_or_load");
                }
                5..8 => match cache.get::<String>(format!("v{k}")).await {
                    Ok(Some(got)) => seen.check(k, &got, "get"),
                    Ok(None) => {}
                    Err(_) => _ = seen.errors.fetch_add(1, Ordering::Relaxed),
                },
                8 => {
                    let ks: Vec<_> = (0..12).map(|at| (k * 7 + at * 13) % KEYS).collect();
                    let keys: Vec<String> = ks.iter().map(|k| format!("v{k}")).collect();
                    match cache.get_many::<String>(keys).await {
                        Ok(all) => ks.iter().zip(all).for_each(|(k, got)| {
                            if let Some(got) = got {
                                seen.check(*k, &got, "get_many");
                            }
                        }),
                        Err(_) => _ = seen.errors.fetch_add(1, Ordering::Relaxed),
                    }
                }
                9 => _ = cache.set(format!("v{k}"), value(k), Options::ttl(60)).await,
                10 => _ = cache.delete(format!("v{k}")).await,
                _ => {
                    // A number whose digits tell whose it is.
                    let key = format!("n{k}");
                    let _ = cache.add(key.clone(), (k as i64) * 1_000_000_000, Options::ttl(60)).await;
                    if let Ok(sum) = cache.incr(key, 1).await {
                        seen.done.fetch_add(1, Ordering::Relaxed);
                        if sum / 1_000_000_000 != k as i64 {
                            seen.found.lock().unwrap().push(format!("incr of {k} was answered {sum}"));
                        }
                    }
                }
            }
        };
        if timeout(limit, work).await.is_err() {
            seen.left.fetch_add(1, Ordering::Relaxed);
        }
        tokio::task::yield_now().await;
    }
}

fn run(larders: &[Larder], seconds: u64, mut fault: impl FnMut()) -> Found {
    let seen = Arc::new(Seen {
        over: AtomicBool::new(false),
        done: AtomicU64::new(0),
        left: AtomicU64::new(0),
        errors: AtomicU64::new(0),
        found: Mutex::default(),
    });
    let runtimes: Vec<_> = (0..2)
        .map(|_| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap())
        .collect();
    for (at, runtime) in runtimes.iter().enumerate() {
        for seed in 0..48 {
            let larder = larders[at % larders.len()].clone();
            runtime.spawn(larder.clone().scope(one(larder, Arc::clone(&seen), seed * 2 + at as u64)));
        }
    }
    let (begun, mut draw) = (Instant::now(), Draw(5));
    while begun.elapsed() < Duration::from_secs(seconds) {
        std::thread::sleep(Duration::from_millis(300 + draw.below(900) as u64));
        fault();
    }
    seen.over.store(true, Ordering::SeqCst);
    std::thread::sleep(Duration::from_millis(1_500));
    let mut found = std::mem::take(&mut *seen.found.lock().unwrap());
    let open = Arc::strong_count(&seen) - 1;
    if open > 0 {
        found.push(format!("{open} callers still wait 1.5 s after the end"));
    }
    println!("      checked {:?}, left {:?}, errors {:?}", seen.done, seen.left, seen.errors);
    if seen.done.load(Ordering::SeqCst) < 1_000 {
        found.push("hardly anything was checked".into());
    }
    runtimes.into_iter().for_each(tokio::runtime::Runtime::shutdown_background);
    found
}
