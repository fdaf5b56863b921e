//! A store that goes away and comes back.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::time::Duration;

use cache_core::backend::layer::Breaker;
use cache_core::backend::{Backend, Capabilities};
use cache_core::policy::Ttl;
use cache_core::testing::block_on;

use crate::store::{Mood, lying, name, scripted};

const MINUTE: Ttl = Ttl::For(Duration::from_secs(60));
const SECOND: Duration = Duration::from_secs(1);

/// Stores that can do everything, and the least that the engine can work with.
const BOTH: [Capabilities; 2] = [Capabilities::ALL, Capabilities { clear_scope: true, ..Capabilities::NONE }];

#[test]
fn of_64_callers_during_an_outage_none_gets_an_error_and_one_asks_whether_it_is_over() {
    let breaker = Breaker::new(3, SECOND);
    let (larder, cache, store) = scripted(Capabilities::ALL, |settings| settings.breaker(breaker.clone()));
    store.set_mood(Mood::Down);
    for caller in 0..64_u64 {
        assert_eq!(cache.blocking().get_or_load(format!("key{caller}"), MINUTE, || caller), caller);
    }
    let before = store.reached();
    assert!(before <= 3, "it was asked {before} times");

    store.set_mood(Mood::Hangs);
    larder.advance(SECOND);
    let (done, answers) = mpsc::channel();
    std::thread::scope(|scope| {
        for caller in 0..64_u64 {
            let (cache, done) = (cache.clone(), done.clone());
            scope.spawn(move || {
                let value = cache.blocking().get_or_load(format!("key{caller}"), MINUTE, || caller);
                done.send((caller, value)).expect("somebody listens");
            });
        }
        for _ in 0..63 {
            let (caller, value) = answers.recv().expect("63 are not held up");
            assert_eq!(caller, value);
        }
        assert_eq!(store.reached() - before, 1, "one asks, and 63 go on without the store");
        store.set_mood(Mood::Up);
        let (caller, value) = answers.recv().expect("the last one goes on when the store does");
        assert_eq!(caller, value);
    });
    assert_eq!(breaker.breaks().probes, 1);
    assert_eq!(breaker.breaks().closed, 1);
}

#[test]
fn what_was_removed_during_an_outage_is_not_served_after_it() {
    for (can, mood) in BOTH.into_iter().flat_map(|can| [(can, Mood::Down), (can, Mood::Mute)]) {
        let (_larder, cache, store) = scripted(can, |settings| settings);
        let cache = cache.blocking();
        for key in ["removed", "one of many", "written", "left"] {
            cache.set(key, "old".to_owned(), MINUTE).unwrap();
        }
        store.set_mood(mood);
        assert!(cache.delete("removed").is_err());
        assert!(cache.delete_many(["one of many"]).is_err());
        assert!(cache.set("written", "new".to_owned(), MINUTE).is_err());
        assert!(cache.get::<String>("removed").is_err(), "nobody knows");
        store.set_mood(Mood::Up);
        for key in ["removed", "one of many", "written"] {
            assert_eq!(cache.get::<String>(key).unwrap(), None, "{key}, {mood:?}");
            assert_eq!(lying(&store.inner, key), None, "the store has been told");
        }
        assert_eq!(cache.get::<String>("left").unwrap().as_deref(), Some("old"));
    }
}

#[test]
fn what_is_owed_is_paid_by_whoever_reaches_the_store_next() {
    let (_larder, cache, store) = scripted(Capabilities::ALL, |settings| settings);
    let keys: Vec<_> = (0..300).map(|number| format!("key{number}")).collect();
    for key in &keys {
        cache.blocking().set(key.as_str(), 1_u8, MINUTE).unwrap();
    }
    store.set_mood(Mood::Down);
    for key in &keys {
        assert!(cache.blocking().delete(key.as_str()).is_err());
    }
    store.set_mood(Mood::Up);
    let before = store.reached();
    for _ in 0..3 {
        assert!(!cache.blocking().has("another").unwrap());
    }
    assert_eq!(store.reached() - before, 6, "a few in one go, with each call");
    assert!(keys.iter().all(|key| lying(&store.inner, key).is_none()));
    assert!(!cache.blocking().has("another").unwrap());
    assert_eq!(store.reached() - before, 7, "and nothing once all is paid");
}

#[test]
fn a_clear_that_failed_is_done_when_the_store_is_back() {
    for mood in [Mood::Down, Mood::Mute] {
        let (_larder, cache, store) = scripted(Capabilities::ALL, |settings| settings);
        let next = cache.at_version(2).unwrap();
        cache.blocking().set("key", 1_u8, MINUTE).unwrap();
        next.blocking().set("key", 2_u8, MINUTE).unwrap();
        store.set_mood(mood);
        assert!(cache.blocking().clear().is_err());
        store.set_mood(Mood::Up);
        assert_eq!(cache.blocking().get::<u8>("key").unwrap(), None);
        assert_eq!(next.blocking().get::<u8>("key").unwrap(), Some(2), "and no neighbour's");
        assert_eq!(lying(&store.inner, "key"), None);
        cache.blocking().set("key", 3_u8, MINUTE).unwrap();
        store.set_mood(Mood::Down);
        assert!(cache.blocking().clear_store().is_err());
        store.set_mood(Mood::Up);
        assert!(!next.blocking().has("key").unwrap() && !cache.blocking().has("key").unwrap());
        cache.blocking().set("key", 4_u8, MINUTE).unwrap();
        assert_eq!(cache.blocking().get::<u8>("key").unwrap(), Some(4), "it is done once");
    }
}

#[test]
fn what_stands_in_the_way_of_an_add_or_a_count_is_removed_first() {
    let (_larder, cache, store) = scripted(Capabilities::ALL, |settings| settings);
    let cache = cache.blocking();
    for key in ["lock", "visits", "touched"] {
        cache.set(key, 7_i64, MINUTE).unwrap();
    }
    store.set_mood(Mood::Down);
    for key in ["lock", "visits", "touched"] {
        assert!(cache.delete(key).is_err());
    }
    store.set_mood(Mood::Up);
    assert!(cache.add("lock", 1_i64, MINUTE).unwrap());
    assert!(cache.incr("visits", 1).is_err(), "there is nothing to count with");
    assert!(!cache.touch("touched", Ttl::Forever).unwrap());
    assert!(cache.add("visits", 1_i64, MINUTE).unwrap());
    assert_eq!(cache.incr("visits", 1).unwrap(), 2);
}

#[test]
fn a_write_after_the_outage_stands() {
    let (_larder, cache, store) = scripted(Capabilities::ALL, |settings| settings);
    cache.blocking().set("key", 1_u8, MINUTE).unwrap();
    store.set_mood(Mood::Down);
    assert!(cache.blocking().delete("key").is_err());
    store.set_mood(Mood::Up);
    cache.blocking().set("key", 2_u8, MINUTE).unwrap();
    assert_eq!(cache.blocking().get::<u8>("key").unwrap(), Some(2));
    assert_eq!(cache.blocking().get_many::<u8>(["key"]).unwrap(), [Some(2)]);
}

#[test]
fn a_removal_whose_caller_left_half_way_is_owed() {
    let (_larder, cache, store) = scripted(Capabilities::ALL, |settings| settings);
    block_on(cache.set("key", 1_u8, MINUTE)).unwrap();
    store.set_mood(Mood::Hangs);
    let mut left = Box::pin(cache.delete("key"));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(left.as_mut().poll(&mut context).is_pending());
    drop(left);
    store.set_mood(Mood::Up);
    assert_eq!(block_on(cache.get::<u8>("key")).unwrap(), None);
}

#[test]
fn after_too_many_removals_nothing_from_before_them_is_served() {
    let (larder, cache, store) = scripted(Capabilities::ALL, |settings| settings);
    let cache = cache.blocking();
    cache.set("record", 1_u8, MINUTE).unwrap();
    cache.set("other", 1_u8, MINUTE).unwrap();
    cache.set("count", 41_i64, MINUTE).unwrap();
    store.set_mood(Mood::Down);
    assert!(cache.delete("record").is_err());
    for number in 0..5_000 {
        assert!(cache.delete(format!("key{number}")).is_err());
    }
    store.set_mood(Mood::Up);
    larder.advance(SECOND);
    for key in ["record", "other"] {
        assert_eq!(cache.get::<u8>(key).unwrap(), None);
        assert_eq!(lying(&store.inner, key), None, "the store is told where one is met");
        cache.set(key, 2_u8, MINUTE).unwrap();
        assert_eq!(cache.get::<u8>(key).unwrap(), Some(2));
    }
    assert!(cache.incr("count", 1).is_err(), "of a number nobody knows when it was written");
    assert!(cache.add("count", 1_i64, MINUTE).unwrap());
    assert_eq!((cache.incr("count", 1).unwrap(), cache.get::<i64>("count").unwrap()), (2, Some(2)));
    block_on(store.inner.set(&name("theirs"), b"7", None)).unwrap();
    assert_eq!(cache.get::<i64>("theirs").unwrap(), None);
    block_on(store.inner.set(&name("theirs"), b"8", None)).unwrap();
    assert_eq!(cache.get::<i64>("theirs").unwrap(), Some(8), "what comes after its removal is from after it");
}

#[test]
fn a_read_of_a_store_that_is_owed_nothing_is_one_question() {
    let (_larder, cache, store) = scripted(Capabilities::ALL, |settings| settings);
    cache.blocking().set("key", 1_u8, MINUTE).unwrap();
    let before = store.reached.load(Ordering::SeqCst);
    cache.blocking().get::<u8>("key").unwrap();
    assert_eq!(store.reached() - before, 1);
    drop(Arc::clone(&store));
}
