//! A slow function becomes fast; users do not mix; a write is seen at once; a thousand callers are one query. With a line in
//! `larder.toml`, such as `caches.default.url = "file:///var/cache/quickstart"`, a second run finds what the first one kept.

use std::io::Error;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use larder::{cached, invalidates};

static QUERIES: AtomicU32 = AtomicU32::new(0);
static NAMES: Mutex<[&str; 2]> = Mutex::new(["Ann", "Bob"]);

/// A slow query, as everybody has one.
#[cached(key = "profile:<id>")]
async fn profile(id: usize) -> Result<String, Error> {
    QUERIES.fetch_add(1, Ordering::Relaxed);
    tokio::time::sleep(Duration::from_millis(200)).await;
    Ok(NAMES.lock().unwrap()[id].to_owned())
}

#[invalidates(profile(id))]
async fn rename(id: usize, name: &'static str) -> Result<(), Error> {
    NAMES.lock().unwrap()[id] = name;
    Ok(())
}

/// Calls `profile(id)` so many times at once, and prints what came of it.
async fn show(what: &str, id: usize, calls: usize) {
    let (before, start) = (QUERIES.load(Ordering::Relaxed), Instant::now());
    let callers: Vec<_> = (0..calls).map(|_| tokio::spawn(profile(id))).collect();
    let mut name = String::new();
    for caller in callers {
        name = caller.await.unwrap().unwrap();
    }
    let queries = QUERIES.load(Ordering::Relaxed) - before;
    let pace = if start.elapsed().as_millis() < 200 { "▏ fast" } else { "██████████ slow" };
    println!("{what:<24}{calls:>6}{queries:>9}   {name:<7} {pace}");
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    larder::init()?; // what `larder.toml` and the environment say; nothing is fine too
    println!("{:<24}{:>6}{:>9}   answer", "", "calls", "queries");
    show("Ann, first call", 0, 1).await;
    show("Ann again", 0, 1).await;
    show("Bob, another user", 1, 1).await;
    rename(0, "Anna").await?;
    show("after renaming Ann", 0, 1).await;
    show("again", 0, 1).await;
    rename(1, "Rob").await?;
    show("a thousand at once", 1, 1000).await;
    Ok(())
}
