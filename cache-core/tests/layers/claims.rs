//! What a store does not claim, the engine does without: by what the store does claim, or not at all, and says so.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cache_core::backend::{Backend, Capabilities, Remaining};
use cache_core::error::Kind;
use cache_core::policy::{Options, Ttl};
use cache_core::testing::block_on;

use crate::store::{claiming, lying, name};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Ttl = Ttl::For(Duration::from_secs(60));

/// A store that claims all but one thing, for each thing.
fn each_missing() -> [Capabilities; 6] {
    let all = Capabilities::ALL;
    [
        Capabilities { atomic_add: false, ..all },
        Capabilities { atomic_incr: false, ..all },
        Capabilities { touch: false, ..all },
        Capabilities { clear_scope: false, ..all },
        Capabilities { conditional_fill: false, ..all },
        Capabilities { sub_second: false, ..all },
    ]
}

#[test]
fn what_every_store_can_do_works_whatever_is_not_claimed() {
    for can in each_missing().into_iter().chain([Capabilities::NONE]) {
        let (larder, cache, _) = claiming(can);
        let cache = cache.blocking();
        cache.set("key", "value".to_owned(), MINUTE).unwrap();
        assert_eq!(cache.get::<String>("key").unwrap().as_deref(), Some("value"), "{can:?}");
        assert_eq!(cache.ttl("key").unwrap(), Some(Ttl::For(60 * SECOND)), "{can:?}");
        assert!(!cache.add("key", "other".to_owned(), MINUTE).unwrap(), "{can:?}");
        assert!(cache.add("new", "value".to_owned(), MINUTE).unwrap(), "{can:?}");
        assert!(cache.touch("key", Ttl::For(90 * SECOND)).unwrap(), "{can:?}");
        larder.advance(60 * SECOND);
        assert!(cache.has("key").unwrap() && !cache.has("new").unwrap(), "{can:?}");
        assert_eq!(cache.get_or_load("load", MINUTE, || 1_u8), 1);
        assert_eq!(cache.get_or_load("load", MINUTE, || 2_u8), 1, "{can:?}");
        assert!(cache.delete("key").unwrap() && !cache.has("key").unwrap(), "{can:?}");
        cache.clear_store().unwrap();
        assert!(!cache.has("load").unwrap(), "{can:?}");
        let stats = larder.cache("default").stats();
        assert_eq!((stats.trouble, stats.foreign), (0, 0), "{can:?}");
    }
}

#[test]
fn a_clear_clears_whatever_is_claimed() {
    for can in each_missing().into_iter().chain([Capabilities::NONE]) {
        let (_larder, cache, _) = claiming(can);
        cache.blocking().set("key", 1_u8, MINUTE).unwrap();
        cache.blocking().clear().unwrap();
        assert!(!cache.blocking().has("key").unwrap(), "{can:?}");
    }
}

#[test]
fn without_counting_and_conditional_fills_a_count_says_that_it_is_not_supported() {
    // It clears, so that names are in it as they are here.
    let (_larder, cache, store) = claiming(Capabilities { clear_scope: true, ..Capabilities::NONE });
    cache.blocking().set("visits", 40_i64, MINUTE).unwrap();
    assert_eq!(cache.blocking().incr("visits", 1).unwrap_err().kind(), Kind::Unsupported);
    assert_eq!(cache.blocking().get::<i64>("visits").unwrap(), Some(40));
    block_on(store.set(&name("digits"), b"7", None)).unwrap();
    assert_eq!(cache.blocking().touch("digits", Ttl::Forever).unwrap_err().kind(), Kind::Unsupported);
    assert_eq!(lying(&*store, "digits").as_deref(), Some(&b"7"[..]));
}

#[test]
fn a_count_that_the_store_cannot_do_keeps_its_time_and_refuses_what_others_refuse() {
    let (larder, cache, _) = claiming(Capabilities { atomic_incr: false, ..Capabilities::ALL });
    let cache = cache.blocking();
    assert_eq!(cache.incr("visits", 1).unwrap_err().kind(), Kind::Missing);
    cache.add("visits", 40_i64, Options::ttl(10)).unwrap();
    larder.advance(4 * SECOND);
    assert_eq!(cache.incr("visits", 2).unwrap(), 42);
    larder.advance(5 * SECOND);
    assert_eq!((cache.decr("visits", 50).unwrap(), cache.get::<i64>("visits").unwrap()), (-8, Some(-8)));
    assert_eq!(cache.ttl("visits").unwrap(), Some(Ttl::For(SECOND)), "no count has moved its end");
    larder.advance(SECOND);
    assert_eq!(cache.incr("visits", 1).unwrap_err().kind(), Kind::Missing);

    for (key, wrong) in [("text", Kind::NotANumber), ("small", Kind::NotANumber), ("full", Kind::Overflow)] {
        match key {
            "text" => cache.set(key, "7".to_owned(), MINUTE).unwrap(),
            "small" => cache.set(key, 7_u8, MINUTE).unwrap(),
            _ => cache.set(key, i64::MAX, MINUTE).unwrap(),
        }
        assert_eq!(cache.incr(key, 1).unwrap_err().kind(), wrong, "{key}");
    }
    assert_eq!(cache.get::<i64>("full").unwrap(), Some(i64::MAX));
    cache.set("stale", 1_i64, Options::ttl(60).stale(60)).unwrap();
    assert_eq!(cache.incr("stale", 1).unwrap_err().kind(), Kind::NotANumber, "it may be served past its time");
}

#[test]
fn a_count_goes_on_from_digits_that_were_there_before() {
    for sub_second in [true, false] {
        let (larder, cache, store) = claiming(Capabilities { atomic_incr: false, sub_second, ..Capabilities::ALL });
        block_on(store.set(&name("visits"), b"7", Some(10 * SECOND))).unwrap();
        for count in 8..18 {
            assert_eq!(cache.blocking().incr("visits", 1).unwrap(), count);
            // As a store says that counts in whole seconds, and rounds up.
            block_on(store.inner.touch(&name("visits"), Some(10 * SECOND))).unwrap();
            larder.advance(SECOND / 2);
        }
        assert_eq!(cache.blocking().ttl("visits").unwrap(), Some(Ttl::For(5 * SECOND)));
    }
}

#[test]
fn of_counts_at_once_none_is_lost_where_the_store_cannot_count() {
    let (larder, cache, _) = claiming(Capabilities { atomic_incr: false, ..Capabilities::ALL });
    cache.blocking().set("visits", 0_i64, MINUTE).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..50).for_each(|_| _ = cache.blocking().incr("visits", 1).unwrap()));
        }
    });
    assert_eq!(larder.cache("default").blocking().get::<i64>("visits").unwrap(), Some(400));
}

#[test]
fn of_callers_who_add_at_once_one_wins_where_the_store_only_fills() {
    let (_larder, cache, _) = claiming(Capabilities { atomic_add: false, ..Capabilities::ALL });
    for round in 0..50 {
        let won = Arc::new(AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for caller in 0..8_u8 {
                let (cache, won) = (cache.clone(), Arc::clone(&won));
                scope.spawn(move || {
                    let added = cache.blocking().add(format!("lock{round}"), caller, MINUTE).unwrap();
                    won.fetch_add(usize::from(added), Ordering::SeqCst);
                });
            }
        });
        assert_eq!(won.load(Ordering::SeqCst), 1);
    }
}

#[test]
fn an_add_takes_the_place_of_what_is_past_its_time_where_the_store_fills() {
    for atomic_add in [true, false] {
        let (larder, cache, _) = claiming(Capabilities { atomic_add, ..Capabilities::ALL });
        cache.blocking().set("key", 1_u8, Options::ttl(1).stale(60)).unwrap();
        larder.advance(2 * SECOND);
        assert!(cache.blocking().add("key", 2_u8, MINUTE).unwrap());
        assert_eq!(cache.blocking().get::<u8>("key").unwrap(), Some(2));
    }
}

#[test]
fn a_number_gets_another_time_by_a_fill_where_the_store_cannot_touch() {
    let (larder, cache, store) = claiming(Capabilities { touch: false, ..Capabilities::ALL });
    cache.blocking().set("visits", 7_i64, Options::ttl(10)).unwrap();
    assert_eq!(lying(&*store, "visits").as_deref(), Some(&b"7"[..]), "the store counts with it");
    assert!(cache.blocking().touch("visits", Ttl::For(60 * SECOND)).unwrap());
    assert_eq!(block_on(store.ttl(&name("visits"))).unwrap(), Some(Remaining::For(60 * SECOND)));
    larder.advance(20 * SECOND);
    assert_eq!(cache.blocking().incr("visits", 1).unwrap(), 8);
    larder.advance(40 * SECOND);
    assert!(!cache.blocking().touch("visits", Ttl::Forever).unwrap(), "what has expired stays expired");
}

#[test]
fn a_value_over_the_limit_that_a_store_states_is_refused_before_it_is_asked() {
    let (larder, cache, store) = claiming(Capabilities { max_value_bytes: Some(100), ..Capabilities::NONE });
    cache.blocking().set("key", 1_u8, MINUTE).unwrap();
    let error = cache.blocking().set("key", "long".repeat(100), MINUTE).unwrap_err();
    assert_eq!((error.kind(), lying(&*store, "key")), (Kind::TooLarge, None));
    cache.blocking().get_or_load("key", MINUTE, || "long".repeat(100));
    assert_eq!((larder.cache("default").stats().refused, lying(&*store, "key")), (1, None));
}
