//! Caches switched off and on, and caches that keep nothing.

use larder::{Options, Settings, testing};

use crate::Runs;

#[test]
fn a_cache_that_is_switched_off_runs_every_body_and_serves_nothing_that_was_invalidated_meanwhile() {
    let larder = testing::isolated();
    let (cache, runs) = (larder.cache("default"), Runs::default());
    let load = || cache.blocking().get_or_load("key", Options::forever(), || runs.next() as u64);
    assert_eq!(load(), 1);
    cache.switch_off();
    assert_eq!((load(), load()), (2, 3));
    assert_eq!(cache.blocking().get::<u64>("key").unwrap(), None);
    cache.switch_on();
    assert_eq!(load(), 1, "what was kept is still there");
    cache.switch_off();
    cache.blocking().delete("key").unwrap();
    cache.switch_on();
    assert_eq!(load(), 4, "but not what was invalidated while nobody looked");
    assert_eq!(cache.stats().bypassed, 2);
}

#[test]
fn a_value_written_while_the_cache_is_off_does_not_leave_the_old_one_behind() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    cache.blocking().set("key", 1_u64, Options::forever()).unwrap();
    cache.switch_off();
    cache.blocking().set("key", 2_u64, Options::forever()).unwrap();
    cache.switch_on();
    assert_eq!(cache.blocking().get::<u64>("key").unwrap(), None);
}

#[test]
fn a_null_cache_keeps_nothing_and_everything_still_works() {
    let larder = testing::isolated_with([("default", Settings::null())]).unwrap();
    let (cache, runs) = (larder.cache("default"), Runs::default());
    let blocking = cache.blocking();
    assert_eq!(blocking.get_or_load("key", Options::forever(), || runs.next()), 1);
    assert_eq!(blocking.get_or_load("key", Options::forever(), || runs.next()), 2);
    blocking.set("key", 1_u64, Options::forever()).unwrap();
    assert!(blocking.add("key", 1_u64, Options::forever()).unwrap());
    assert_eq!(blocking.get::<u64>("key").unwrap(), None);
    assert!(!blocking.delete("key").unwrap() && !blocking.has("key").unwrap());
    assert!(blocking.incr("key", 1).is_err());
    blocking.clear().unwrap();
}

#[test]
fn a_release_leaves_the_entries_of_the_last_one_behind() {
    let release = |version| Settings::memory().version(version);
    let caches = [("default", release("release-1"))];
    let larder = testing::isolated_with(caches).unwrap();
    let cache = larder.cache("default");
    cache.blocking().set("key", 1_u64, Options::forever()).unwrap();
    let next = cache.at_version("release-2").unwrap();
    assert_eq!(next.blocking().get::<u64>("key").unwrap(), None);
    assert_eq!(cache.blocking().get::<u64>("key").unwrap(), Some(1));
}
