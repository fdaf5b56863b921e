//! Reading, writing and counting by hand.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use larder::{Kind, Local, Options, Settings, Ttl, testing};

const SECOND: Duration = Duration::from_secs(1);
const OPTIONS: Options = Options::forever();

#[test]
fn nothing_is_a_value_like_another() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let cache = cache.blocking();
    cache.set("key", None::<String>, OPTIONS).unwrap();
    assert_eq!(cache.get::<Option<String>>("key").unwrap(), Some(None));
    assert!(cache.has("key").unwrap());
    assert!(!cache.add("key", Some("late".to_owned()), OPTIONS).unwrap());
}

#[test]
fn a_default_stands_in_for_what_is_missing_and_only_for_that() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    assert_eq!(cache.blocking().get_or("key", 7_u64).unwrap(), 7);
    assert!(!cache.blocking().has("key").unwrap(), "the default is not kept");
    cache.blocking().set("key", 0_u64, OPTIONS).unwrap();
    assert_eq!(cache.blocking().get_or("key", 7_u64).unwrap(), 0, "nothing and zero are values");
}

#[test]
fn a_time_of_zero_keeps_nothing_and_removes_what_was() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let cache = cache.blocking();
    cache.set("key", 1_u64, OPTIONS).unwrap();
    cache.set("key", 2_u64, Options::ttl(0)).unwrap();
    assert_eq!(cache.get::<u64>("key").unwrap(), None);
    assert!(cache.add("key", 3_u64, Options::ttl(0)).unwrap());
    assert_eq!(cache.get::<u64>("key").unwrap(), None);
}

#[test]
fn add_keeps_the_value_and_the_time_of_a_live_entry() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let cache = cache.blocking();
    assert!(cache.add("key", 1_u64, Options::ttl(10)).unwrap());
    larder.advance(4 * SECOND);
    assert!(!cache.add("key", 2_u64, Options::ttl(100)).unwrap());
    assert_eq!(cache.get::<u64>("key").unwrap(), Some(1));
    assert_eq!(cache.ttl("key").unwrap(), Some(Ttl::For(6 * SECOND)));
    larder.advance(6 * SECOND);
    assert!(cache.add("key", 2_u64, Options::ttl(100)).unwrap(), "an expired entry is none");
}

#[test]
fn add_has_one_winner() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    for round in 0..200 {
        let winners = thread::scope(|scope| {
            let add = || cache.blocking().add(format!("lock:{round}"), 1_u64, OPTIONS).unwrap();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(add)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).filter(|won| *won).count()
        });
        assert_eq!(winners, 1);
    }
}

#[test]
fn touch_gives_another_time_and_never_revives_what_has_expired() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let cache = cache.blocking();
    cache.set("key", 1_u64, Options::ttl(10)).unwrap();
    larder.advance(9 * SECOND);
    assert!(cache.touch("key", Ttl::For(10 * SECOND)).unwrap());
    larder.advance(9 * SECOND);
    assert_eq!(cache.get::<u64>("key").unwrap(), Some(1));
    larder.advance(SECOND);
    assert!(!cache.touch("key", Ttl::For(10 * SECOND)).unwrap());
    assert_eq!(cache.get::<u64>("key").unwrap(), None);
    cache.set("key", 1_u64, Options::ttl(10)).unwrap();
    assert!(cache.touch("key", Ttl::Forever).unwrap());
    assert_eq!(cache.ttl("key").unwrap(), Some(Ttl::Forever));
    assert!(cache.touch("key", Ttl::For(Duration::ZERO)).unwrap());
    assert!(!cache.has("key").unwrap());
}

#[test]
fn counting_is_atomic_and_keeps_the_time_that_is_left() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    cache.blocking().add("visits", 0_i64, Options::ttl(10)).unwrap();
    larder.advance(4 * SECOND);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..50 {
                    cache.blocking().incr("visits", 1).unwrap();
                }
            });
        }
    });
    assert_eq!(cache.blocking().get::<i64>("visits").unwrap(), Some(400));
    assert_eq!(cache.blocking().ttl("visits").unwrap(), Some(Ttl::For(6 * SECOND)));
    assert_eq!(cache.blocking().decr("visits", 500).unwrap(), -100, "it does not stop at nothing");
}

#[test]
fn counting_what_is_not_there_is_no_number_or_would_overflow_is_an_error_and_changes_nothing() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let cache = cache.blocking();
    assert_eq!(cache.incr("missing", 1).unwrap_err().kind(), Kind::Missing);
    cache.set("text", "1".to_owned(), OPTIONS).unwrap();
    assert_eq!(cache.incr("text", 1).unwrap_err().kind(), Kind::NotANumber);
    cache.set("full", i64::MAX, OPTIONS).unwrap();
    assert_eq!(cache.incr("full", 1).unwrap_err().kind(), Kind::Overflow);
    assert_eq!(cache.decr("full", i64::MIN).unwrap_err().kind(), Kind::Overflow);
    assert_eq!(cache.get::<i64>("full").unwrap(), Some(i64::MAX));
    cache.set("gone", 1_i64, Options::ttl(1)).unwrap();
    larder.advance(SECOND);
    assert_eq!(cache.incr("gone", 1).unwrap_err().kind(), Kind::Missing);
}

#[test]
fn a_version_can_be_moved_with_the_time_that_is_left_and_a_step_of_nothing_loses_nothing() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    cache.blocking().set("key", 7_u64, Options::ttl(10)).unwrap();
    larder.advance(4 * SECOND);
    assert_eq!(cache.blocking().incr_version::<u64>("key", 0).unwrap(), 1);
    assert_eq!(cache.blocking().get::<u64>("key").unwrap(), Some(7));
    assert_eq!(cache.blocking().incr_version::<u64>("key", 2).unwrap(), 3);
    assert_eq!(cache.blocking().get::<u64>("key").unwrap(), None);
    let third = cache.at_version(3).unwrap();
    assert_eq!(third.blocking().ttl("key").unwrap(), Some(Ttl::For(6 * SECOND)));
    assert_eq!(third.blocking().decr_version::<u64>("key", 2).unwrap(), 1);
    assert_eq!(cache.blocking().get::<u64>("key").unwrap(), Some(7));
    let error = cache.at_version("next").unwrap().blocking().incr_version::<u64>("key", 1).unwrap_err();
    assert_eq!(error.kind(), Kind::NotANumber);
}

#[test]
fn many_at_once_keep_their_order_and_say_what_is_missing() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let cache = cache.blocking();
    assert!(cache.set_many([("a", 1_u64), ("b", 2)], OPTIONS).is_empty());
    assert_eq!(cache.get_many::<u64>(["b", "c", "a"]).unwrap(), [Some(2), None, Some(1)]);
    assert_eq!(cache.delete_many(["a", "c"]).unwrap(), 1);
    assert_eq!(cache.get_many::<u64>(["a", "b"]).unwrap(), [None, Some(2)]);
    assert_eq!(cache.get_many::<u64>([] as [&str; 0]).unwrap(), []);
}

#[test]
fn set_many_says_which_values_were_too_large() {
    let settings = Settings::memory().max_bytes(1_000);
    let larder = testing::isolated_with([("default", settings)]).unwrap();
    let cache = larder.cache("default");
    cache.blocking().set("large", "small".to_owned(), OPTIONS).unwrap();
    let entries = [("small", "x".repeat(10)), ("large", "x".repeat(2_000))];
    let failed = cache.blocking().set_many(entries, OPTIONS);
    assert_eq!(failed.len(), 1);
    assert_eq!((failed[0].0.as_str(), failed[0].1.kind()), ("large", Kind::TooLarge));
    assert!(cache.blocking().has("small").unwrap());
    assert!(!cache.blocking().has("large").unwrap(), "the old value is not left behind");
}

#[test]
fn another_type_than_was_written_is_a_miss_that_is_counted() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    cache.blocking().set("key", 1_u64, OPTIONS).unwrap();
    assert_eq!(cache.blocking().get::<String>("key").unwrap(), None);
    assert_eq!(cache.stats().foreign, 1);
    assert_eq!(cache.blocking().get::<u64>("key").unwrap(), Some(1));
    let text = cache.blocking().get_or_load("key", OPTIONS, || "loaded".to_owned());
    assert_eq!(text, "loaded");
}

#[test]
fn a_value_that_knows_nothing_of_serde_is_kept_in_this_process() {
    struct Connection(u8);
    let larder = testing::isolated();
    let cache = larder.cache("default");
    cache.blocking().set("pool", Local(Arc::new(Connection(7))), OPTIONS).unwrap();
    let Local(found) = cache.blocking().get::<Local<Arc<Connection>>>("pool").unwrap().expect("it was just kept");
    assert_eq!(found.0, 7);
}

#[test]
fn a_cache_is_bounded() {
    let larder = testing::isolated_with([("default", Settings::memory().max_entries(100))]).unwrap();
    let cache = larder.cache("default");
    for entry in 0..1_000_u64 {
        cache.blocking().set(format!("entry:{entry}"), entry, OPTIONS).unwrap();
    }
    let stats = cache.stats();
    assert!(stats.entries <= 100, "{} entries", stats.entries);
    assert_eq!(stats.evictions, 1_000 - stats.entries);
}

#[test]
fn a_value_weighs_something_only_where_weights_are_bounded() {
    for (settings, is_counted) in [(Settings::memory(), false), (Settings::memory().max_bytes(1_000), true)] {
        let larder = testing::isolated_with([("default", settings)]).unwrap();
        let handle = larder.cache("default");
        let cache = handle.blocking();
        cache.set("set", "text".to_owned(), OPTIONS).unwrap();
        cache.get_or_load("loaded", OPTIONS, || "text".to_owned());
        cache.set("count", 1_i64, OPTIONS).unwrap();
        cache.incr("count", 1).unwrap();
        let stats = handle.stats();
        assert_eq!((stats.entries, stats.bytes > 0), (3, is_counted));
    }
}

#[test]
fn values_of_more_types_than_have_columns_are_all_kept() {
    // One shard: a type has a column in each.
    let larder = testing::isolated_with([("default", Settings::memory().max_entries(100))]).unwrap();
    let handle = larder.cache("default");
    let cache = handle.blocking();
    macro_rules! each_of {
        ($($type:ty)*) => {
            for _ in 0..2 {
                $(cache.set(stringify!($type), <$type>::default(), OPTIONS).unwrap();)*
                $(assert_eq!(cache.get(stringify!($type)).unwrap(), Some(<$type>::default()));)*
            }
        };
    }
    each_of! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 bool char }
    assert_eq!(handle.stats().entries, 16);
}

#[test]
fn settings_that_cannot_work_say_what_to_write_instead() {
    let error = |settings| testing::isolated_with([("default", settings)]).unwrap_err().to_string();
    assert_eq!(
        error(Settings::memory().max_entries(0)),
        "cache `default`: `max_entries` is 0; for a cache that keeps nothing write `Settings::null()`"
    );
    assert_eq!(
        error(Settings::null().max_bytes(10)),
        "cache `default`: `max_entries` and `max_bytes` bound a cache in memory; this one lives elsewhere"
    );
    assert!(error(Settings::memory().key_prefix("p".repeat(60))).contains("prefix"));
}

#[tokio::test]
async fn an_error_says_what_kind_it_is_and_whether_to_try_again() {
    let larder = testing::isolated();
    let error = larder.cache("default").incr("nothing", 1).await.unwrap_err();
    assert_eq!((error.kind(), error.is_transient()), (Kind::Missing, false));
    assert_eq!(error.to_string(), "there is no live entry under `nothing`: begin it with `add`");
}
