//! What a hit costs: no allocation, no precise clock, one copy of the value.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use larder::{cached, testing};

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
