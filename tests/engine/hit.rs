//! What a hit costs: no allocation, no precise clock, one copy of the value.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use larder::{cached, fragment, testing};

/// A value that counts how often it is copied.
struct Counted {
    copies: Arc<AtomicUsize>,
    number: u64,
}

impl Clone for Counted {
    fn clone(&self) -> Self {
        self.copies.fetch_add(1, Ordering::SeqCst);
        Self { copies: Arc::clone(&self.copies), number: self.number }
    }
}

#[cached(key = "hit:blocking:<name>:<number>", local, ignore(copies))]
fn blocking(name: &str, number: u64, copies: &Arc<AtomicUsize>) -> Counted {
    Counted { copies: Arc::clone(copies), number: number + name.len() as u64 }
}

#[cached(key = "hit:asynchronous:<name>:<number>", local, ignore(copies))]
async fn asynchronous(name: &str, number: u64, copies: &Arc<AtomicUsize>) -> Result<Counted, std::fmt::Error> {
    let number = std::future::ready(number + name.len() as u64).await;
    Ok(Counted { copies: Arc::clone(copies), number })
}

/// Runs a future that has nothing to wait for.
fn at_once<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a hit waits for nothing"),
    }
}

#[test]
fn a_hit_allocates_nothing_reads_no_precise_clock_and_copies_the_value_once() {
    let larder = testing::isolated();
    let copies = Arc::default();
    blocking("ann", 7, &copies);
    let (precise, before) = (larder.clock().precise_reads(), copies.load(Ordering::SeqCst));
    let cost = measure(|| assert_eq!(blocking("ann", 7, &copies).number, 10));
    assert_eq!(cost.count_total, 0, "{cost:?}");
    assert_eq!(larder.clock().precise_reads(), precise);
    assert_eq!(copies.load(Ordering::SeqCst), before + 1);
}

#[test]
fn a_hit_of_an_async_function_allocates_nothing_and_ends_at_the_first_poll() {
    let larder = testing::isolated();
    let copies = Arc::default();
    at_once(asynchronous("ann", 7, &copies)).unwrap();
    let (precise, before) = (larder.clock().precise_reads(), copies.load(Ordering::SeqCst));
    let cost = measure(|| assert!(at_once(asynchronous("ann", 7, &copies)).is_ok_and(|kept| kept.number == 10)));
    assert_eq!(cost.count_total, 0, "{cost:?}");
    assert_eq!(larder.clock().precise_reads(), precise);
    assert_eq!(copies.load(Ordering::SeqCst), before + 1);
}

#[test]
fn a_hit_on_a_fragment_allocates_nothing_whatever_tags_it_has() {
    let _larder = testing::isolated();
    let render = |id: u64| fragment!("hit", id, ttl = 60, tags = ["hit:<id>", "hits"]; id.to_string());
    assert_eq!(render(7), "7");
    let cost = measure(|| assert_eq!(render(7).len(), 1));
    assert_eq!(cost.count_total, 0, "{cost:?}");
}

#[test]
fn a_hit_under_a_key_of_more_than_two_hundred_bytes_allocates_nothing() {
    let _larder = testing::isolated();
    let (copies, name) = (Arc::default(), "x".repeat(500));
    blocking(&name, 7, &copies);
    let cost = measure(|| drop(blocking(&name, 7, &copies)));
    assert_eq!(cost.count_total, 0, "{cost:?}");
}

#[test]
fn what_is_not_kept_as_bytes_is_not_decoded_on_each_hit() {
    #[cached(key = "hit:shared:<number>")]
    fn shared(number: u64) -> Arc<str> {
        format!("number {number}").into()
    }
    let _larder = testing::isolated();
    assert!(Arc::ptr_eq(&shared(7), &shared(7)));
}

/// A value whose copy writes to the cache that it lies in.
struct Writes(u64);

impl Clone for Writes {
    fn clone(&self) -> Self {
        let cache = larder::cache("default").expect("there is one");
        for number in 0..500 {
            cache.blocking().set(format!("hit:written:{number}"), number, larder::Options::forever()).expect("room");
        }
        Self(self.0)
    }
}

#[cached(key = "hit:writes:<number>", local)]
fn writes(number: u64) -> Writes {
    Writes(number)
}

#[test]
fn a_copy_that_writes_to_the_cache_waits_for_nobody() {
    let _larder = testing::isolated();
    assert_eq!((writes(1).0, writes(1).0), (1, 1));
}

/// A value that is dropped by whoever drops it last, and says so to the cache that it lay in.
struct Farewell;

impl Drop for Farewell {
    fn drop(&mut self) {
        let cache = larder::cache("default").expect("there is one");
        cache.blocking().set("hit:farewell", 1_u8, larder::Options::forever()).expect("room");
    }
}

#[cached(key = "hit:in_an_arc:<number>", local)]
fn in_an_arc(number: u64) -> Arc<Farewell> {
    let _ = number;
    Arc::new(Farewell)
}

#[test]
fn what_is_shared_is_handed_out_and_dropped_outside_of_all_locks() {
    let larder = testing::isolated();
    assert!(Arc::ptr_eq(&in_an_arc(1), &in_an_arc(1)));
    in_an_arc::invalidate(1);
    assert!(larder.cache("default").blocking().has("hit:farewell").unwrap());
}
