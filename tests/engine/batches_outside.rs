//! Functions that are asked for many, whose entries live in a store outside: what that is asked, and how often.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use larder::backend::layer::{Breaker, Call, Envelope, Guard, around, enclosed};
use larder::backend::{Answer, Backend, Calls, Capabilities, Counting, Memory};
use larder::clock::Clock;
use larder::explain::{Asked, Kept, NotKept};
use larder::key::Name;
use larder::{Cache, Error, Settings, cached, explain, invalidate_tag, testing};

use crate::outside::Rough;

type Found = HashMap<u32, String>;

#[cached(key = "batches_outside:<id>", each(id in ids), ttl = 60, none_ttl = 10)]
async fn items(ids: &[u32]) -> Found {
    std::future::ready(()).await;
    ids.iter().filter(|id| **id < 100).map(|id| (*id, format!("item {id}"))).collect()
}

#[cached(key = "batches_outside:tagged:<id>", each(id in ids), tags = ["item:<id>", "items"], ttl = 60)]
async fn tagged(ids: &[u32]) -> Found {
    items::uncached(ids).await
}

fn process(clock: &Clock, store: &Arc<impl Backend>) -> testing::Isolated {
    testing::isolated_at(clock.clone(), [("default", Settings::backend(Arc::clone(store)))]).unwrap()
}

#[tokio::test]
async fn a_store_is_asked_once_for_all_and_told_once_of_all() {
    let clock = Clock::manual();
    let store = Arc::new(Counting::new(Memory::new(clock.clone())));
    let larder = process(&clock, &store);
    let ids: Vec<_> = (1..=50).collect();
    assert_eq!(items(&ids).await.len(), 50);
    assert_eq!(store.calls(), Calls { gets: 1, sets: 1, deletes: 0 });
    assert_eq!(items(&ids).await.len(), 50);
    assert_eq!(store.calls(), Calls { gets: 2, sets: 1, deletes: 0 });
    assert_eq!(items(&[1, 2, 60, 61, 100]).await.len(), 4);
    assert_eq!(store.calls(), Calls { gets: 3, sets: 2, deletes: 0 });
    assert_eq!((items::one(60).await.as_deref(), items::one(100).await), (Some("item 60"), None));
    let stats = larder.cache("default").stats();
    assert_eq!((stats.hits, stats.misses, stats.loads), (54, 53, 2));
    assert_eq!(stats.trouble, 0);
}

#[tokio::test]
async fn tags_of_all_are_looked_at_together() {
    let clock = Clock::manual();
    let store = Arc::new(Counting::new(Memory::new(clock.clone())));
    let _larder = process(&clock, &store);
    let ids: Vec<_> = (1..=20).collect();
    tagged(&ids).await;
    let cold = store.calls();
    assert!(cold.gets <= 4, "{cold:?}");
    tagged(&ids).await;
    assert_eq!(store.calls().gets - cold.gets, 1, "entries and markers in one question");
    invalidate_tag("item:7").await.unwrap();
    assert_eq!((tagged::get(7).await, tagged::get(8).await.as_deref()), (None, Some("item 8")));
    assert_eq!(tagged(&ids).await.len(), 20);
    assert_eq!(tagged::stats().loads, 2);
}

#[cached(key = "batches_outside:slow:<id>", each(id in ids), ttl = 60, ignore(other))]
async fn slow(other: &Cache, ids: &[u32]) -> Found {
    other.delete(slow::key(2)).await.unwrap();
    items::uncached(ids).await
}

#[tokio::test]
async fn what_another_process_invalidates_meanwhile_is_not_kept_and_the_others_are() {
    let clock = Clock::manual();
    let store = Arc::new(Memory::new(clock.clone()));
    let other = process(&clock, &store).cache("default");
    let larder = process(&clock, &store);
    assert_eq!(slow(&other, &[1, 2, 3]).await.len(), 3);
    assert_eq!([1, 2, 3].map(|id| slow::get_blocking(id).is_some()), [true, false, true]);
    assert_eq!(larder.cache("default").stats().superseded, 1);
}

#[tokio::test]
async fn without_conditional_fills_what_is_invalidated_on_its_way_is_taken_out_again() {
    let clock = Clock::manual();
    let store = Rough::new(&clock, Capabilities { conditional_fill: false, ..Capabilities::ALL });
    let larder = process(&clock, &store);
    store.written.hold();
    let invalidation = async {
        store.written.reached.notified().await;
        items::invalidate(2).await;
        store.written.let_go(3);
    };
    let (found, ()) = tokio::join!(items(&[1, 2, 3]), invalidation);
    assert_eq!(found.len(), 3);
    assert_eq!([1, 2, 3].map(|id| items::get_blocking(id).is_some()), [true, false, true]);
    assert_eq!(larder.cache("default").stats().superseded, 1);
}

#[tokio::test]
async fn that_a_store_is_away_is_counted_once_for_all() {
    let clock = Clock::manual();
    let store = Rough::new(&clock, Capabilities::ALL);
    let larder = process(&clock, &store);
    store.shut(true);
    assert_eq!(items(&[1, 2, 3]).await.len(), 3);
    let stats = larder.cache("default").stats();
    assert_eq!((stats.misses, stats.loads, stats.trouble), (3, 1, 1));
}

#[cached(key = "batches_outside:leaving:<id>", each(id in ids), ttl = 60, ignore(store))]
async fn leaving(store: &Rough, ids: &[u32]) -> Found {
    store.shut(true);
    items::uncached(ids).await
}

#[tokio::test]
async fn that_a_store_goes_while_the_body_runs_is_counted_once_for_all() {
    for conditional_fill in [true, false] {
        let clock = Clock::manual();
        let rough = Rough::new(&clock, Capabilities { conditional_fill, ..Capabilities::ALL });
        let larder = process(&clock, &rough);
        let (found, story) = explain(leaving(&rough, &[1, 2, 3])).await;
        assert_eq!((found.len(), larder.cache("default").stats().trouble), (3, 1));
        let is_away = |asked: &Asked| matches!(asked.kept, Some(Kept::Not(NotKept::Away { .. })));
        assert!(story.asked.len() == 3 && story.asked.iter().all(is_away), "{story}");
    }
}

/// Notes what passes, and shuts the store off before it is asked for something.
struct Heard {
    calls: Arc<Mutex<Vec<Call>>>,
    shut_before: Option<(Call, Arc<Rough>)>,
}

impl Guard for Heard {
    async fn around<'a, T: Send + 'a>(
        &'a self,
        call: Call,
        run: impl Fn() -> Answer<'a, Result<T, Error>> + Send + Sync + 'a,
    ) -> Result<T, Error> {
        self.calls.lock().unwrap().push(call);
        if let Some((_, store)) = self.shut_before.as_ref().filter(|(before, _)| *before == call) {
            store.shut(true);
        }
        run().await
    }
}

/// Keeps a byte before each value.
struct Marked;

impl Envelope for Marked {
    fn capabilities(&self, store: Capabilities) -> Capabilities {
        Capabilities { atomic_incr: false, ..store }
    }

    fn close<'a>(&self, _: &Name, value: &'a [u8]) -> Result<Cow<'a, [u8]>, Error> {
        Ok([b"!", value].concat().into())
    }

    fn open(&self, _: &Name, bytes: Vec<u8>) -> Option<Vec<u8>> {
        bytes.strip_prefix(b"!").map(<[u8]>::to_vec)
    }
}

#[tokio::test]
async fn layers_pass_on_what_is_asked_of_many_in_one_question() {
    for clear_scope in [true, false] {
        let clock = Clock::manual();
        let store = Rough::new(&clock, Capabilities { clear_scope, ..Capabilities::ALL });
        let calls = Arc::default();
        let heard = Heard { calls: Arc::clone(&calls), shut_before: None };
        let settings = Settings::backend(store).layer(enclosed(Marked)).layer(around(heard));
        let larder = testing::isolated_at(clock, [("default", settings)]).unwrap();
        items(&[0]).await;
        calls.lock().unwrap().clear();
        assert_eq!(items(&[1, 2, 3]).await.len(), 3);
        assert_eq!(std::mem::take(&mut *calls.lock().unwrap()), [Call::GetMany, Call::BeginFill, Call::SetIf]);
        assert_eq!([1, 2, 3].map(|id| items::get_blocking(id).is_some()), [true; 3]);
        assert_eq!(larder.cache("default").stats().trouble, 0);
    }
}

#[tokio::test]
async fn a_store_that_goes_while_it_is_asked_for_many_has_failed_once() {
    for before in [Call::BeginFill, Call::SetIf] {
        let clock = Clock::manual();
        let store = Rough::new(&clock, Capabilities::ALL);
        let heard = Heard { calls: Arc::default(), shut_before: Some((before, Arc::clone(&store))) };
        let breaker = Breaker::new(2, Duration::from_secs(10));
        let settings = Settings::backend(store).breaker(breaker.clone()).layer(around(heard));
        let larder = testing::isolated_at(clock, [("default", settings)]).unwrap();
        assert_eq!(items(&[1, 2, 3]).await.len(), 3);
        assert_eq!(breaker.breaks().opened, 0, "{before}");
        assert_eq!(larder.cache("default").stats().loads, 1);
    }
}
