//! Caches switched off and on, and caches that keep nothing.

use larder::{Options, Settings, Ttl, cached, testing};

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

#[cached(key = "switches:kept:<number>")]
fn kept(number: u64) -> u64 {
    number
}

#[test]
fn a_value_put_beside_a_function_that_is_off_does_not_leave_the_old_one_behind_and_is_not_kept() {
    let _larder = testing::isolated();
    kept(1);
    kept::site().switch_off();
    kept::put(1, 100);
    kept::put(2, 200);
    kept::site().switch_on();
    assert_eq!((kept::get(1), kept::get(2)), (None, None));
}

#[test]
fn only_bodies_that_run_uncached_are_counted_as_such() {
    #[cached(key = "switches:kept_alone:<number>")]
    fn kept_alone(number: u64) -> u64 {
        number
    }
    let larder = testing::isolated();
    let counted = || (kept_alone::stats().bypassed, larder.cache("default").stats().bypassed);
    kept_alone::site().switch_off();
    assert_eq!((kept_alone(1), kept_alone::refresh(1)), (1, 1));
    assert_eq!(counted(), (2, 2));
    kept_alone::put(1, 100);
    assert_eq!(kept_alone::get(1), None);
    kept_alone::invalidate(1);
    assert_eq!(counted(), (2, 2));
}

#[larder::updates(kept(number))]
fn write(number: u64, value: u64) -> u64 {
    value
}

#[test]
fn a_write_that_updates_a_function_that_is_off_does_not_leave_the_old_value_behind_and_is_not_kept() {
    let _larder = testing::isolated();
    kept(4);
    kept::site().switch_off();
    assert_eq!((write(4, 400), write(5, 500)), (400, 500));
    kept::site().switch_on();
    assert_eq!((kept::get(4), kept::get(5)), (None, None));
}

#[test]
fn nothing_is_touched_in_a_cache_that_is_off() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    cache.blocking().set("key", 1_u64, Options::ttl(10)).unwrap();
    cache.switch_off();
    assert!(!cache.blocking().touch("key", Ttl::Forever).unwrap());
    cache.switch_on();
    assert_eq!(cache.blocking().ttl("key").unwrap(), Some(Ttl::For(std::time::Duration::from_secs(10))));
}

#[test]
fn a_cache_can_keep_for_ever_what_says_nothing_of_time() {
    let larder = testing::isolated_with([("default", Settings::memory().forever())]).unwrap();
    kept(3);
    larder.cache("default").blocking().set("timed", 1_u64, Options::ttl(10)).unwrap();
    larder.advance(std::time::Duration::from_secs(1_000_000_000));
    assert_eq!(kept::get(3), Some(3));
    assert!(!larder.cache("default").blocking().has("timed").unwrap(), "what says so itself goes before");
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
