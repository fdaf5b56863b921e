//! Stale on purpose only: while somebody loads, when loading fails, and never for longer than was asked for.

use std::time::Duration;

use larder::{Options, testing};
use tokio::sync::Notify;

use crate::Runs;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_value_is_fresh_for_its_time_and_not_a_moment_longer() {
    let larder = testing::isolated();
    let (cache, runs) = (larder.cache("default"), Runs::default());
    let load = || cache.blocking().get_or_load("key", Options::ttl(10), || runs.next() as u64);
    assert_eq!(load(), 1);
    larder.advance(Duration::from_nanos(9_999_999_999));
    assert_eq!(load(), 1);
    larder.advance(Duration::from_nanos(1));
    assert_eq!(load(), 2);
}

#[test]
fn a_value_without_a_time_of_its_own_is_kept_for_five_minutes() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    cache.blocking().set("key", 1_u64, Options::DEFAULT).unwrap();
    larder.advance(299 * SECOND);
    assert!(cache.blocking().has("key").unwrap());
    larder.advance(SECOND);
    assert!(!cache.blocking().has("key").unwrap());
}

/// One refresh, not one a caller: all others get the old value while the first one loads.
#[tokio::test]
async fn past_its_time_one_caller_loads_and_the_others_get_the_stale_value() {
    let larder = testing::isolated();
    let (cache, runs, gate) = (larder.cache("default"), Runs::default(), Notify::new());
    let options = Options::ttl(10).stale(5);
    let body = || async {
        let run = runs.next();
        if run > 1 {
            gate.notified().await;
        }
        run as u64
    };
    assert_eq!(cache.get_or_load("key", options, body).await, 1);
    larder.advance(12 * SECOND);
    let first = cache.get_or_load("key", options, body);
    let (first, others) = tokio::join!(first, async {
        let mut values = Vec::new();
        for _ in 0..5 {
            values.push(cache.get_or_load("key", options, body).await);
        }
        gate.notify_one();
        values
    });
    assert_eq!((first, others), (2, vec![1; 5]));
    assert_eq!(runs.count(), 2);
    assert_eq!(cache.stats().stale, 5);
}

#[test]
fn past_the_time_for_stale_values_nobody_gets_one() {
    let larder = testing::isolated();
    let (cache, runs) = (larder.cache("default"), Runs::default());
    let load = || cache.blocking().get_or_load("key", Options::ttl(10).stale(5), || runs.next() as u64);
    load();
    larder.advance(15 * SECOND);
    assert_eq!(load(), 2);
}

#[tokio::test]
async fn near_its_end_a_value_in_use_is_loaded_anew_once() {
    let larder = testing::isolated();
    let (cache, runs, gate) = (larder.cache("default"), Runs::default(), Notify::new());
    let options = Options::ttl(10).refresh_ahead(0.8);
    let body = || async {
        let run = runs.next();
        if run > 1 {
            gate.notified().await;
        }
        run as u64
    };
    cache.get_or_load("key", options, body).await;
    larder.advance(8 * SECOND + Duration::from_millis(1));
    let (first, others) = tokio::join!(cache.get_or_load("key", options, body), async {
        let mut values = Vec::new();
        for _ in 0..5 {
            values.push(cache.get_or_load("key", options, body).await);
        }
        gate.notify_one();
        values
    });
    assert_eq!((first, others), (2, vec![1; 5]));
    larder.advance(5 * SECOND);
    assert_eq!(cache.get_or_load("key", options, body).await, 2, "the refreshed value has a whole time of its own");
    assert_eq!(runs.count(), 2);
    assert_eq!((cache.stats().hits, cache.stats().misses), (6, 1), "who was served meanwhile was served");
}

/// It stands in a column, and is loaded ahead all the same: when it was made is noted there.
#[test]
fn a_text_that_somebody_set_is_loaded_ahead_by_one_who_asks_for_that() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let load = || cache.blocking().get_or_load("key", Options::ttl(100).refresh_ahead(0.5), || "new".to_owned());
    cache.blocking().set("key", "old".to_owned(), Options::ttl(100)).unwrap();
    larder.advance(40 * SECOND);
    assert_eq!(load(), "old");
    larder.advance(20 * SECOND);
    assert_eq!(load(), "new");
}

#[test]
fn a_failing_refresh_does_not_cost_the_value_that_is_still_fresh_and_is_not_tried_by_every_caller() {
    let larder = testing::isolated();
    let (cache, runs) = (larder.cache("default"), Runs::default());
    let options = Options::ttl(100).refresh_ahead(0.5);
    let load = || {
        cache.blocking().try_get_or_load("key", options, || match runs.next() {
            1 => Ok(1_u64),
            run => Err(run),
        })
    };
    assert_eq!(load(), Ok(1));
    larder.advance(60 * SECOND);
    for _ in 0..10 {
        assert_eq!(load(), Ok(1));
    }
    assert_eq!(runs.count(), 2, "one try, then quiet");
    larder.advance(6 * SECOND);
    assert_eq!(load(), Ok(1));
    assert_eq!(runs.count(), 3, "and one more after a while");
}

#[test]
fn when_loading_fails_the_old_value_is_served_for_as_long_as_was_asked_for_and_failures_do_not_hammer() {
    let larder = testing::isolated();
    let (cache, runs) = (larder.cache("default"), Runs::default());
    let options = Options::ttl(10).stale_if_error(100);
    let load = || {
        cache.blocking().try_get_or_load("key", options, || match runs.next() {
            1 => Ok(1_u64),
            run => Err(run),
        })
    };
    assert_eq!(load(), Ok(1));
    larder.advance(20 * SECOND);
    for _ in 0..10 {
        assert_eq!(load(), Ok(1));
    }
    assert_eq!(runs.count(), 2);
    for _ in 0..80 {
        larder.advance(SECOND);
        assert_eq!(load(), Ok(1));
    }
    assert!((10..20).contains(&runs.count()), "tried now and then, not by every caller: {}", runs.count());
    larder.advance(10 * SECOND);
    assert!(load().is_err(), "a failure never makes the old value live longer");
}

#[test]
fn without_stale_if_error_a_failure_is_a_failure() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    cache.blocking().set("key", 1_u64, Options::ttl(10)).unwrap();
    larder.advance(11 * SECOND);
    let outcome = cache.blocking().try_get_or_load("key", Options::ttl(10), || Err::<u64, _>("down"));
    assert_eq!(outcome, Err("down"));
}

#[test]
fn a_good_answer_after_bad_ones_is_kept_again() {
    let larder = testing::isolated();
    let (cache, runs) = (larder.cache("default"), Runs::default());
    let options = Options::ttl(10).stale_if_error(100);
    let load = || {
        cache.blocking().try_get_or_load("key", options, || match runs.next() {
            2 => Err("down"),
            run => Ok(run as u64),
        })
    };
    assert_eq!(load(), Ok(1));
    larder.advance(11 * SECOND);
    assert_eq!(load(), Ok(1));
    larder.advance(6 * SECOND);
    assert_eq!(load(), Ok(3));
    larder.advance(9 * SECOND);
    assert_eq!(load(), Ok(3));
}

#[test]
fn with_jitter_not_all_values_of_one_moment_end_at_one_moment() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    for entry in 0..200 {
        cache.blocking().set(format!("entry:{entry}"), 1_u64, Options::ttl(100).jitter(0.5)).unwrap();
    }
    let alive = || (0..200).filter(|entry| cache.blocking().has(format!("entry:{entry}")).unwrap()).count();
    larder.advance(49 * SECOND);
    assert_eq!(alive(), 200);
    larder.advance(26 * SECOND);
    assert!((20..180).contains(&alive()), "about half of them: {}", alive());
    larder.advance(25 * SECOND);
    assert_eq!(alive(), 0);
}

#[test]
fn a_body_can_set_the_time_of_its_own_result() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let load = || {
        cache.blocking().get_or_load("key", Options::ttl(1000), || {
            assert!(larder::entry::keep_for(3));
            1_u64
        })
    };
    load();
    assert_eq!(cache.blocking().ttl("key").unwrap(), Some(larder::Ttl::For(3 * SECOND)));
    assert!(!larder::entry::keep_for(3), "outside of a body there is nothing to say it of");
}

#[test]
fn parts_of_a_time_that_are_none_are_refused_where_they_are_said() {
    for part in [0.0, 1.0, -0.5, 80.0, f32::NAN, f32::INFINITY] {
        assert!(std::panic::catch_unwind(|| Options::ttl(10).refresh_ahead(part)).is_err(), "{part}");
        assert_eq!(std::panic::catch_unwind(|| Options::ttl(10).jitter(part)).is_err(), part != 0.0, "{part}");
    }
}
