//! What becomes of a forgotten argument, a failing body, a late store: the same small programs, one cache beside another.
//!
//! `cargo run --release --manifest-path benches/Cargo.toml --bin promises`
//!
//! It prints what happened, whoever does well.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cached::macros::cached as cached_attribute;
use futures_util::future::join_all;
use larder::cached as larder_attribute;
use tokio::time::sleep;

const CALLERS: usize = 20;
const BODY: Duration = Duration::from_millis(50);

static BODIES: AtomicUsize = AtomicUsize::new(0);

/// A slow body that may fail.
async fn body(fails: bool) -> Result<usize, String> {
    let body = BODIES.fetch_add(1, Ordering::SeqCst);
    sleep(BODY).await;
    if fails { Err("down".to_owned()) } else { Ok(body) }
}

type Aliased<T> = Result<T, String>;

mod others {
    use super::{Aliased, BODIES, Ordering, body, cached_attribute};

    #[cached_attribute(key = "u64", convert = { user })]
    pub fn forgetful(user: u64, page: u64) -> u64 {
        user * 100 + page
    }

    #[cached_attribute(key = "String", convert = { format!("{a}:{b}") })]
    pub fn colliding(a: &str, b: &str) -> String {
        format!("{a}|{b}")
    }

    #[cached_attribute(ttl_secs = 60)]
    pub fn aliased(id: u64) -> Aliased<u64> {
        if BODIES.fetch_add(1, Ordering::SeqCst) == 0 { Err("down".to_owned()) } else { Ok(id) }
    }

    #[cached_attribute(sync_writes = "by_key")]
    pub async fn load(id: u64, fails: bool) -> Result<usize, String> {
        std::hint::black_box(id);
        body(fails).await
    }

    #[cached_attribute]
    pub async fn read(id: u64) -> Result<usize, String> {
        std::hint::black_box(id);
        body(false).await
    }
}

mod ours {
    use super::{Aliased, BODIES, Ordering, body, larder_attribute};

    #[larder_attribute(key = "colliding:<a>:<b>")]
    pub fn colliding(a: &str, b: &str) -> String {
        format!("{a}|{b}")
    }

    #[larder_attribute(key = "aliased:<id>")]
    pub fn aliased(id: u64) -> Aliased<u64> {
        if BODIES.fetch_add(1, Ordering::SeqCst) == 0 { Err("down".to_owned()) } else { Ok(id) }
    }

    #[larder_attribute(key = "load:<id>:<fails>")]
    pub async fn load(id: u64, fails: bool) -> Result<usize, String> {
        std::hint::black_box(id);
        body(fails).await
    }
}

/// Calls something twenty times at once, and says how many bodies ran and how long it took.
async fn at_once<F: Future>(call: impl Fn() -> F) -> String {
    BODIES.store(0, Ordering::SeqCst);
    let start = Instant::now();
    join_all((0..CALLERS).map(|_| call())).await;
    let bodies = start.elapsed().as_secs_f64() / BODY.as_secs_f64();
    format!("{} ran, done after {bodies:.0} times a body", BODIES.load(Ordering::SeqCst))
}

/// Begins a load, invalidates while it runs, and returns what is kept afterwards.
async fn late_store<T>(load: impl Future<Output = T> + Send + 'static, invalidate: impl AsyncFnOnce()) -> T
where
    T: Send + 'static,
{
    let load = tokio::spawn(load);
    sleep(BODY / 5).await;
    invalidate().await;
    load.await.expect("the load ends")
}

fn show(what: &str, who: &str, outcome: &str) {
    println!("{what:<46} {who:<12} {outcome}");
}

#[tokio::main]
async fn main() {
    let moka: moka::future::Cache<u64, usize> = moka::future::Cache::new(100);

    let pages = (others::forgetful(1, 1), others::forgetful(1, 2));
    show("a key that forgets an argument", "cached 4.1", &format!("compiles: pages 1 and 2 are {pages:?}"));
    show("", "larder", "does not compile");

    let texts = (others::colliding("a:b", "c"), others::colliding("a", "b:c"));
    show("(\"a:b\", \"c\") and (\"a\", \"b:c\")", "cached 4.1", &format!("{texts:?}"));
    let texts = (ours::colliding("a:b", "c"), ours::colliding("a", "b:c"));
    show("", "larder", &format!("{texts:?}"));

    BODIES.store(0, Ordering::SeqCst);
    let outcomes = (others::aliased(1), others::aliased(1));
    show("an error behind an alias of `Result`, twice", "cached 4.1", &format!("{outcomes:?}"));
    BODIES.store(0, Ordering::SeqCst);
    let outcomes = (ours::aliased(1), ours::aliased(1));
    show("", "larder", &format!("{outcomes:?}"));

    show("20 callers, a body that works", "cached 4.1", &at_once(|| others::load(1, false)).await);
    show("", "moka 0.12", &at_once(|| moka.try_get_with(1, body(false))).await);
    show("", "larder", &at_once(|| ours::load(1, false)).await);

    show("20 callers, a body that fails", "cached 4.1", &at_once(|| others::load(2, true)).await);
    show("", "moka 0.12", &at_once(|| moka.try_get_with(2, body(true))).await);
    show("", "larder", &at_once(|| ours::load(2, true)).await);

    let _ = late_store(others::read(4), async || {
        use cached::Cached;
        let _removed = others::READ.write().await.cache_remove(&4);
    })
    .await;
    let bodies = BODIES.load(Ordering::SeqCst);
    let after = others::read(4).await.expect("it works");
    show("read, invalidated, stored", "cached 4.1", kept(after < bodies));
    let cache = moka.clone();
    let load = async move { cache.try_get_with(5, body(false)).await };
    let _ = late_store(load, async || moka.invalidate(&5).await).await;
    show("", "moka 0.12", kept(moka.get(&5).await.is_some()));
    let _ = late_store(ours::load(6, false), async || ours::load::invalidate(6, false).await).await;
    show("", "larder", kept(ours::load::get(6, false).await.is_some()));
}

fn kept(old: bool) -> &'static str {
    if old { "the old value is kept" } else { "nothing is kept" }
}
