//! The engine on a store: what is promised of caches holds wherever they keep what they keep.

use std::thread;
use std::time::{Duration, Instant};

use larder::{Cache, Error, Kind as Trouble, Options, Ttl, cached};
use serde::{Deserialize, Serialize};

use crate::runs::Runs;
use crate::stores::{Kind, Store};

crate::tests!(Kind::keeps_something =>
    one_load_serves_many_callers,
    an_annotated_function_runs_once,
    an_invalidation_while_a_value_is_loaded_wins,
    a_clear_while_a_value_is_loaded_wins,
    prefixes_versions_and_clear_leave_the_neighbours_alone,
    clear_store_removes_everything_whoever_it_belongs_to,
    an_entry_is_there_until_its_time_is_over_to_the_millisecond,
    a_count_keeps_the_time_that_is_left,
    of_counts_at_once_none_is_lost,
    what_cannot_be_counted_is_an_error_and_changes_nothing,
    of_those_who_add_at_once_one_wins,
    what_is_added_keeps_the_value_and_the_time_of_what_lives,
    a_touch_gives_another_time_and_never_revives,
    none_and_what_is_empty_are_values,
    another_type_or_shape_is_a_miss_that_is_counted,
    a_large_value_comes_back_whole,
    many_are_kept_found_and_removed_at_once,
    an_entry_moves_to_another_version_with_its_time,
);

const SECOND: Duration = Duration::from_secs(1);
const CALLERS: usize = 16;

/// Runs the same on many threads at once.
fn at_once<T: Send>(cache: &Cache, call: impl Fn(&Cache, usize) -> T + Sync) -> Vec<T> {
    let call = &call;
    thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS).map(|caller| scope.spawn(move || call(cache, caller))).collect();
        callers.into_iter().map(|caller| caller.join().expect("a caller who does not panic")).collect()
    })
}

fn one_load_serves_many_callers(store: &Store) -> Result<(), Error> {
    let (larder, runs) = (store.larder(), Runs::new());
    let values = at_once(&larder.cache("default"), |cache, _| {
        cache.blocking().get_or_load("key", Options::ttl(60), || {
            thread::yield_now();
            runs.next()
        })
    });
    assert_eq!((runs.count(), values), (1, vec![1; CALLERS]));
    Ok(())
}

#[cached(key = "profile:<id>", ttl = 60, ignore(runs))]
fn profile(runs: &Runs, id: u64) -> String {
    format!("{id} in run {}", runs.next())
}

fn an_annotated_function_runs_once(store: &Store) -> Result<(), Error> {
    let (_larder, runs) = (store.larder(), Runs::new());
    assert_eq!([profile(&runs, 1), profile(&runs, 1), profile(&runs, 2)], ["1 in run 1", "1 in run 1", "2 in run 2"]);
    profile::invalidate(1);
    assert_eq!((profile(&runs, 1), profile::get(2)), ("1 in run 3".to_owned(), Some("2 in run 2".to_owned())));
    store.pass(SECOND * 60);
    assert_eq!(profile::get(2), None);
    Ok(())
}

fn an_invalidation_while_a_value_is_loaded_wins(store: &Store) -> Result<(), Error> {
    let larder = store.larder();
    let cache = larder.cache("default");
    let cache = cache.blocking();
    let load = || {
        cache.delete("key").expect("a store that works");
        "read before".to_owned()
    };
    assert_eq!(cache.get_or_load("key", Options::ttl(60), load), "read before");
    assert_eq!(cache.get::<String>("key")?, None);
    assert_eq!(cache.get_or_load("key", Options::ttl(60), || "read after".to_owned()), "read after");
    assert_eq!(cache.get("key")?, Some("read after".to_owned()));
    Ok(())
}

fn a_clear_while_a_value_is_loaded_wins(store: &Store) -> Result<(), Error> {
    let larder = store.larder();
    let cache = larder.cache("default");
    let cache = cache.blocking();
    cache.get_or_load("key", Options::ttl(60), || {
        cache.clear().expect("a store that works");
        "read before".to_owned()
    });
    assert_eq!(cache.get::<String>("key")?, None);
    Ok(())
}

fn prefixes_versions_and_clear_leave_the_neighbours_alone(store: &Store) -> Result<(), Error> {
    let of = |prefix: &str| store.settings().key_prefix(prefix);
    let larder =
        store.larder_of([("default", of("")), ("shop", of("shop")), ("shop2", of("shop:1")), ("blog", of("blog%"))]);
    let caches = ["default", "shop", "shop2", "blog"].map(|name| larder.cache(name));
    let later = larder.cache("shop").at_version(11)?;
    for (number, cache) in caches.iter().chain([&later]).enumerate() {
        cache.blocking().set("1:key", number, Options::ttl(60))?;
    }
    let found = || {
        caches
            .iter()
            .chain([&later])
            .map(|cache| cache.blocking().get::<usize>("1:key"))
            .collect::<Result<Vec<_>, Error>>()
    };
    assert_eq!(found()?, [0, 1, 2, 3, 4].map(Some));
    caches[1].blocking().clear()?;
    assert_eq!(found()?, [Some(0), None, Some(2), Some(3), Some(4)]);
    assert!(caches[1].blocking().add("1:key", 5_usize, Options::ttl(60))?);
    Ok(())
}

fn clear_store_removes_everything_whoever_it_belongs_to(store: &Store) -> Result<(), Error> {
    let larder = store.larder();
    let cache = larder.cache("default");
    let (cache, later) = (cache.blocking(), cache.at_version(2)?);
    cache.set("key", 1_u8, Options::ttl(60))?;
    later.blocking().set("key", 2_u8, Options::ttl(60))?;
    cache.get_or_load("loaded", Options::ttl(60), || {
        later.blocking().clear_store().expect("a store that works");
        "read before".to_owned()
    });
    assert_eq!((cache.get::<u8>("key")?, later.blocking().get::<u8>("key")?), (None, None));
    assert_eq!(cache.get::<String>("loaded")?, None, "what was under way belongs to everything");
    assert!(cache.add("key", 3_u8, Options::ttl(60))?, "and the store is as good as new");
    Ok(())
}

fn an_entry_is_there_until_its_time_is_over_to_the_millisecond(store: &Store) -> Result<(), Error> {
    let larder = store.larder();
    let cache = larder.cache("default");
    let cache = cache.blocking();
    let half = Duration::from_millis(500);
    let found_in = || {
        let begun = Instant::now();
        cache.set("key", 1_u8, SECOND * 60 + half)?;
        store.pass(SECOND * 60);
        Ok::<_, Error>((cache.get::<u8>("key")?, begun.elapsed()))
    };
    // A machine that stands still for longer than the entry has left says nothing of the store, and is asked once more.
    let mut found = found_in()?;
    for _ in 0..20 {
        if found.0.is_none() && found.1 >= half {
            found = found_in()?;
        }
    }
    assert_eq!(found.0, Some(1), "{:?}", found.1);
    store.pass(half);
    assert_eq!((cache.get::<u8>("key")?, cache.has("key")?, cache.ttl("key")?), (None, false, None));
    store.pass(store.later_by());
    assert!(!cache.delete("key")?);
    Ok(())
}

/// Asks how long an entry still has; a store with a clock of its own is a little ahead.
fn is_left(store: &Store, cache: &Cache, key: &str, time: Duration) -> bool {
    let left = cache.blocking().ttl(key).expect("a store that works");
    let most = time + store.later_by();
    matches!(left, Some(Ttl::For(left)) if left <= most && left > time.saturating_sub(SECOND * 30))
}

fn a_count_keeps_the_time_that_is_left(store: &Store) -> Result<(), Error> {
    let larder = store.larder();
    let cache = larder.cache("default");
    cache.blocking().set("count", 40_i64, Options::ttl(600))?;
    store.pass(SECOND * 300);
    assert_eq!((cache.blocking().incr("count", 2)?, cache.blocking().decr("count", 50)?), (42, -8));
    assert!(is_left(store, &cache, "count", SECOND * 300), "{:?}", cache.blocking().ttl("count"));
    assert_eq!(cache.blocking().get("count")?, Some(-8_i64));
    store.pass(SECOND * 301);
    assert_eq!(cache.blocking().get::<i64>("count")?, None);
    Ok(())
}

fn of_counts_at_once_none_is_lost(store: &Store) -> Result<(), Error> {
    let larder = store.larder();
    let cache = larder.cache("default");
    cache.blocking().set("count", 0_i64, Options::ttl(60))?;
    at_once(&cache, |cache, _| (0..25).try_for_each(|_| cache.blocking().incr("count", 1).map(drop)).expect("a sum"));
    assert_eq!(cache.blocking().get("count")?, Some(25 * i64::try_from(CALLERS).expect("a few")));
    Ok(())
}

fn what_cannot_be_counted_is_an_error_and_changes_nothing(store: &Store) -> Result<(), Error> {
    let larder = store.larder();
    let cache = larder.cache("default");
    let cache = cache.blocking();
    cache.set("text", "seven".to_owned(), Options::ttl(60))?;
    cache.set("most", i64::MAX, Options::ttl(60))?;
    let kinds = ["missing", "text", "most"].map(|key| cache.incr(key, 1).map_err(|error| error.kind()));
    assert_eq!(kinds, [Trouble::Missing, Trouble::NotANumber, Trouble::Overflow].map(Err));
    assert_eq!((cache.has("missing")?, cache.get("text")?), (false, Some("seven".to_owned())));
    assert_eq!(cache.get("most")?, Some(i64::MAX));
    Ok(())
}

fn of_those_who_add_at_once_one_wins(store: &Store) -> Result<(), Error> {
    let larder = store.larder();
    for round in 0..20 {
        let key = format!("lock{round}");
        let won = at_once(&larder.cache("default"), |cache, caller| {
            cache.blocking().add(key.as_str(), caller, Options::ttl(60)).expect("a store that works")
        });
        assert_eq!(won.iter().filter(|won| **won).count(), 1);
        let winner = won.iter().position(|won| *won);
        assert_eq!(larder.cache("default").blocking().get::<usize>(key.as_str())?, winner);
    }
    Ok(())
}

fn what_is_added_keeps_the_value_and_the_time_of_what_lives(store: &Store) -> Result<(), Error> {
    let larder = store.larder();
    let cache = larder.cache("default");
    let cache = cache.blocking();
    assert!(cache.add("key", 1_u8, Options::ttl(60))?);
    assert_eq!((cache.add("key", 2_u8, Options::ttl(600))?, cache.get("key")?), (false, Some(1_u8)));
    store.pass(SECOND * 61);
    assert_eq!((cache.add("key", 3_u8, Options::ttl(60))?, cache.get("key")?), (true, Some(3_u8)));
    Ok(())
}

fn a_touch_gives_another_time_and_never_revives(store: &Store) -> Result<(), Error> {
    let larder = store.larder();
    let cache = larder.cache("default");
    let [short, long, endless] = ["short", "long", "endless"];
    for key in [short, long, endless] {
        cache.blocking().set(key, 7_u8, Options::ttl(60))?;
    }
    let touch = |key: &str, ttl| cache.blocking().touch(key, ttl);
    assert!(touch(short, Ttl::For(SECOND * 10))?);
    assert_eq!((touch(long, Ttl::For(SECOND * 600))?, touch(endless, Ttl::Forever)?), (true, true));
    store.pass(SECOND * 61);
    let found = cache.blocking().get_many::<u8>([short, long, endless])?;
    assert_eq!(found, [None, Some(7), Some(7)]);
    assert_eq!((touch(short, Ttl::For(SECOND))?, touch("missing", Ttl::Forever)?), (false, false));
    assert!(is_left(store, &cache, long, SECOND * 539), "{:?}", cache.blocking().ttl(long));
    assert_eq!(cache.blocking().ttl(endless)?, Some(Ttl::Forever));
    Ok(())
}

fn none_and_what_is_empty_are_values(store: &Store) -> Result<(), Error> {
    let (larder, runs) = (store.larder(), Runs::new());
    let cache = larder.cache("default");
    let cache = cache.blocking();
    let load = || {
        runs.next();
        None::<String>
    };
    assert_eq!([(); 3].map(|()| cache.get_or_load("none", Options::ttl(60), load)), [None, None, None]);
    assert_eq!((runs.count(), cache.get::<Option<String>>("none")?), (1, Some(None)));
    cache.set("empty", String::new(), Options::ttl(60))?;
    cache.set("list", Vec::<u8>::new(), Options::ttl(60))?;
    assert_eq!(cache.get("empty")?, Some(String::new()));
    assert_eq!((cache.get("list")?, cache.has("list")?), (Some(Vec::<u8>::new()), true));
    Ok(())
}

#[derive(Clone, Serialize, Deserialize, PartialEq, Debug)]
struct Before {
    name: String,
    email: String,
}

/// Two fields of one type have changed places and names.
#[derive(Clone, Serialize, Deserialize, PartialEq, Debug)]
struct After {
    mail: String,
    name: String,
}

fn another_type_or_shape_is_a_miss_that_is_counted(store: &Store) -> Result<(), Error> {
    let larder = store.larder();
    let cache = larder.cache("default");
    let before = Before { name: "Ann".into(), email: "ann@example.org".into() };
    cache.blocking().set("key", before.clone(), Options::ttl(60))?;
    assert_eq!(cache.blocking().get::<After>("key")?, None);
    assert_eq!(cache.blocking().get::<u64>("key")?, None);
    assert_eq!(cache.stats().foreign, 2);
    assert_eq!(cache.blocking().get("key")?, Some(before));
    Ok(())
}

fn a_large_value_comes_back_whole(store: &Store) -> Result<(), Error> {
    let larder = store.larder();
    let value: String = ('a'..='z').cycle().take(3 << 20).collect();
    let load = || larder.cache("default").blocking().get_or_load("key", Options::ttl(60), || value.clone());
    assert!(load() == value && load() == value);
    let found = larder.cache("default").blocking().get::<String>("key")?;
    let is_taken = store.claims().is_none_or(|claims| claims.takes(value.len()));
    assert!(
        found == is_taken.then_some(value),
        "it is there where the store takes it, and nothing is where it does not"
    );
    Ok(())
}

fn many_are_kept_found_and_removed_at_once(store: &Store) -> Result<(), Error> {
    let larder = store.larder();
    let cache = larder.cache("default");
    let cache = cache.blocking();
    let keys: Vec<_> = (0..500).map(|key| format!("key{key}")).collect();
    let failed = cache.set_many(keys.iter().map(String::as_str).zip(0_u32..), Options::ttl(60));
    assert!(failed.is_empty(), "{failed:?}");
    let asked = keys.iter().map(String::as_str).rev().chain(["missing"]);
    let wanted: Vec<_> = (0_u32..500).rev().map(Some).chain([None]).collect();
    assert_eq!(cache.get_many::<u32>(asked.clone())?, wanted);
    assert_eq!((cache.delete_many(asked.clone())?, cache.delete_many(asked)?), (500, 0));
    Ok(())
}

fn an_entry_moves_to_another_version_with_its_time(store: &Store) -> Result<(), Error> {
    let larder = store.larder();
    let cache = larder.cache("default");
    cache.blocking().set("key", 7_u8, Options::ttl(600))?;
    store.pass(SECOND * 300);
    assert_eq!(cache.blocking().incr_version::<u8>("key", 1)?, 2);
    let later = cache.at_version(2)?;
    assert_eq!((cache.blocking().has("key")?, later.blocking().get("key")?), (false, Some(7_u8)));
    assert!(is_left(store, &later, "key", SECOND * 300), "{:?}", later.blocking().ttl("key"));
    Ok(())
}
