//! Entries in a store that takes bytes: what is read there may have been written by anybody, or be gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use larder::backend::{Backend, Calls, Capabilities, Counting, Memory, Remaining, Ticket};
use larder::clock::Clock;
use larder::key::{Name, Scope};
use larder::{Cache, Error, Key, Kind, Local, Options, Settings, Ttl, cached, key, testing};
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, Semaphore};

use crate::Runs;

const SECOND: Duration = Duration::from_secs(1);
const OPTIONS: Options = Options::forever();

/// A place that calls pass, until they are held there.
pub struct Gate {
    permits: Semaphore,
    pub reached: Notify,
}

impl Gate {
    fn new() -> Self {
        Self { permits: Semaphore::new(Semaphore::MAX_PERMITS), reached: Notify::new() }
    }

    /// Holds all calls here until some are let go.
    pub fn hold(&self) {
        self.permits.forget_permits(Semaphore::MAX_PERMITS);
    }

    pub fn let_go(&self, calls: usize) {
        self.permits.add_permits(calls);
    }

    async fn pass(&self) {
        self.reached.notify_one();
        self.permits.acquire().await.expect("a gate is never torn down").forget();
    }
}

/// A store in memory that can be shut off, made to dawdle, and asked to do less than it can.
pub struct Rough {
    inner: Memory,
    can: Capabilities,
    down: AtomicBool,
    /// Reads when they are done, writes and removals before and after they are.
    read: Gate,
    writing: Gate,
    pub written: Gate,
    deleting: Gate,
    deleted: Gate,
}

impl Rough {
    pub fn new(clock: &Clock, can: Capabilities) -> Arc<Self> {
        let (inner, down) = (Memory::new(clock.clone()), AtomicBool::new(false));
        let [read, writing, written, deleting, deleted] = std::array::from_fn(|_| Gate::new());
        Arc::new(Self { inner, can, down, read, writing, written, deleting, deleted })
    }

    pub fn shut(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }

    fn open(&self) -> Result<&Memory, Error> {
        let error = || Error::new(Kind::Store, "the store is down");
        if self.down.load(Ordering::SeqCst) { Err(error()) } else { Ok(&self.inner) }
    }
}

impl Backend for Rough {
    fn capabilities(&self) -> Capabilities {
        self.can
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        let found = self.open()?.get(name).await;
        self.read.pass().await;
        self.open()?;
        found
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        if !self.can.takes(value.len()) {
            self.open()?.delete(name).await?;
            return Err(Error::new(Kind::TooLarge, "too large"));
        }
        self.writing.pass().await;
        let set = self.open()?.set(name, value, time).await;
        self.written.pass().await;
        set
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        self.open()?.add(name, value, time).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        self.deleting.pass().await;
        let deleted = self.open()?.delete(name).await;
        self.deleted.pass().await;
        deleted
    }

    async fn touch(&self, name: &Name, time: Option<Duration>) -> Result<bool, Error> {
        self.open()?.touch(name, time).await
    }

    async fn incr(&self, name: &Name, delta: i64) -> Result<i64, Error> {
        self.open()?.incr(name, delta).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        self.open()?.ttl(name).await
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        self.open()?.clear_scope(scope).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.open()?.clear_store().await
    }

    async fn begin_fill(&self, name: &Name) -> Result<Ticket, Error> {
        self.open()?.begin_fill(name).await
    }

    async fn set_if(&self, name: &Name, value: &[u8], time: Option<Duration>, ticket: &Ticket) -> Result<bool, Error> {
        self.writing.pass().await;
        let set = self.open()?.set_if(name, value, time, ticket).await;
        self.written.pass().await;
        set
    }
}

/// A store that can do everything, and one that can do the least that the engine can work with.
const KINDS: [Capabilities; 3] = [Capabilities::ALL, LEAST, IN_PLACE];
const IN_PLACE: Capabilities = Capabilities { in_place: true, ..Capabilities::ALL };
const LEAST: Capabilities = Capabilities { conditional_fill: false, sub_second: false, ..Capabilities::ALL };

/// A cache in a store of this kind, the store itself, and what a test moves the time with.
fn outside(can: Capabilities) -> (testing::Isolated, Cache, Arc<Rough>) {
    // The store shares the clock of the caches: it is asked for before they are made.
    let clock = Clock::manual();
    let store = Rough::new(&clock, can);
    let settings = Settings::backend(Arc::clone(&store));
    let larder = testing::isolated_at(clock, [("default", settings)]).expect("settings that can work");
    let cache = larder.cache("default");
    (larder, cache, store)
}

fn name(key: &str) -> Name {
    Scope::new("", "1", None).expect("a short prefix").name(&Key::from(key))
}

async fn bytes(store: &Rough, key: &str) -> Vec<u8> {
    store.inner.get(&name(key)).await.expect("the store is up").unwrap_or_default()
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Profile {
    name: String,
    age: u32,
}

fn ann() -> Profile {
    Profile { name: "Ann".to_owned(), age: 7 }
}

#[tokio::test]
async fn a_value_comes_back_from_outside_as_it_was() {
    for can in KINDS {
        let (larder, cache, _) = outside(can);
        cache.set("key", ann(), Options::ttl(10)).await.unwrap();
        assert_eq!(cache.get::<Profile>("key").await.unwrap(), Some(ann()));
        assert_eq!(cache.ttl("key").await.unwrap(), Some(Ttl::For(10 * SECOND)));
        larder.advance(10 * SECOND);
        assert_eq!(cache.get::<Profile>("key").await.unwrap(), None);
        cache.set("none", None::<u8>, OPTIONS).await.unwrap();
        assert_eq!(cache.get::<Option<u8>>("none").await.unwrap(), Some(None));
        assert_eq!(cache.stats().foreign, 0);
    }
}

#[tokio::test]
async fn a_time_is_kept_to_the_millisecond_also_where_the_store_rounds_up() {
    let (larder, cache, store) = outside(LEAST);
    cache.set("key", ann(), Options::ttl(Duration::from_millis(500))).await.unwrap();
    // As a store would that knows whole seconds.
    store.inner.touch(&name("key"), Some(SECOND)).await.unwrap();
    larder.advance(Duration::from_millis(499));
    assert!(cache.has("key").await.unwrap());
    larder.advance(Duration::from_millis(1));
    assert!(!cache.has("key").await.unwrap());
    assert!(!bytes(&store, "key").await.is_empty());
}

#[tokio::test]
async fn another_shape_is_a_miss_that_is_counted() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Profile {
        name: String,
        years: u32,
    }
    let (_larder, cache, _) = outside(Capabilities::ALL);
    cache.set("key", ann(), OPTIONS).await.unwrap();
    assert_eq!(cache.get::<Profile>("key").await.unwrap(), None);
    assert_eq!(cache.stats().foreign, 1);
    let loaded = cache.get_or_load("key", OPTIONS, async || Profile { name: "Bo".to_owned(), years: 8 }).await;
    assert_eq!(loaded.years, 8);
    assert_eq!(cache.stats().foreign, 2);
    assert_eq!(cache.get::<Profile>("key").await.unwrap(), Some(loaded));
}

#[tokio::test]
async fn two_types_under_one_key_never_read_each_other() {
    let (_larder, cache, _) = outside(Capabilities::ALL);
    cache.set("key", 7_u64, OPTIONS).await.unwrap();
    assert_eq!(cache.get::<u32>("key").await.unwrap(), None);
    assert_eq!(cache.get::<String>("key").await.unwrap(), None);
    assert_eq!(cache.get::<i64>("key").await.unwrap(), None);
    assert_eq!(cache.get::<u64>("key").await.unwrap(), Some(7));
    cache.set("key", 7_i64, OPTIONS).await.unwrap();
    assert_eq!(cache.get::<u64>("key").await.unwrap(), None);
    assert_eq!(cache.stats().foreign, 4);
}

#[tokio::test]
async fn two_patterns_that_meet_never_read_each_other() {
    let (_larder, cache, _) = outside(Capabilities::ALL);
    let name = "me";
    let (one, two) = (key!("user:<name>"), key!("user:me"));
    assert_eq!(one.as_str(), two.as_str());
    cache.set(&one, ann(), OPTIONS).await.unwrap();
    assert_eq!(cache.get::<Profile>(&two).await.unwrap(), None);
    assert_eq!(cache.get::<Profile>(&one).await.unwrap(), Some(ann()));
}

#[tokio::test]
async fn garbage_in_the_store_is_a_miss() {
    let (_larder, cache, store) = outside(Capabilities::ALL);
    cache.set("whole", ann(), OPTIONS).await.unwrap();
    let whole = bytes(&store, "whole").await;
    let mut garbage = vec![vec![], b"garbage".to_vec(), vec![0xC1; 3], vec![0xFF; 10_000], b"{\"name\":".to_vec()];
    garbage.extend((0..whole.len()).map(|len| whole[..len].to_vec()));
    garbage.push([&whole[..], b"more"].concat());
    for (number, bytes) in garbage.iter().enumerate() {
        store.inner.set(&name("key"), bytes, None).await.unwrap();
        assert_eq!(cache.get::<Profile>("key").await.unwrap(), None, "{number}");
    }
    assert_eq!(cache.stats().foreign, garbage.len() as u64);
    assert_eq!(cache.get_or_load("key", OPTIONS, async || ann()).await, ann());
    assert_eq!(cache.get::<Profile>("key").await.unwrap(), Some(ann()), "the garbage was replaced");
}

#[tokio::test]
async fn a_store_that_is_down_is_counted_and_the_body_runs() {
    for can in KINDS {
        let (_larder, cache, store) = outside(can);
        let runs = Runs::default();
        store.shut(true);
        for run in 1..=3 {
            assert_eq!(cache.get_or_load("key", OPTIONS, async || runs.next()).await, run);
        }
        assert!(cache.stats().trouble >= 3);
        assert_eq!(cache.get::<u64>("key").await.unwrap_err().kind(), Kind::Store);
        store.shut(false);
        assert_eq!(cache.get_or_load("key", OPTIONS, async || runs.next()).await, 4);
        assert_eq!(cache.get_or_load("key", OPTIONS, async || runs.next()).await, 4);
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Failure(Option<Kind>);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(Some(error.kind()))
    }
}

#[tokio::test]
async fn a_store_that_is_down_is_asked_once_a_call() {
    for can in [Capabilities::ALL, IN_PLACE] {
        let clock = Clock::manual();
        let store = Rough::new(&clock, can);
        let counting = Arc::new(Counting::new(Arc::clone(&store)));
        let settings = Settings::backend(Arc::clone(&counting));
        let larder = testing::isolated_at(clock, [("default", settings)]).expect("settings that can work");
        let cache = larder.cache("default");
        store.shut(true);
        for calls in 1..=3 {
            assert_eq!(cache.get_or_load("key", OPTIONS, async || 7_u8).await, 7);
            assert_eq!((counting.calls().gets, cache.stats().trouble), (calls, calls as u64), "{can:?}");
        }
        let before = counting.calls().gets;
        strict(7).await.unwrap_err();
        assert_eq!(counting.calls().gets - before, 1);
    }
}

#[cached(key = "strict:<id>", strict)]
async fn strict(id: u64) -> Result<u64, Failure> {
    std::future::ready(Ok(id)).await
}

#[tokio::test]
async fn a_strict_site_gets_the_error_of_a_store_that_is_down() {
    let (_larder, _, store) = outside(Capabilities::ALL);
    store.shut(true);
    assert_eq!(strict(7).await, Err(Failure(Some(Kind::Store))));
    store.shut(false);
    assert_eq!(strict(7).await, Ok(7));
}

#[tokio::test]
async fn whoever_waits_at_a_strict_site_gets_the_error_too() {
    let (_larder, _, store) = outside(Capabilities::ALL);
    store.read.hold();
    let fail = async {
        store.read.reached.notified().await;
        store.shut(true);
        store.read.let_go(1);
    };
    let (outcomes, ()) = tokio::join!(join_all((0..8).map(|_| strict(7))), fail);
    assert_eq!(outcomes, vec![Err(Failure(Some(Kind::Store))); 8]);
}

#[tokio::test]
async fn whoever_asks_after_an_invalidation_does_not_join_a_look_from_before() {
    for can in KINDS {
        let (_larder, cache, store) = outside(can);
        cache.set("post", "old".to_owned(), OPTIONS).await.unwrap();
        store.deleting.hold();
        store.read.hold();
        let new = async || "new".to_owned();
        let delete = async {
            cache.delete("post").await.unwrap();
            cache.get_or_load("post", OPTIONS, new).await
        };
        let during = async {
            store.deleting.reached.notified().await;
            cache.get_or_load("post", OPTIONS, new).await
        };
        let go_on = async {
            store.read.reached.notified().await;
            store.deleting.let_go(9);
            store.read.reached.notified().await;
            store.read.let_go(2);
        };
        let (after, during, ()) = tokio::join!(delete, during, go_on);
        assert_eq!((during.as_str(), after.as_str()), ("old", "new"));
    }
}

#[tokio::test]
async fn sixty_four_callers_ask_the_store_once_whether_it_is_there_or_not() {
    let clock = Clock::manual();
    let store = Arc::new(Counting::new(Memory::new(clock.clone())));
    let settings = Settings::backend(Arc::clone(&store));
    let larder = testing::isolated_at(clock, [("default", settings)]).unwrap();
    let (cache, runs, gate) = (larder.cache("default"), Runs::default(), Notify::new());
    let body = || async {
        runs.next();
        gate.notified().await;
        "value".to_owned()
    };
    let callers = join_all((0..64).map(|_| cache.get_or_load("cold", OPTIONS, body)));
    let (values, ()) = tokio::join!(callers, async { gate.notify_one() });
    assert_eq!(values, vec!["value"; 64]);
    assert_eq!(runs.count(), 1);
    assert_eq!(store.calls(), Calls { gets: 1, sets: 1, deletes: 0 });
}

#[tokio::test]
async fn many_take_one_round_trip() {
    let clock = Clock::manual();
    let store = Arc::new(Counting::new(Memory::new(clock.clone())));
    let settings = Settings::backend(Arc::clone(&store));
    let larder = testing::isolated_at(clock, [("default", settings)]).unwrap();
    let cache = larder.cache("default");
    assert!(cache.set_many((0..10_u64).map(|key| (format!("{key}"), key)), OPTIONS).await.is_empty());
    let found = cache.get_many::<u64>(["3", "missing", "1"]).await.unwrap();
    assert_eq!(found, [Some(3), None, Some(1)]);
    assert_eq!(cache.delete_many(["3", "missing", "1"]).await.unwrap(), 2);
    assert_eq!(store.calls(), Calls { gets: 1, sets: 1, deletes: 1 });
    assert_eq!((cache.stats().hits, cache.stats().misses), (2, 1));
}

#[tokio::test]
async fn set_many_says_which_values_were_too_large_and_leaves_no_old_one_behind() {
    let (_larder, cache, _) = outside(Capabilities { max_value_bytes: Some(200), ..Capabilities::ALL });
    cache.set("large", "small".to_owned(), OPTIONS).await.unwrap();
    let failed = cache.set_many([("small", "x".repeat(10)), ("large", "x".repeat(500))], OPTIONS).await;
    assert_eq!(failed.len(), 1);
    assert_eq!((failed[0].0.as_str(), failed[0].1.kind()), ("large", Kind::TooLarge));
    assert!(cache.has("small").await.unwrap() && !cache.has("large").await.unwrap());
    cache.set("large", "small".to_owned(), OPTIONS).await.unwrap();
    assert_eq!(cache.set("large", "x".repeat(500), OPTIONS).await.unwrap_err().kind(), Kind::TooLarge);
    assert!(!cache.has("large").await.unwrap());
    assert_eq!(cache.get_or_load("large", OPTIONS, async || "x".repeat(500)).await.len(), 500);
    assert_eq!((cache.stats().refused, cache.stats().trouble), (1, 0));
}

#[tokio::test]
async fn an_invalidation_during_a_load_wins() {
    for can in KINDS {
        let (_larder, cache, _) = outside(can);
        let (inside, go_on) = (Notify::new(), Notify::new());
        let load = cache.get_or_load("post", OPTIONS, || async {
            inside.notify_one();
            go_on.notified().await;
            "old".to_owned()
        });
        let (value, ()) = tokio::join!(load, async {
            inside.notified().await;
            cache.delete("post").await.unwrap();
            go_on.notify_one();
        });
        assert_eq!(value, "old");
        assert_eq!(cache.get::<String>("post").await.unwrap(), None);
        assert_eq!(cache.stats().superseded, 1);
    }
}

/// The entry is out of the store already when the load ends, and whoever removed it has not heard of it yet.
#[tokio::test]
async fn a_load_that_ends_while_its_entry_is_being_invalidated_is_not_kept() {
    let (_larder, cache, store) = outside(LEAST);
    store.deleted.hold();
    let go_on = Notify::new();
    let load = async {
        let body = async || {
            go_on.notified().await;
            "old".to_owned()
        };
        cache.get_or_load("post", OPTIONS, body).await;
        store.deleted.let_go(1);
    };
    let invalidate = async {
        store.read.reached.notified().await;
        cache.delete("post").await.unwrap();
    };
    tokio::join!(load, invalidate, async {
        store.deleted.reached.notified().await;
        go_on.notify_one();
    });
    assert_eq!(cache.get::<String>("post").await.unwrap(), None);
}

/// The body is over and its value on the way when the entry is invalidated.
#[tokio::test]
async fn an_invalidation_while_a_value_is_on_its_way_wins() {
    for can in KINDS {
        for clear in [false, true] {
            let (_larder, cache, store) = outside(can);
            store.writing.hold();
            store.written.hold();
            let load = cache.get_or_load("post", OPTIONS, async || "old".to_owned());
            tokio::join!(load, async {
                store.writing.reached.notified().await;
                if clear {
                    cache.clear().await.unwrap();
                } else {
                    cache.delete("post").await.unwrap();
                }
                assert_eq!(cache.get::<String>("post").await.unwrap(), None);
                store.writing.let_go(1);
                store.written.reached.notified().await;
                assert_eq!(cache.get::<String>("post").await.unwrap(), None, "nobody reads it while it is there");
                let loaded = cache.get_many::<String>(["post"]).await.unwrap();
                assert_eq!(loaded, [None]);
                store.writing.let_go(1);
                store.written.let_go(2);
                assert_eq!(cache.get_or_load("post", OPTIONS, async || "new".to_owned()).await, "new");
            });
            let kept = cache.get::<String>("post").await.unwrap();
            assert_ne!(kept.as_deref(), Some("old"), "{can:?}");
            assert!(cache.stats().superseded > 0);
            store.writing.let_go(1);
            store.written.let_go(1);
            assert_eq!(cache.get_or_load("post", OPTIONS, async || "new".to_owned()).await, "new");
            assert_eq!(cache.get::<String>("post").await.unwrap().as_deref(), Some("new"));
        }
    }
}

#[tokio::test]
async fn another_process_that_invalidates_during_a_load_wins_where_the_store_can_tell() {
    let (_larder, cache, store) = outside(Capabilities::ALL);
    let body = async || {
        store.inner.delete(&name("post")).await.unwrap();
        "old".to_owned()
    };
    assert_eq!(cache.get_or_load("post", OPTIONS, body).await, "old");
    assert_eq!(bytes(&store, "post").await, b"");
    assert_eq!(cache.stats().superseded, 1);
}

#[tokio::test]
async fn counters_are_digits_in_the_store_and_keep_their_time() {
    for can in KINDS {
        let (larder, cache, store) = outside(can);
        assert!(cache.add("visits", 40_i64, Options::ttl(10)).await.unwrap());
        assert_eq!(bytes(&store, "visits").await, b"40");
        larder.advance(4 * SECOND);
        assert_eq!(cache.incr("visits", 2).await.unwrap(), 42);
        assert_eq!(cache.get::<i64>("visits").await.unwrap(), Some(42));
        assert_eq!(cache.ttl("visits").await.unwrap(), Some(Ttl::For(6 * SECOND)));
        assert!(!cache.add("visits", 0_i64, OPTIONS).await.unwrap());
        larder.advance(6 * SECOND);
        assert_eq!(cache.incr("visits", 1).await.unwrap_err().kind(), Kind::Missing);
        cache.set("text", "40".to_owned(), OPTIONS).await.unwrap();
        assert_eq!(cache.incr("text", 1).await.unwrap_err().kind(), Kind::NotANumber);
        cache.set("full", i64::MAX, OPTIONS).await.unwrap();
        assert_eq!(cache.incr("full", 1).await.unwrap_err().kind(), Kind::Overflow);
        assert_eq!(cache.get_or_load("loaded", OPTIONS, async || 1_i64).await, 1);
        assert_eq!(cache.decr("loaded", 3).await.unwrap(), -2);
        assert_eq!(cache.get_or_load("loaded", OPTIONS, async || 1_i64).await, -2);
    }
}

#[cached(key = "number:<part>")]
async fn number(part: &str) -> i64 {
    std::future::ready(if part == "one" { 1 } else { 2 }).await
}

#[tokio::test]
async fn a_number_of_a_site_carries_its_mark() {
    let (_larder, cache, store) = outside(Capabilities::ALL);
    store.inner.set(&name("number:one"), b"7", None).await.unwrap();
    assert_eq!(number("one").await, 1, "digits say nothing of the pattern they belong to");
    assert_eq!(number::get("one").await, Some(1));
    number::put("one", 5).await;
    assert_eq!(number("one").await, 5);
    assert_eq!(cache.get::<i64>("number:one").await.unwrap(), None);
}

#[tokio::test]
async fn touch_gives_another_time_and_never_revives_what_has_expired() {
    for can in KINDS {
        for options in [Options::ttl(10), Options::ttl(10).stale(100)] {
            let (larder, cache, _) = outside(can);
            cache.set("key", ann(), options).await.unwrap();
            larder.advance(9 * SECOND);
            assert!(cache.touch("key", Ttl::For(10 * SECOND)).await.unwrap());
            larder.advance(9 * SECOND);
            assert_eq!(cache.get::<Profile>("key").await.unwrap(), Some(ann()));
            larder.advance(SECOND);
            assert!(!cache.touch("key", Ttl::Forever).await.unwrap());
            assert_eq!(cache.get::<Profile>("key").await.unwrap(), None);
            cache.set("key", ann(), options).await.unwrap();
            assert!(cache.touch("key", Ttl::Forever).await.unwrap());
            assert_eq!(cache.ttl("key").await.unwrap(), Some(Ttl::Forever));
        }
    }
}

#[tokio::test]
async fn add_takes_the_place_of_what_is_kept_past_its_time_where_the_store_can_tell_who_was_first() {
    let (larder, cache, _) = outside(Capabilities::ALL);
    cache.set("key", 1_u64, Options::ttl(10).stale(100)).await.unwrap();
    assert!(!cache.add("key", 2_u64, OPTIONS).await.unwrap());
    larder.advance(10 * SECOND);
    assert!(cache.add("key", 2_u64, OPTIONS).await.unwrap());
    assert_eq!(cache.get::<u64>("key").await.unwrap(), Some(2));
    assert!(!cache.add("key", 3_u64, OPTIONS).await.unwrap());
}

#[tokio::test]
async fn versions_and_clear_leave_the_neighbours_alone() {
    for can in KINDS {
        let (_larder, cache, _) = outside(can);
        let versions = [cache.clone(), cache.at_version(2).unwrap(), cache.at_version(11).unwrap()];
        for (number, version) in versions.iter().enumerate() {
            version.set("key", number as u64, OPTIONS).await.unwrap();
        }
        versions[0].clear().await.unwrap();
        assert_eq!(versions[0].get::<u64>("key").await.unwrap(), None);
        assert_eq!(versions[1].get::<u64>("key").await.unwrap(), Some(1));
        assert_eq!(versions[2].get::<u64>("key").await.unwrap(), Some(2));
        assert_eq!(versions[1].incr_version::<u64>("key", 1).await.unwrap(), 3);
        assert_eq!(cache.at_version(3).unwrap().get::<u64>("key").await.unwrap(), Some(1));
        versions[0].clear_store().await.unwrap();
        assert_eq!(versions[2].get::<u64>("key").await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_value_for_this_process_only_is_an_error_outside() {
    let (_larder, cache, _) = outside(Capabilities::ALL);
    let error = cache.set("key", Local(1_u8), OPTIONS).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Configuration);
    assert_eq!(cache.get::<Local<u8>>("key").await.unwrap_err().kind(), Kind::Configuration);
    assert_eq!(cache.add("key", Local(1_u8), OPTIONS).await.unwrap_err().kind(), Kind::Configuration);
    assert_eq!(cache.get_or_load("key", OPTIONS, async || Local(2_u8)).await, Local(2));
    assert_eq!(cache.stats().trouble, 1);
}

#[tokio::test]
async fn whoever_waits_for_a_stale_entry_is_served_it_while_one_caller_loads() {
    let (larder, cache, _) = outside(Capabilities::ALL);
    let options = Options::ttl(10).stale(100);
    cache.set("key", 1_u64, options).await.unwrap();
    larder.advance(11 * SECOND);
    let (runs, gate) = (Runs::default(), Notify::new());
    let body = || async {
        runs.next();
        gate.notified().await;
        2_u64
    };
    let leader = cache.get_or_load("key", options, body);
    let others = async {
        let served = join_all((0..5).map(|_| cache.get_or_load("key", options, body))).await;
        gate.notify_one();
        served
    };
    let (led, served) = tokio::join!(leader, others);
    assert_eq!((led, served, runs.count()), (2, vec![1; 5], 1));
    assert_eq!(cache.get::<u64>("key").await.unwrap(), Some(2));
}

#[tokio::test]
async fn a_failing_load_is_not_tried_by_everybody() {
    let (larder, cache, _) = outside(Capabilities::ALL);
    let options = Options::ttl(10).stale_if_error(100);
    cache.set("key", 1_u64, options).await.unwrap();
    larder.advance(11 * SECOND);
    let runs = Runs::default();
    let fail = async || {
        runs.next();
        Err::<u64, _>("down")
    };
    for _ in 0..10 {
        assert_eq!(cache.try_get_or_load("key", options, fail).await, Ok(1));
    }
    assert_eq!(runs.count(), 1);
    larder.advance(6 * SECOND);
    assert_eq!(cache.try_get_or_load("key", options, fail).await, Ok(1));
    assert_eq!(runs.count(), 2);
}

#[test]
fn a_cache_outside_works_for_code_that_blocks() {
    let (_larder, cache, _) = outside(Capabilities::ALL);
    let runs = Runs::default();
    assert_eq!(cache.blocking().get_or_load("key", OPTIONS, || runs.next()), 1);
    assert_eq!(cache.blocking().get_or_load("key", OPTIONS, || runs.next()), 1);
    cache.blocking().delete("key").unwrap();
    assert_eq!(cache.blocking().get_or_load("key", OPTIONS, || runs.next()), 2);
}

#[tokio::test]
async fn what_is_deleted_while_it_moves_to_another_version_is_in_neither() {
    let (_larder, cache, store) = outside(Capabilities::ALL);
    cache.set("post", 1_u64, OPTIONS).await.unwrap();
    store.writing.hold();
    let (moved, ()) = tokio::join!(cache.incr_version::<u64>("post", 1), async {
        cache.delete("post").await.unwrap();
        store.writing.let_go(1);
    });
    assert_eq!(moved.unwrap_err().kind(), Kind::Missing);
    let next = cache.at_version(2).unwrap();
    assert_eq!((cache.has("post").await.unwrap(), next.has("post").await.unwrap()), (false, false));
}

#[larder::invalidates(number("first"), number("second"))]
async fn change_both() {}

#[tokio::test]
async fn an_invalidation_whose_caller_leaves_half_way_goes_on() {
    let (larder, cache, store) = outside(Capabilities::ALL);
    assert_eq!((number("first").await, number("second").await), (number("first").await, number("second").await));
    store.deleting.hold();
    let leaves = async {
        tokio::select! {
            () = change_both() => unreachable!("it waits for the store"),
            () = store.deleting.reached.notified() => {}
        }
    };
    leaves.await;
    store.deleting.let_go(8);
    larder.run_tasks();
    for part in ["first", "second"] {
        assert!(!cache.has(number::key(part)).await.unwrap(), "{part}");
    }
}
