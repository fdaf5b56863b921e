//! Tags: groups of entries that go in one step, whatever is under way.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use larder::{Key, Kind, Options, Settings, entry, invalidate_tag_blocking, key, testing};
use tokio::sync::Notify;

use crate::Runs;

const OPTIONS: Options = Options::forever();

fn tagged(key: &str, tags: &[&str]) -> Key {
    Key::from(key).tagged(tags.iter().copied())
}

#[test]
fn one_step_invalidates_all_entries_of_a_tag_in_all_caches_and_versions_and_no_others() {
    let larder = testing::isolated();
    let (pages, users) = (larder.cache("pages"), larder.cache("users"));
    let next = pages.at_version(2).unwrap();
    for cache in [&pages, &users, &next] {
        cache.blocking().set(tagged("a", &["one", "two"]), 1_u8, OPTIONS).unwrap();
        cache.blocking().set(tagged("b", &["two"]), 2_u8, OPTIONS).unwrap();
        cache.blocking().set("c", 3_u8, OPTIONS).unwrap();
    }
    invalidate_tag_blocking("one").unwrap();
    for cache in [&pages, &users, &next] {
        let left = cache.blocking().get_many::<u8>(["a", "b", "c"]).unwrap();
        assert_eq!(left, [None, Some(2), Some(3)]);
    }
    pages.blocking().set(tagged("a", &["one"]), 4_u8, OPTIONS).unwrap();
    assert_eq!(pages.blocking().get("a").unwrap(), Some(4_u8), "what is written afterwards is new");
}

#[test]
fn a_tag_is_a_text_however_it_was_written() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let cache = cache.blocking();
    let author = 7;
    cache.set(tagged("a", &["author:7"]), 1_u8, OPTIONS).unwrap();
    invalidate_tag_blocking(key!("author:<author>")).unwrap();
    assert!(!cache.has("a").unwrap());
    cache.set(Key::from("b").tagged([key!("author:<author>")]), 1_u8, OPTIONS).unwrap();
    invalidate_tag_blocking(format!("author:{author}")).unwrap();
    assert!(!cache.has("b").unwrap());
}

#[test]
fn what_a_tag_has_withdrawn_is_gone_for_every_operation() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let cache = cache.blocking();
    let again = || {
        cache.set(tagged("n", &["tag"]), 5_i64, OPTIONS).unwrap();
        assert!(cache.has("n").unwrap());
        invalidate_tag_blocking("tag").unwrap();
    };
    again();
    assert_eq!((cache.get::<i64>("n").unwrap(), cache.ttl("n").unwrap(), cache.has("n").unwrap()), (None, None, false));
    again();
    assert!(!cache.touch("n", larder::Ttl::Forever).unwrap());
    again();
    assert!(!cache.delete("n").unwrap(), "there was no live one");
    again();
    assert_eq!(cache.incr("n", 1).unwrap_err().kind(), Kind::Missing);
    again();
    assert!(cache.add("n", 6_i64, OPTIONS).unwrap());
    assert_eq!(cache.get("n").unwrap(), Some(6_i64), "and without the tag");
    again();
    assert_eq!(cache.get_or_load("n", OPTIONS, || 7_i64), 7);
    again();
    assert_eq!(cache.incr_version::<i64>("n", 1).unwrap_err().kind(), Kind::Missing);
}

#[test]
fn counting_touching_and_moving_keep_the_tags() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let cache = cache.blocking();
    for (key, version, change) in [("counted", 1, 0), ("touched", 1, 1), ("moved", 2, 2)] {
        cache.set(tagged(key, &["tag"]), 5_i64, OPTIONS).unwrap();
        match change {
            0 => assert_eq!(cache.incr(key, 1).unwrap(), 6),
            1 => assert!(cache.touch(key, larder::Ttl::For(Duration::from_secs(9))).unwrap()),
            _ => assert_eq!(cache.incr_version::<i64>(key, 1).unwrap(), 2),
        }
        let there = larder.cache("default").at_version(version).unwrap();
        assert!(there.blocking().has(key).unwrap(), "{key}");
        invalidate_tag_blocking("tag").unwrap();
        assert!(!there.blocking().has(key).unwrap(), "{key}");
    }
}

/// What was read before an invalidation is not kept after it, and nobody who asks after it waits for that.
#[tokio::test]
async fn a_tag_that_is_invalidated_during_a_load_wins() {
    let larder = testing::isolated();
    let (cache, runs, go_on) = (larder.cache("default"), Runs::default(), Notify::new());
    let known = || tagged("known", &["tag"]);
    let body = async || {
        let run = runs.next();
        if run == 1 {
            go_on.notified().await;
        }
        run
    };
    let before = cache.get_or_load(known(), OPTIONS, body);
    let after = async {
        invalidate_tag_blocking("tag").unwrap();
        let after = cache.get_or_load(known(), OPTIONS, body);
        tokio::join!(after, async { go_on.notify_one() }).0
    };
    assert_eq!(tokio::join!(before, after), (1, 2));
    assert_eq!(cache.get::<usize>("known").await.unwrap(), Some(2));
}

#[tokio::test]
async fn a_tag_that_a_body_tells_late_goes_back_to_when_it_began() {
    let larder = testing::isolated();
    let (cache, go_on) = (larder.cache("default"), Notify::new());
    let load = cache.get_or_load("late", OPTIONS, async || {
        go_on.notified().await;
        assert!(entry::tag("tag"));
        "read before the invalidation".to_owned()
    });
    tokio::join!(load, async {
        invalidate_tag_blocking("tag").unwrap();
        go_on.notify_one();
    });
    assert!(!cache.has("late").await.unwrap());
    cache.get_or_load("late", OPTIONS, async || entry::tag("tag")).await;
    assert!(cache.has("late").await.unwrap());
    invalidate_tag_blocking("tag").unwrap();
    assert!(!cache.has("late").await.unwrap());
}

#[test]
fn what_was_invalidated_is_served_neither_as_stale_nor_for_a_failure() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let options = Options::ttl(10).stale(60).stale_if_error(60);
    let load = |answer: Result<u8, &'static str>| {
        cache.blocking().try_get_or_load(tagged("key", &["tag"]), options, || answer)
    };
    assert_eq!(load(Ok(1)), Ok(1));
    larder.advance(Duration::from_secs(20));
    assert_eq!(load(Err("away")), Ok(1), "as was asked for");
    invalidate_tag_blocking("tag").unwrap();
    assert_eq!(load(Err("away")), Err("away"));

    assert_eq!(load(Ok(2)), Ok(2));
    larder.advance(Duration::from_secs(20));
    let context = &mut Context::from_waker(Waker::noop());
    let mut leads = pin!(cache.get_or_load(tagged("key", &["tag"]), options, std::future::pending::<u8>));
    assert!(leads.as_mut().poll(context).is_pending());
    let mut served = pin!(cache.get_or_load(tagged("key", &["tag"]), options, std::future::pending::<u8>));
    assert_eq!(served.as_mut().poll(context), Poll::Ready(2));
    invalidate_tag_blocking("tag").unwrap();
    let mut waits = pin!(cache.get_or_load(tagged("key", &["tag"]), options, std::future::pending::<u8>));
    assert!(waits.as_mut().poll(context).is_pending(), "there is nothing to serve meanwhile");
}

#[test]
fn a_namespace_has_keys_of_its_own_and_is_emptied_in_one_step() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let (one, two, inner) = (cache.namespace("one"), cache.namespace("two"), cache.namespace("one").namespace("in"));
    let all: [&larder::Cache; 5] = [&cache, &one, &two, &inner, &cache.at_version(2).unwrap().namespace("one")];
    let fill = || {
        for (number, cache) in (0_u8..).zip(all) {
            cache.blocking().set("key", number, OPTIONS).unwrap();
        }
    };
    let kept = || all.map(|cache| cache.blocking().get::<u8>("key").unwrap());
    fill();
    assert_eq!(kept(), [Some(0), Some(1), Some(2), Some(3), Some(4)]);
    one.invalidate_blocking().unwrap();
    assert_eq!(kept(), [Some(0), None, Some(2), None, None], "and what is inside it, and in other versions");
    fill();
    inner.invalidate_blocking().unwrap();
    assert_eq!(kept(), [Some(0), Some(1), Some(2), None, Some(4)]);
    one.blocking().clear().unwrap();
    assert_eq!(kept(), [Some(0), None, Some(2), None, Some(4)]);
    fill();
    assert!(two.blocking().delete("key").unwrap());
    two.blocking().set_many([("key", 7_u8), ("other", 8)], OPTIONS);
    assert_eq!(two.blocking().get_many::<u8>(["key", "other"]).unwrap(), [Some(7), Some(8)]);
    assert_eq!(cache.namespace("two").blocking().get("key").unwrap(), Some(7_u8), "a handle is only a handle");
}

#[test]
fn a_namespace_has_its_entries_back_from_another_version() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let (first, second) = (cache.namespace("a"), cache.at_version(2).unwrap().namespace("a"));
    first.at_version(2).unwrap().blocking().set("set", 1_u8, OPTIONS).unwrap();
    first.blocking().set("moved", 2_u8, OPTIONS).unwrap();
    first.blocking().incr_version::<u8>("moved", 1).unwrap();
    assert_eq!(second.blocking().get_many::<u8>(["set", "moved"]).unwrap(), [Some(1), Some(2)]);
    second.invalidate_blocking().unwrap();
    assert_eq!(second.blocking().get_many::<u8>(["set", "moved"]).unwrap(), [None, None]);
}

#[test]
fn no_two_namespaces_meet_whatever_they_are_called() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let spellings: [(larder::Cache, &str); 6] = [
        (cache.clone(), "a%/b%/c"),
        (cache.clone(), "a/b/c"),
        ((*cache.namespace("a")).clone(), "b%/c"),
        ((*cache.namespace("a").namespace("b")).clone(), "c"),
        ((*cache.namespace("a%/b")).clone(), "c"),
        ((*cache.namespace("a/b")).clone(), "c"),
    ];
    for (number, (cache, key)) in (0_u8..).zip(&spellings) {
        cache.blocking().set(*key, number, OPTIONS).unwrap();
    }
    for (number, (cache, key)) in (0_u8..).zip(&spellings) {
        assert_eq!(cache.blocking().get(*key).unwrap(), Some(number), "{key}");
    }
}

/// A counter in the place of a tag would begin again at one, and bring back what was kept then.
#[test]
fn a_namespace_that_nobody_has_spoken_of_for_long_brings_nothing_old_back() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    cache.namespace("user").blocking().set("name", "old".to_owned(), OPTIONS).unwrap();
    cache.namespace("user").invalidate_blocking().unwrap();
    for other in 0..1_000 {
        cache.namespace(other).blocking().set("name", "new".to_owned(), OPTIONS).unwrap();
        cache.namespace(other).invalidate_blocking().unwrap();
    }
    assert!(!cache.namespace("user").blocking().has("name").unwrap());
}

#[tokio::test]
async fn a_namespace_that_is_invalidated_during_a_load_wins() {
    let larder = testing::isolated();
    let (user, go_on) = (larder.cache("default").namespace("user"), Notify::new());
    let load = user.get_or_load("name", OPTIONS, async || {
        go_on.notified().await;
        "old".to_owned()
    });
    tokio::join!(load, async {
        user.invalidate_blocking().unwrap();
        go_on.notify_one();
    });
    assert!(!user.has("name").await.unwrap());
}

#[test]
fn a_result_that_is_withdrawn_already_drives_nobody_out() {
    let larder = testing::isolated_with([("small", Settings::memory().max_entries(1))]).unwrap();
    let cache = larder.cache("small");
    cache.blocking().set("lives", 1_u8, OPTIONS).unwrap();
    let load = || {
        invalidate_tag_blocking("tag").unwrap();
        2_u8
    };
    assert_eq!(cache.blocking().get_or_load(tagged("withdrawn", &["tag"]), OPTIONS, load), 2);
    assert!(cache.blocking().has("lives").unwrap());
    assert_eq!(cache.stats().superseded, 1);
}
