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

#[test]
fn two_tests_at_once_do_not_see_each_others_caches_or_clocks() {
    let larder = testing::isolated();
    larder.cache("default").blocking().set("key", 1_u64, Options::ttl(10)).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let other = testing::isolated();
            assert_eq!(other.cache("default").blocking().get::<u64>("key").unwrap(), None);
            other.advance(std::time::Duration::from_secs(100));
        });
    });
    assert_eq!(larder.cache("default").blocking().get::<u64>("key").unwrap(), Some(1));
}

#[test]
fn threads_that_ask_for_a_new_cache_at_once_get_the_same_one() {
    let larder = testing::isolated();
    let handle = larder.handle();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let handle = &handle;
            scope.spawn(move || {
                handle.cache("new").blocking().set(format!("key:{thread}"), 1_u64, Options::forever()).unwrap();
            });
        }
    });
    assert_eq!(larder.cache("new").stats().entries, 8);
}

#[test]
fn a_thread_of_the_test_sees_its_caches_once_it_has_entered() {
    let larder = testing::isolated();
    larder.cache("mine").blocking().set("key", 1_u64, Options::forever()).unwrap();
    let handle = larder.handle();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            assert!(larder::cache("mine").is_err(), "the program itself has no such cache");
            let _entered = handle.enter();
            assert_eq!(larder::cache("mine").unwrap().blocking().get::<u64>("key").unwrap(), Some(1));
        });
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scoped_task_sees_the_caches_of_its_test_on_whatever_thread_it_runs() {
    let handle = {
        let larder = testing::isolated();
        larder.cache("mine").blocking().set("key", 1_u64, Options::forever()).unwrap();
        larder.handle()
    };
    let task = tokio::spawn(handle.scope(async {
        tokio::task::yield_now().await;
        larder::cache("mine").unwrap().get::<u64>("key").await.unwrap()
    }));
    assert_eq!(task.await.unwrap(), Some(1));
}
