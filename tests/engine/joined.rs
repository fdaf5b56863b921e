//! Bodies that ask for what another caller of their process is loading already: they wait for it, and are handed what it comes
//! to only where that began after they did. Before them another process may have invalidated it.

use std::collections::HashMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use larder::backend::Capabilities;
use larder::clock::Clock;
use larder::entry::Hearing;
use larder::explain::{Alone, Done, Whom};
use larder::{Cache, Options, cached, entry, explain, testing};
use tokio::sync::Notify;

use crate::explain::only;
use crate::shared_store::Shared;

const OPTIONS: Options = Options::forever();

const WAITED: Done = Done::Waited { whom: Whom::Caller, took: Duration::ZERO };

type Call<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;
type Way<'a> = &'a dyn Fn(u64) -> Call<'a, u64>;

fn poll<T>(call: &mut Call<'_, T>) -> Poll<T> {
    call.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

/// What is at the source, and a body that has read it and cannot go on.
struct Source {
    value: AtomicU64,
    gate: Notify,
    runs: AtomicU64,
}

impl Source {
    fn new() -> Self {
        Self { value: AtomicU64::new(1), gate: Notify::new(), runs: AtomicU64::new(0) }
    }

    async fn read_and_wait(&self) -> u64 {
        let value = self.read();
        self.gate.notified().await;
        value
    }

    fn read(&self) -> u64 {
        self.runs.fetch_add(1, Ordering::SeqCst);
        self.value.load(Ordering::SeqCst)
    }
}

#[cached(key = "joined:part:<id>", each(id in ids), ignore(source))]
async fn parts(source: &Source, ids: &[u64]) -> HashMap<u64, u64> {
    let value = source.read_and_wait().await;
    ids.iter().map(|id| (*id, value)).collect()
}

async fn part(cache: &Cache, source: &Source) -> u64 {
    cache.get_or_load("part", OPTIONS, || source.read_and_wait()).await
}

async fn whole(cache: &Cache, source: &Source) -> u64 {
    cache.get_or_load("whole", OPTIONS, || part(cache, source)).await
}

#[test]
fn a_body_is_not_handed_what_somebody_found_who_makes_nothing_of_it_and_trusts_that_nobody_has_cleared() {
    let can = Capabilities { clear_scope: false, ..Capabilities::ALL };
    let (clock, value, gate) = (Clock::manual(), AtomicU64::new(1), Notify::new());
    // It stops at every call, so that others come between.
    let store = Shared::new(&clock, can, true);
    let [(_one, here), (_other, there)] = [(); 2].map(|()| store.process(&clock));
    let [parts, cleared] = [&here, &there].map(|cache| cache.at_version("parts").unwrap());
    let part = async || parts.get_or_load("part", OPTIONS, async || value.load(Ordering::SeqCst)).await;
    let has_begun = AtomicU64::new(0);
    let body = async || {
        has_begun.store(1, Ordering::SeqCst);
        gate.notified().await;
        part().await
    };
    assert_eq!(testing::block_on(part()), 1);
    value.store(2, Ordering::SeqCst);
    testing::block_on(cleared.clear()).unwrap();
    let mut whole: Call<'_, u64> = Box::pin(here.get_or_load("whole", OPTIONS, body));
    while has_begun.load(Ordering::SeqCst) == 0 {
        assert!(poll(&mut whole).is_pending());
    }
    let mut plain: Call<'_, u64> = Box::pin(part());
    assert!(poll(&mut plain).is_pending(), "it looks by the number that it trusts");
    gate.notify_one();
    assert!(poll(&mut whole).is_pending(), "it waits for the other one");
    assert_eq!(testing::block_on(plain), 1, "who makes nothing of it may be told what was there");
    assert_eq!(testing::block_on(whole), 2);
}

#[test]
fn a_guard_is_not_handed_what_somebody_found_who_makes_nothing_of_it_either() {
    let can = Capabilities { clear_scope: false, ..Capabilities::ALL };
    let (clock, value) = (Clock::manual(), AtomicU64::new(1));
    // It stops at every call, so that others come between.
    let store = Shared::new(&clock, can, true);
    let [(_one, here), (_other, there)] = [(); 2].map(|()| store.process(&clock));
    let [parts, cleared] = [&here, &there].map(|cache| cache.at_version("parts").unwrap());
    let part = async || parts.get_or_load("part", OPTIONS, async || value.load(Ordering::SeqCst)).await;
    assert_eq!(testing::block_on(part()), 1);
    value.store(2, Ordering::SeqCst);
    testing::block_on(cleared.clear()).unwrap();
    let guard = Hearing::before();
    let mut plain: Call<'_, u64> = Box::pin(part());
    assert!(poll(&mut plain).is_pending(), "it looks by the number that it trusts");
    let mut read: Call<'_, u64> = Box::pin(async { guard.of(pin!(async { part().await })).await });
    assert!(poll(&mut read).is_pending(), "it waits for the other one");
    assert_eq!((testing::block_on(plain), testing::block_on(read)), (1, 2));
}

/// Of what it is handed by others nothing is kept: each of them loads anew.
#[test]
fn a_body_that_plain_callers_come_before_again_and_again_waits_for_one_of_them_and_then_loads_for_itself() {
    let can = Capabilities { clear_scope: false, ..Capabilities::ALL };
    let (clock, source, has_begun) = (Clock::manual(), Source::new(), Notify::new());
    let (_larder, cache) = Shared::new(&clock, can, false).process(&clock);
    let part = || {
        cache.get_or_load("part", OPTIONS, async || {
            entry::discard();
            source.read_and_wait().await
        })
    };
    let body = async || {
        has_begun.notified().await;
        part().await
    };
    let mut whole: Call<'_, _> = Box::pin(explain(cache.get_or_load("whole", OPTIONS, body)));
    assert!(poll(&mut whole).is_pending());
    let mut plain: Call<'_, u64> = Box::pin(part());
    assert!(poll(&mut plain).is_pending());
    has_begun.notify_one();
    assert!(poll(&mut whole).is_pending(), "it waits for the first of them");
    source.gate.notify_one();
    assert_eq!(poll(&mut plain), Poll::Ready(1));
    let mut next: Call<'_, u64> = Box::pin(part());
    assert!(poll(&mut next).is_pending(), "another one comes before it");
    assert!(poll(&mut whole).is_pending());
    assert_eq!(source.runs.load(Ordering::SeqCst), 3, "it has begun to load, too");
    source.gate.notify_waiters();
    let Poll::Ready((1, story)) = poll(&mut whole) else { panic!("it waits for nobody") };
    let done = &only(&story).inside[0].done;
    assert_eq!(done[..3], [WAITED, Done::LookedAgain, Done::Alone(Alone::Older)]);
}

/// Each hit in a store outside is one that others wait for.
#[test]
fn a_body_that_plain_hits_come_before_again_and_again_finds_for_itself_what_is_there() {
    let can = Capabilities { clear_scope: false, ..Capabilities::ALL };
    let (clock, source, has_begun) = (Clock::manual(), Source::new(), Notify::new());
    // It stops at every call, so that others come between.
    let (larder, cache) = Shared::new(&clock, can, true).process(&clock);
    let enter = larder.handle();
    let _entered = enter.enter();
    let (source, cache, has_begun) = (&source, &cache, &has_begun);
    let one =
        |id| -> Call<'_, u64> { Box::pin(cache.get_or_load(format!("part:{id}"), OPTIONS, || source.read_and_wait())) };
    let many = |id| -> Call<'_, u64> { Box::pin(async move { parts(source, &[id]).await[&id] }) };
    let ways: [(&str, Way<'_>); 2] = [("one", &one), ("many", &many)];
    for (name, part) in ways {
        source.runs.store(0, Ordering::SeqCst);
        source.gate.notify_one();
        assert_eq!(testing::block_on(part(7)), 1);
        let body = async || {
            has_begun.notified().await;
            part(7).await
        };
        let mut whole: Call<'_, u64> = Box::pin(cache.get_or_load(name, OPTIONS, body));
        for _ in 0..20 {
            assert!(poll(&mut whole).is_pending());
        }
        has_begun.notify_one();
        let (mut plain, mut value) = (part(7), Poll::Pending);
        for _ in 0..100 {
            // There is always one who looks.
            while poll(&mut plain).is_ready() {
                plain = part(7);
            }
            if value.is_pending() {
                value = poll(&mut whole);
            }
        }
        assert_eq!((value, source.runs.load(Ordering::SeqCst)), (Poll::Ready(1), 1), "{name}");
    }
}

#[test]
fn a_body_is_not_handed_what_was_read_before_another_process_has_invalidated_it() {
    let (clock, source) = (Clock::manual(), Source::new());
    let store = Shared::new(&clock, Capabilities::ALL, false);
    let [(_one, here), (_other, there)] = [(); 2].map(|()| store.process(&clock));
    let mut before: Call<'_, u64> = Box::pin(part(&here, &source));
    assert!(poll(&mut before).is_pending(), "its body has read");
    source.value.store(2, Ordering::SeqCst);
    testing::block_on(async {
        there.delete("part").await.unwrap();
        there.delete("whole").await.unwrap();
    });
    let mut whole: Call<'_, u64> = Box::pin(whole(&here, &source));
    assert!(poll(&mut whole).is_pending(), "it waits for what is under way");
    source.gate.notify_one();
    assert_eq!(poll(&mut before), Poll::Ready(1), "who asked before is answered as of then");
    source.gate.notify_one();
    assert_eq!(poll(&mut whole), Poll::Ready(2));
    assert_eq!(testing::block_on(here.get::<u64>("whole")).unwrap(), Some(2));
}

#[test]
fn a_body_waits_for_what_began_before_it_and_is_handed_what_that_has_kept() {
    let (clock, source) = (Clock::manual(), Source::new());
    let (_larder, cache) = Shared::new(&clock, Capabilities::ALL, false).process(&clock);
    let mut before: Call<'_, u64> = Box::pin(part(&cache, &source));
    assert!(poll(&mut before).is_pending());
    let mut wholes: Vec<Call<'_, _>> = Vec::new();
    for number in 0..20 {
        let (cache, source) = (&cache, &source);
        let whole = async move { cache.get_or_load(format!("whole:{number}"), OPTIONS, || part(cache, source)).await };
        let mut whole: Call<'_, _> = Box::pin(explain(whole));
        assert!(poll(&mut whole).is_pending());
        wholes.push(whole);
    }
    source.gate.notify_one();
    assert_eq!(poll(&mut before), Poll::Ready(1));
    for whole in &mut wholes {
        let Poll::Ready((value, story)) = poll(whole) else { panic!("what it waits for is there") };
        assert_eq!(value, 1);
        assert_eq!(only(&story).inside[0].done, [WAITED, Done::LookedAgain]);
    }
    assert_eq!(source.runs.load(Ordering::SeqCst), 1, "one body for all");
}

#[test]
fn bodies_join_what_began_after_them() {
    let (clock, source) = (Clock::manual(), Source::new());
    let (_larder, cache) = Shared::new(&clock, Capabilities::ALL, false).process(&clock);
    let started = Notify::new();
    let late = async || {
        started.notified().await;
        part(&cache, &source).await
    };
    let mut late: Call<'_, _> = Box::pin(explain(cache.get_or_load("late", OPTIONS, late)));
    assert!(poll(&mut late).is_pending(), "it has begun");
    let mut part: Call<'_, u64> = Box::pin(part(&cache, &source));
    assert!(poll(&mut part).is_pending());
    started.notify_one();
    assert!(poll(&mut late).is_pending(), "it waits");
    source.gate.notify_one();
    assert_eq!(poll(&mut part), Poll::Ready(1));
    let Poll::Ready((value, story)) = poll(&mut late) else { panic!("what it waits for is there") };
    assert_eq!(value, 1);
    assert_eq!(only(&story).inside[0].done, [WAITED, Done::Shared]);
    assert_eq!(source.runs.load(Ordering::SeqCst), 1);
}

#[test]
fn a_body_that_asks_for_many_is_handed_nothing_older_either() {
    let (clock, source) = (Clock::manual(), Source::new());
    let store = Shared::new(&clock, Capabilities::ALL, false);
    let [(one, here), (other, _)] = [(); 2].map(|()| store.process(&clock));
    let enter = one.handle();
    let _entered = enter.enter();
    let mut before: Call<'_, _> = Box::pin(parts(&source, &[1]));
    assert!(poll(&mut before).is_pending(), "its body has read");
    source.value.store(2, Ordering::SeqCst);
    testing::block_on(other.handle().scope(parts::invalidate(1)));
    let whole = async || {
        let parts = parts(&source, &[1, 2]).await;
        parts.into_values().min().unwrap()
    };
    let mut whole: Call<'_, _> = Box::pin(here.get_or_load("whole", OPTIONS, whole));
    assert!(poll(&mut whole).is_pending(), "it loads what nobody else does");
    source.gate.notify_waiters();
    assert!(poll(&mut whole).is_pending(), "it waits for what is under way");
    let Poll::Ready(before) = poll(&mut before) else { panic!("it can go on") };
    assert_eq!(before[&1], 1);
    assert!(poll(&mut whole).is_pending(), "it loads that anew");
    source.gate.notify_waiters();
    assert_eq!(poll(&mut whole), Poll::Ready(2));
}

#[test]
fn where_what_began_before_fails_those_who_waited_for_it_load_once() {
    let (clock, source) = (Clock::manual(), Source::new());
    let (_larder, cache) = Shared::new(&clock, Capabilities::ALL, false).process(&clock);
    let fails = || async {
        source.read_and_wait().await;
        Err::<u64, &str>("no source")
    };
    let part = || cache.try_get_or_load_shared("part", OPTIONS, fails);
    let mut before: Call<'_, _> = Box::pin(part());
    assert!(poll(&mut before).is_pending());
    let whole = |number: u64| cache.try_get_or_load_shared(format!("whole:{number}"), OPTIONS, part);
    let mut wholes: Vec<Call<'_, _>> = (0..20).map(|number| Box::pin(whole(number)) as Call<'_, _>).collect();
    assert!(wholes.iter_mut().all(|whole| poll(whole).is_pending()));
    source.gate.notify_one();
    assert_eq!(poll(&mut before), Poll::Ready(Err("no source")));
    assert!(wholes.iter_mut().all(|whole| poll(whole).is_pending()), "one of them loads it anew");
    source.gate.notify_one();
    for _ in 0..2 {
        wholes.retain_mut(|whole| poll(whole).is_pending());
    }
    assert!(wholes.is_empty());
    assert_eq!(source.runs.load(Ordering::SeqCst), 2);
}
