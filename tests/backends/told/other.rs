//! The other process: it has values near, and says when they are not served any more.

use std::env;
use std::io::{self, BufRead, Write};
use std::thread;
use std::time::{Duration, Instant};

use larder::{Cache, Key};

use super::{TASK, WAYS, caches, now};

/// How long something may take that comes sooner or later.
const PATIENCE: Duration = Duration::from_secs(60);

/// Does what the environment says, until there are no more lines; returns whether it says anything.
pub fn work() -> bool {
    let Ok(url) = env::var(TASK) else { return false };
    let larder = caches(&url).expect("a store that another process has opened");
    let cache = larder.cache("default");
    let mut out = io::stdout().lock();
    let mut say = |number: u128| writeln!(out, "{number}").and_then(|()| out.flush()).expect("somebody who listens");
    for line in io::stdin().lock().lines() {
        let line = line.expect("a line");
        let (way, value) = line.split_once(' ').expect("a way and a value");
        let (within, key) = WAYS[way.parse::<usize>().expect("a number")].value(&cache);
        take_near(&within, &key, value);
        say(0);
        say(over(&within, &key, value).as_nanos());
    }
    true
}

fn is_served(cache: &Cache, key: &Key, value: &str) -> bool {
    let found: Option<String> = cache.blocking().get(key.clone()).expect("a store that works");
    found.is_some_and(|found| found == value)
}

/// Asks until the value is served without a question to the store.
fn take_near(cache: &Cache, key: &Key, value: &str) {
    let begun = Instant::now();
    loop {
        let before = cache.stats().near_hits;
        if is_served(cache, key, value) && cache.stats().near_hits > before {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "it is never near");
        thread::yield_now();
    }
}

/// Asks until the value is not served any more, and returns when who asked was not.
fn over(cache: &Cache, key: &Key, value: &str) -> Duration {
    let begun = Instant::now();
    loop {
        let asked = now();
        if !is_served(cache, key, value) {
            return asked;
        }
        assert!(begun.elapsed() < PATIENCE, "an old value is served for ever");
        thread::yield_now();
    }
}
