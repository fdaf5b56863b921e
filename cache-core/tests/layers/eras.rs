//! Clearing one cache in a store that cannot tell its entries from others.

use std::sync::Arc;
use std::time::Duration;

use cache_core::backend::layer::Eras;
use cache_core::backend::{self, Backend, Calls, Capabilities, Counting, Memory};
use cache_core::cache::Cache;
use cache_core::clock::Clock;
use cache_core::key::Scope;
use cache_core::policy::Options;
use cache_core::registry::Settings;
use cache_core::testing::{self, Isolated, conformance};

use crate::store::Claiming;

const SECOND: Duration = Duration::from_secs(1);
const OPTIONS: Options = Options::forever();

type Erased = dyn backend::ErasedBackend;
type Masked = Counting<Claiming>;

/// A store in memory that cannot tell scopes apart.
fn masked(clock: &Clock) -> Arc<Masked> {
    let can = Capabilities { clear_scope: false, ..Capabilities::ALL };
    Arc::new(Counting::new(Claiming { inner: Memory::new(clock.clone()), can }))
}

/// Makes the cache of one more process, or of a neighbour.
fn process(store: &Arc<Masked>, clock: &Clock, prefix: &str) -> (Isolated, Cache) {
    let settings = Settings::backend(Arc::clone(store)).key_prefix(prefix);
    let larder = testing::isolated_at(clock.clone(), [("default", settings)]).expect("settings that can work");
    let cache = larder.cache("default");
    (larder, cache)
}

fn get(cache: &Cache) -> Option<u8> {
    cache.blocking().get("key").expect("the store is there")
}

fn set(cache: &Cache, value: u8) {
    cache.blocking().set("key", value, OPTIONS).expect("the store is there");
}

#[test]
fn a_store_whose_scopes_are_eras_does_all_else_as_it_did() {
    let clock = Clock::manual();
    let store: Arc<Erased> = masked(&clock);
    let eras = Eras::new(store, "suite", clock.clone(), || false).unwrap();
    let report = conformance::Suite::new(&eras, &|time| clock.advance(time)).run();
    // A part of a scope is none that anybody would clear.
    let parts = [
        "clear_scope takes every character for itself",
        "clear_scope removes the first and the last names that there can be",
        "a fill is not kept after more than its scope was cleared",
    ];
    let failures: Vec<_> = report.failures.iter().filter(|failure| !parts.contains(&failure.case)).collect();
    assert!(failures.is_empty() && report.held.len() > 60, "{failures:#?}");
}

#[test]
fn a_clear_removes_what_has_this_prefix_and_version_and_nothing_else() {
    let clock = Clock::manual();
    let store = masked(&clock);
    let (_shop, shop) = process(&store, &clock, "shop");
    let (_blog, blog) = process(&store, &clock, "blog");
    let (next, part, other) = (shop.at_version(2).unwrap(), shop.namespace("part"), shop.namespace("other"));
    let all = [&shop, &blog, &next, &part, &other];
    let holds = |expected: [bool; 5]| assert_eq!(all.map(|cache| get(cache).is_some()), expected);
    for cache in all {
        set(cache, 1);
    }
    holds([true; 5]);
    part.blocking().clear().unwrap();
    holds([true, true, true, false, true]);
    shop.blocking().clear().unwrap();
    holds([false, true, true, false, false]);
    for cache in all {
        set(cache, 2);
    }
    holds([true; 5]);
    clock.advance(10 * SECOND);
    holds([true; 5]);
    next.blocking().clear_store().unwrap();
    holds([false; 5]);
}

#[test]
fn counts_are_cleared_too_and_counted_by_the_store() {
    let clock = Clock::manual();
    let (_larder, cache) = process(&masked(&clock), &clock, "");
    let cache = cache.blocking();
    cache.add("count", 1_i64, OPTIONS).unwrap();
    assert_eq!(cache.incr("count", 1).unwrap(), 2);
    cache.clear().unwrap();
    assert!(cache.incr("count", 1).is_err() && cache.add("count", 7_i64, OPTIONS).unwrap());
}

#[test]
fn another_process_sees_a_clear_within_a_second() {
    let clock = Clock::manual();
    let store = masked(&clock);
    let (one, two) = (process(&store, &clock, ""), process(&store, &clock, ""));
    set(&one.1, 1);
    assert_eq!((get(&one.1), get(&two.1)), (Some(1), Some(1)));
    one.1.blocking().clear().unwrap();
    assert_eq!(get(&one.1), None, "who clears sees it at once");
    clock.advance(SECOND);
    assert_eq!(get(&two.1), None);
    set(&two.1, 2);
    assert_eq!((get(&one.1), get(&two.1)), (Some(2), Some(2)));
}

#[test]
fn who_changes_something_misses_nothing_that_was_kept_after_a_clear() {
    let clock = Clock::manual();
    let store = masked(&clock);
    let (one, two) = (process(&store, &clock, ""), process(&store, &clock, ""));
    let ways: [fn(&Cache); 3] = [
        |cache| assert!(cache.blocking().delete("key").unwrap()),
        |cache| assert_eq!(cache.blocking().delete_many(["key"]).unwrap(), 1),
        |cache| cache.blocking().set("key", 0_u8, Options::ttl(0)).unwrap(),
    ];
    for change in ways {
        set(&two.1, 1);
        one.1.blocking().clear().unwrap();
        set(&one.1, 2);
        change(&two.1);
        assert_eq!(get(&one.1), None);
    }
    one.1.blocking().clear().unwrap();
    assert!(one.1.blocking().add("key", 3_u8, OPTIONS).unwrap());
    assert!(!two.1.blocking().add("key", 4_u8, OPTIONS).unwrap(), "of two who add one wins");
}

#[test]
fn what_was_read_before_a_clear_is_not_kept_after_it() {
    let clock = Clock::manual();
    let store = masked(&clock);
    let (one, two) = (process(&store, &clock, ""), process(&store, &clock, ""));
    let old = one.1.blocking().get_or_load("key", OPTIONS, || {
        two.1.blocking().clear().unwrap();
        clock.advance(SECOND);
        1_u8
    });
    assert_eq!((old, get(&one.1), get(&two.1)), (1, None, None));
}

#[test]
fn a_marker_that_is_lost_takes_everything_along_and_brings_nothing_back() {
    let clock = Clock::manual();
    let inner = Arc::new(Memory::new(clock.clone()));
    let store: Arc<Erased> = Arc::new(Counting::new(Arc::clone(&inner)));
    let eras: Arc<Erased> = Arc::new(Eras::new(store, "", clock.clone(), || false).unwrap());
    let name = Scope::new("", "1", None).unwrap().name(&"key".into());
    testing::block_on(async {
        eras.set(&name, b"old", None).await.unwrap();
        inner.clear_scope(":%=:era:").await.unwrap();
        clock.advance(SECOND);
        assert_eq!(eras.get(&name).await.unwrap(), None);
        clock.advance(10 * SECOND);
        assert_eq!(eras.get(&name).await.unwrap(), None);
        eras.set(&name, b"new", None).await.unwrap();
        assert_eq!(eras.get(&name).await.unwrap().as_deref(), Some(&b"new"[..]));
    });
}

#[test]
fn a_hit_asks_for_its_era_once_in_a_while_and_who_can_clear_pays_nothing() {
    let clock = Clock::manual();
    let store = masked(&clock);
    let (_larder, cache) = process(&store, &clock, "");
    set(&cache, 1);
    let before = store.calls().gets;
    (0..100).for_each(|_| assert_eq!(get(&cache), Some(1)));
    assert_eq!(store.calls().gets - before, 100);
    clock.advance(SECOND);
    (0..100).for_each(|_| assert_eq!(get(&cache), Some(1)));
    assert_eq!(store.calls().gets - before, 201);
    let able = Arc::new(Counting::new(Memory::new(clock.clone())));
    let larder = testing::isolated_at(clock, [("default", Settings::backend(Arc::clone(&able)))]).unwrap();
    set(&larder.cache("default"), 1);
    assert_eq!(able.calls(), Calls { sets: 1, ..Calls::default() });
}

#[test]
fn names_that_a_function_writes_cannot_be_cleared_apart_and_cost_nothing_more() {
    let clock = Clock::manual();
    let store = masked(&clock);
    let settings = Settings::backend(Arc::clone(&store)).key_function(|_, _, key, name| name.write_str(key));
    let larder = testing::isolated_at(clock, [("default", settings)]).unwrap();
    let cache = larder.cache("default");
    set(&cache, 1);
    assert!(cache.blocking().clear().is_err());
    assert_eq!((get(&cache), store.calls()), (Some(1), Calls { gets: 1, sets: 1, deletes: 0 }));
}

#[test]
fn what_was_done_in_an_era_that_is_over_is_seen_by_nobody() {
    let clock = Clock::manual();
    let store = masked(&clock);
    let [one, two, three] = [(); 3].map(|()| process(&store, &clock, ""));
    let ways: [fn(&Cache); 2] = [
        |cache| set(cache, 3),
        |cache| assert!(!cache.blocking().add("key", 4_u8, OPTIONS).unwrap(), "another one has added it"),
    ];
    for change in ways {
        set(&two.1, 1);
        assert!(two.1.blocking().delete("key").unwrap());
        clock.advance(SECOND);
        assert_eq!((get(&two.1), get(&three.1)), (None, None), "both know the era");
        one.1.blocking().clear().unwrap();
        set(&one.1, 2);
        change(&two.1);
        assert_eq!(get(&three.1), None, "it has not heard of the clear yet");
        clock.advance(SECOND);
        assert_eq!(get(&three.1), get(&two.1));
    }
}
