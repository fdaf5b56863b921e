//! Layers that go around calls, each with a store that fails when it is told to.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cache_core::backend::layer::{Breaker, Layer, Means, Retry, Timeout};
use cache_core::backend::{Capabilities, ErasedBackend, Ticket};
use cache_core::clock::Clock;
use cache_core::error::Kind;
use cache_core::executor::NoExecutor;
use cache_core::policy::Ttl;
use cache_core::testing::block_on;

use crate::store::{Mood, Scripted, name, scripted};

const MINUTE: Ttl = Ttl::For(Duration::from_secs(60));
const MILLI: Duration = Duration::from_millis(1);

fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// A scripted store under one layer, without a timer.
fn under(layer: &impl Layer) -> (Arc<dyn ErasedBackend>, Arc<Scripted>, Clock) {
    let clock = Clock::manual();
    let scripted = Scripted::new(&clock, Capabilities::ALL);
    let store = layer.wrap(Arc::clone(&scripted) as _, &Means::new(clock.clone(), Arc::new(NoExecutor))).unwrap();
    (store, scripted, clock)
}

#[test]
fn a_call_that_takes_too_long_is_given_up_and_one_in_time_is_not() {
    let (larder, cache, store) = scripted(Capabilities::ALL, |settings| settings.time_limit(200 * MILLI));
    block_on(cache.set("key", 1_u8, MINUTE)).unwrap();
    store.set_mood(Mood::Hangs);
    let mut late = pin!(cache.get::<u8>("key"));
    assert!(poll(late.as_mut()).is_pending());
    larder.advance(199 * MILLI);
    assert!(poll(late.as_mut()).is_pending());
    larder.advance(MILLI);
    let Poll::Ready(Err(error)) = poll(late.as_mut()) else { panic!("its time is over") };
    assert!(error.kind() == Kind::Timeout && error.to_string().contains("`get`"), "{error}");
    let mut in_time = pin!(cache.get::<u8>("key"));
    assert!(poll(in_time.as_mut()).is_pending());
    larder.advance(199 * MILLI);
    store.set_mood(Mood::Up);
    assert!(matches!(poll(in_time.as_mut()), Poll::Ready(Ok(Some(1)))));
}

#[test]
fn a_call_that_would_have_to_wait_without_a_timer_says_what_to_do() {
    let (store, scripted, _) = under(&Timeout::after(200 * MILLI));
    block_on(store.set(&name("key"), b"value", None)).unwrap();
    assert_eq!(block_on(store.get(&name("key"))).unwrap().as_deref(), Some(&b"value"[..]), "it is answered at once");
    scripted.set_mood(Mood::Hangs);
    let error = block_on(store.get(&name("key"))).unwrap_err();
    assert_eq!(error.kind(), Kind::Configuration);
    assert!(error.to_string().contains("enable the feature `tokio`"), "{error}");
}

#[test]
fn what_may_be_repeated_is_and_nothing_else() {
    let (store, scripted, _) = under(&Retry::times(2));
    let name = name("key");
    block_on(store.set(&name, b"1", None)).unwrap();
    let ticket = Ticket(Vec::new());
    let tries = |call: &mut dyn FnMut() -> bool, failing: usize| {
        let before = scripted.reached();
        scripted.failing.store(failing, Ordering::SeqCst);
        let worked = call();
        scripted.failing.store(0, Ordering::SeqCst);
        (worked, scripted.reached() - before)
    };
    assert_eq!(tries(&mut || block_on(store.get(&name)).is_ok(), 2), (true, 3));
    assert_eq!(tries(&mut || block_on(store.get(&name)).is_ok(), 3), (false, 3), "and not for ever");
    assert_eq!(tries(&mut || block_on(store.ttl(&name)).is_ok(), 1), (true, 2));
    assert_eq!(tries(&mut || block_on(store.set(&name, b"1", None)).is_ok(), 1), (true, 2));
    assert_eq!(tries(&mut || block_on(store.delete(&name)).is_ok(), 1), (true, 2));
    assert_eq!(tries(&mut || block_on(store.clear_scope("x")).is_ok(), 1), (true, 2));
    assert_eq!(tries(&mut || block_on(store.clear_store()).is_ok(), 1), (true, 2));
    assert_eq!(tries(&mut || block_on(store.begin_fill(&name)).is_ok(), 1), (true, 2));
    assert_eq!(tries(&mut || block_on(store.add(&name, b"1", None)).is_ok(), 1), (false, 1));
    assert_eq!(tries(&mut || block_on(store.incr(&name, 1)).is_ok(), 1), (false, 1));
    assert_eq!(tries(&mut || block_on(store.set_if(&name, b"1", None, &ticket)).is_ok(), 1), (false, 1));
}

#[test]
fn what_will_not_pass_is_not_tried_again() {
    let (store, scripted, _) = under(&Retry::times(2));
    let many: Vec<_> =
        ["a", "b"].map(|key| cache_core::backend::Entry { name: name(key), value: vec![b'x'], time: None }).into();
    assert!(block_on(store.set_many(&many)).iter().all(Result::is_ok));
    let before = scripted.reached();
    assert_eq!(block_on(store.incr(&name("a"), 1)).unwrap_err().kind(), Kind::NotANumber);
    assert_eq!(scripted.reached() - before, 1);
}

#[test]
fn between_tries_there_is_a_pause_where_there_is_a_timer() {
    let (larder, cache, store) = scripted(Capabilities::ALL, |settings| settings.retry(2));
    block_on(cache.set("key", 1_u8, MINUTE)).unwrap();
    let before = store.reached();
    store.failing.store(2, Ordering::SeqCst);
    let mut read = pin!(cache.get::<u8>("key"));
    for (pause, reached) in [(9, 1), (1, 2), (19, 2)] {
        assert!(poll(read.as_mut()).is_pending());
        larder.advance(pause * MILLI);
        let done = poll(read.as_mut()).is_ready();
        assert!(!done && store.reached() - before == reached, "{reached} after {pause} ms more");
    }
    larder.advance(MILLI);
    assert!(matches!(poll(read.as_mut()), Poll::Ready(Ok(Some(1)))));
    assert_eq!(store.reached() - before, 3);
}

#[test]
fn a_breaker_opens_after_failures_in_a_row_and_closes_on_a_probe() {
    let breaker = Breaker::new(3, 10 * MILLI);
    let (store, scripted, clock) = under(&breaker);
    let get = || block_on(store.get(&name("key")));
    for _ in 0..5 {
        scripted.failing.store(2, Ordering::SeqCst);
        assert!(get().is_err() && get().is_err() && get().is_ok(), "not in a row");
    }
    scripted.set_mood(Mood::Down);
    let before = scripted.reached();
    let kinds: Vec<_> = (0..10).map(|_| get().unwrap_err().kind()).collect();
    assert_eq!((kinds, scripted.reached() - before), (vec![Kind::Store; 10], 3));
    clock.advance(9 * MILLI);
    assert!(get().is_err() && scripted.reached() - before == 3);
    clock.advance(MILLI);
    assert!(get().is_err() && get().is_err() && scripted.reached() - before == 4, "one probe, and it failed");
    scripted.set_mood(Mood::Up);
    assert!(get().is_err(), "the rest begins anew");
    clock.advance(10 * MILLI);
    assert!(get().is_ok() && get().is_ok());
    let breaks = breaker.breaks();
    assert_eq!((breaks.opened, breaks.refused, breaks.probes, breaks.closed), (1, 10, 2, 1));
}

#[test]
fn what_a_store_refuses_opens_no_breaker() {
    let (store, _, _) = under(&Breaker::new(1, 10 * MILLI));
    for _ in 0..3 {
        assert_eq!(block_on(store.incr(&name("key"), 1)).unwrap_err().kind(), Kind::Missing);
    }
    assert!(block_on(store.get(&name("key"))).is_ok());
}

#[test]
fn a_caller_who_leaves_during_a_probe_leaves_it_to_the_next() {
    let breaker = Breaker::new(1, 10 * MILLI);
    let (store, scripted, clock) = under(&breaker);
    scripted.set_mood(Mood::Down);
    assert!(block_on(store.get(&name("key"))).is_err());
    clock.advance(10 * MILLI);
    scripted.set_mood(Mood::Hangs);
    let asked = name("key");
    let mut probe = Box::pin(store.get(&asked));
    assert!(poll(probe.as_mut()).is_pending());
    assert!(block_on(store.get(&asked)).is_err(), "one at a time");
    drop(probe);
    scripted.set_mood(Mood::Up);
    assert!(block_on(store.get(&asked)).is_ok());
    assert_eq!(breaker.breaks().probes, 2);
}

#[test]
fn time_outs_open_a_breaker_too() {
    let breaker = Breaker::new(2, 10 * MILLI);
    let (larder, cache, store) =
        scripted(Capabilities::ALL, |settings| settings.breaker(breaker.clone()).time_limit(MILLI));
    store.set_mood(Mood::Hangs);
    for _ in 0..2 {
        let mut late = pin!(cache.get::<u8>("key"));
        assert!(poll(late.as_mut()).is_pending());
        larder.advance(MILLI);
        assert!(matches!(poll(late.as_mut()), Poll::Ready(Err(_))));
    }
    let before = store.reached();
    assert_eq!(block_on(cache.get::<u8>("key")).unwrap_err().kind(), Kind::Store);
    assert_eq!((store.reached(), breaker.breaks().opened), (before, 1));
}
