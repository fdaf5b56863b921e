//! Looking at what is kept: which keys there are, and what is under one.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use larder::backend::{Capabilities, Memory};
use larder::clock::Clock;
use larder::testing::{self, Isolated};
use larder::{Cache, Key, Kind, Local, Options, Settings, Ttl, cached, invalidate_tag_blocking};

use crate::shared_store::Shared;

const FOREVER: Options = Options::forever();

/// Runs a test with a cache in memory, and with one in a store outside.
fn each(test: impl Fn(&Isolated)) {
    test(&testing::isolated());
    let clock = Clock::manual();
    let outside = Settings::backend(Memory::new(clock.clone()));
    test(&testing::isolated_at(clock, [("default", outside)]).unwrap());
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Returns all keys, and fails where one is told twice, which none of these stores does.
fn keys(cache: &Cache, start: &str) -> Vec<String> {
    let (mut walk, mut told) = (cache.keys(start), Vec::new());
    while let Some(keys) = walk.next_blocking().unwrap() {
        told.extend(keys.iter().map(Key::to_string));
    }
    let once: BTreeSet<_> = told.iter().cloned().collect();
    assert_eq!(once.len(), told.len(), "{told:?}");
    once.into_iter().collect()
}

#[test]
fn all_keys_are_told_once_and_those_of_neighbours_are_not() {
    each(|larder| {
        let cache = larder.cache("default");
        let (next, users) = (cache.at_version(2).unwrap(), cache.namespace("users"));
        for number in 0..1_500 {
            cache.blocking().set(format!("post:{number}"), number, FOREVER).unwrap();
        }
        let long = format!("post:{}", "x".repeat(300));
        cache.blocking().set(&long, 1, FOREVER).unwrap();
        next.blocking().set("post:next", 1, FOREVER).unwrap();
        users.blocking().set("ann", 1, FOREVER).unwrap();
        let posts = keys(&cache, "post:");
        assert_eq!(posts.len(), 1_501);
        assert!(posts.contains(&"post:1499".to_owned()) && posts.contains(&Key::from(&long).to_string()));
        assert_eq!(keys(&cache, "post:149").len(), 11);
        assert_eq!((keys(&next, ""), keys(&users, "")), (vec!["post:next".to_owned()], vec!["ann".to_owned()]));
        assert_eq!(keys(&cache, "nobody"), Vec::<String>::new());
    });
}

#[test]
fn what_is_over_or_was_invalidated_is_not_told() {
    each(|larder| {
        let cache = larder.cache("default");
        cache.blocking().set("short", 1, Options::ttl(5)).unwrap();
        cache.blocking().set("kept", 1, Options::ttl(5).stale(60)).unwrap();
        cache.blocking().set("gone", 1, FOREVER).unwrap();
        cache.blocking().set("stays", 1, FOREVER).unwrap();
        cache.blocking().delete("gone").unwrap();
        larder.advance(seconds(5));
        assert_eq!(keys(&cache, ""), ["kept", "stays"]);
        let kept = cache.inspect_blocking("kept").unwrap().expect("it may be served still");
        assert_eq!((kept.fresh_for, kept.kept_for), (Ttl::For(Duration::ZERO), Ttl::For(seconds(60))));
        assert_eq!([cache.inspect_blocking("short").unwrap(), cache.inspect_blocking("gone").unwrap()], [None, None]);
    });
}

#[test]
fn what_a_tag_has_withdrawn_has_nothing_to_be_looked_into() {
    each(|larder| {
        let cache = larder.cache("default");
        cache.blocking().set(Key::from("post:1").tagged(["author:7"]), 1, FOREVER).unwrap();
        assert!(cache.inspect_blocking("post:1").unwrap().is_some());
        invalidate_tag_blocking("author:7").unwrap();
        assert_eq!(cache.inspect_blocking("post:1").unwrap(), None);
    });
}

#[cached(key = "looked:<words>", ttl = 60)]
fn looked(words: &str) -> Vec<String> {
    words.split(' ').map(str::to_owned).collect()
}

#[test]
fn a_key_that_was_told_leads_to_the_entry_of_whatever_pattern_and_removes_it() {
    each(|larder| {
        looked("two words");
        let cache = larder.cache("default");
        let told = keys(&cache, "looked:");
        assert_eq!(told, ["looked:two%20words"]);
        let key = Key::reading(&told[0]).expect("it is a key");
        larder.advance(seconds(20));
        let entry = cache.inspect_blocking(&key).unwrap().expect("it is there");
        assert_eq!(entry.value.as_deref(), Some(r#"["two","words"]"#));
        assert_eq!((entry.age, entry.fresh_for), (Some(seconds(20)), Ttl::For(seconds(40))));
        assert_eq!((entry.mark, entry.bytes), (looked::key("two words").mark(), Some(11)));
        assert!(cache.blocking().delete(&key).unwrap());
        assert_eq!(looked::get("two words"), None);
    });
}

#[test]
fn of_a_text_it_is_told_how_old_it_is_whether_it_is_short_or_long() {
    each(|larder| {
        let cache = larder.cache("default");
        for (key, bytes) in [("short", 10), ("long", 10_000)] {
            cache.blocking().set(key, "x".repeat(bytes), Options::ttl(60)).unwrap();
            larder.advance(seconds(20));
            let entry = cache.inspect_blocking(key).unwrap().expect("it is there");
            assert_eq!((entry.age, entry.fresh_for), (Some(seconds(20)), Ttl::For(seconds(40))), "{key}");
        }
    });
}

#[test]
fn to_look_is_no_use_and_counts_nothing() {
    each(|larder| {
        let cache = larder.cache("default");
        cache.blocking().set("key", "text".to_owned(), FOREVER).unwrap();
        let before = cache.stats();
        assert!(cache.inspect_blocking("key").unwrap().is_some() && cache.inspect_blocking("none").unwrap().is_none());
        assert_eq!(keys(&cache, ""), ["key"]);
        assert_eq!(cache.stats(), before);
    });
}

/// What no store outside could take.
struct Pool;

#[test]
fn numbers_are_shown_and_what_cannot_be_written_out_is_not() {
    each(|larder| {
        let cache = larder.cache("default");
        cache.blocking().set("count", 5_i64, FOREVER).unwrap();
        cache.blocking().incr("count", 2).unwrap();
        let count = cache.inspect_blocking("count").unwrap().expect("it is there");
        assert_eq!((count.value.as_deref(), count.kept_for), (Some("7"), Ttl::Forever));
    });
    let larder = testing::isolated();
    let cache = larder.cache("default");
    cache.blocking().set("pool", Local(Arc::new(Pool)), FOREVER).unwrap();
    let pool = cache.inspect_blocking("pool").unwrap().expect("it is there");
    assert_eq!((pool.value, pool.bytes), (None, None));
}

#[test]
fn a_cache_that_keeps_nothing_has_no_keys_and_one_whose_names_are_joined_cannot_tell_them() {
    let join: larder::key::KeyFunction = |prefix, _, key, name| write!(name, "{key}@{prefix}");
    let larder =
        testing::isolated_with([("nothing", Settings::null()), ("joined", Settings::memory().key_function(join))])
            .unwrap();
    assert_eq!(keys(&larder.cache("nothing"), ""), Vec::<String>::new());
    let error = larder.cache("joined").keys("").next_blocking().unwrap_err();
    assert_eq!(error.kind(), Kind::Unsupported);
    assert!(error.to_string().contains("a function joins"), "{error}");
}

#[test]
fn a_store_that_cannot_tell_its_names_is_told_by_the_name_of_its_cache_and_with_those_that_can() {
    let clock = Clock::manual();
    let (_larder, cache) = Shared::new(&clock, Capabilities::ALL, false).process(&clock);
    let error = cache.keys("").next_blocking().unwrap_err();
    assert_eq!(error.kind(), Kind::Unsupported);
    assert!(error.to_string().contains("the keys of `default` cannot be told: its store"), "{error}");
    assert!(error.to_string().contains("Redis"), "{error}");
}

#[test]
fn no_text_but_that_of_a_key_is_read_as_one() {
    for text in ["two words", "é", "", "a\nb", &"x".repeat(201)] {
        let is_key = Key::reading(text).is_some();
        assert_eq!(is_key, text.is_empty(), "{text:?}");
    }
}

#[cached(key = "looking:post:<id>")]
fn post(id: u64) -> String {
    format!("post {id}")
}

#[cached(key = "looking:post:<id>:title")]
fn title(id: u64) -> String {
    format!("title of post {id}")
}

struct Table<T>(std::marker::PhantomData<T>);

impl<T: larder::KeyName> Table<T> {
    #[cached(key = "looking:row:<T>:<id>", associated)]
    fn row(id: u64) -> u64 {
        id
    }
}

fn site(name: &str) -> &'static larder::Site {
    larder::sites().find(|site| site.name() == name && site.pattern().starts_with("looking:")).expect("it is annotated")
}

#[test]
fn a_site_is_cleared_of_all_that_it_keeps_and_its_neighbours_are_not() {
    each(|larder| {
        let cache = larder.cache("default");
        for id in 0..300 {
            post(id);
        }
        title(7);
        cache.blocking().set("looking:post:by hand", 1, FOREVER).unwrap();
        let before = (site("post").stats().invalidated, keys(&cache, "").len());
        assert_eq!(testing::block_on(site("post").clear()).unwrap(), 300);
        assert_eq!(before, (site("post").stats().invalidated - 300, 302));
        assert_eq!((post::get(7), title::get(7).is_some()), (None, true));
        assert!(cache.blocking().has("looking:post:by hand").unwrap());
        assert_eq!(testing::block_on(site("post").clear()).unwrap(), 0);
    });
}

#[test]
fn the_entries_of_a_site_in_memory_are_counted_by_its_marks() {
    let larder = testing::isolated();
    let count = |name: &str| {
        let entries = larder.cache("default").entries_by_mark().expect("it is in memory");
        site(name).marks().iter().filter_map(|mark| entries.get(mark)).sum::<u64>()
    };
    assert_eq!(count("post"), 0);
    (0..40).for_each(|id| drop(post(id)));
    title(1);
    assert_eq!((count("post"), count("title")), (40, 1));
    let _ = [Table::<u8>::row(1), Table::<u64>::row(1)];
    assert_eq!(count("row"), 2, "each type has a mark of its own");
    assert_eq!(testing::block_on(site("row").clear()).unwrap(), 2);
    assert_eq!((count("row"), count("post")), (0, 40));
    let clock = Clock::manual();
    let outside = Settings::backend(Memory::new(clock.clone()));
    let larder = testing::isolated_at(clock, [("default", outside)]).unwrap();
    assert_eq!(larder.cache("default").entries_by_mark(), None);
}

#[test]
fn what_is_being_loaded_while_its_site_is_cleared_is_not_kept() {
    each(|_| {
        #[cached(key = "looking:slow:<id>")]
        async fn slow(id: u64) -> u64 {
            site("slow").clear().await.unwrap();
            id
        }

        testing::block_on(async {
            assert_eq!((slow(1).await, slow::get(1).await), (1, None));
        });
    });
}

#[test]
fn a_walk_goes_on_at_the_place_that_it_has_told() {
    each(|larder| {
        let cache = larder.cache("default");
        for number in 0..1_500 {
            cache.blocking().set(format!("post:{number}"), number, FOREVER).unwrap();
        }
        let (mut walk, mut told, mut places) = (cache.keys("post:1"), BTreeSet::new(), 0);
        while let Some(keys) = walk.next_blocking().unwrap() {
            told.extend(keys.iter().map(Key::to_string));
            let Some(place) = walk.place() else { break };
            assert!(place.bytes().all(|byte| byte.is_ascii_graphic()), "{place}");
            (walk, places) = (cache.keys_from("post:1", &place).unwrap(), places + 1);
        }
        assert_eq!(told.len(), 611);
        assert!(places > 1);
        let garbage = ["", "x", "m-", "o-0", "o-zz", "m-1", "m-a.b", "m--1.0", "0.0"];
        for place in garbage {
            assert!(cache.keys_from("", place).is_err(), "{place}");
        }
        if let Ok(mut far) = cache.keys_from("", &format!("m-0.{}", usize::MAX)) {
            assert_eq!(far.next_blocking().unwrap(), Some(Vec::new()));
        }
    });
}
