//! The near level: what is in this process of a store outside, and how it hears of what others do.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use allocation_counter::measure;
use larder::backend::{Backend, Capabilities, Counting, Entry, Listener, Listening, Memory, Remaining, Ticket};
use larder::clock::Clock;
use larder::key::Name;
use larder::testing::{Isolated, block_on};
use larder::{Cache, Error, Key, Options, Settings, Ttl, cached, testing};

use crate::Runs;

const SECOND: Duration = Duration::from_secs(1);
const OPTIONS: Options = Options::DEFAULT;

/// A store in memory whose word can be cut off, or is never given.
struct Line {
    inner: Memory,
    tells: bool,
    is_cut: Arc<AtomicBool>,
    listeners: Mutex<Vec<Arc<dyn Listener>>>,
}

/// Hears while the line is not cut.
struct End {
    listener: Arc<dyn Listener>,
    is_cut: Arc<AtomicBool>,
}

impl Line {
    fn cut(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
        self.listeners.lock().unwrap().iter().for_each(|listener| listener.lost());
    }

    fn mend(&self) {
        self.is_cut.store(false, Ordering::SeqCst);
        self.listeners.lock().unwrap().iter().for_each(|listener| listener.regained());
    }
}

impl Listener for End {
    fn changed(&self, name: &[u8]) {
        if !self.is_cut.load(Ordering::SeqCst) {
            self.listener.changed(name);
        }
    }

    fn changed_all(&self) {
        if !self.is_cut.load(Ordering::SeqCst) {
            self.listener.changed_all();
        }
    }

    fn lost(&self) {
        self.listener.lost();
    }

    fn regained(&self) {
        self.listener.regained();
    }
}

impl Backend for Line {
    fn capabilities(&self) -> Capabilities {
        Capabilities { tells: self.tells, ..Capabilities::ALL }
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        self.inner.get(name).await
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        self.inner.set(name, value, time).await
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        self.inner.add(name, value, time).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        self.inner.delete(name).await
    }

    async fn touch(&self, name: &Name, time: Option<Duration>) -> Result<bool, Error> {
        self.inner.touch(name, time).await
    }

    async fn incr(&self, name: &Name, delta: i64) -> Result<i64, Error> {
        self.inner.incr(name, delta).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        self.inner.ttl(name).await
    }

    async fn set_many(&self, entries: &[Entry]) -> Vec<Result<(), Error>> {
        self.inner.set_many(entries).await
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        self.inner.clear_scope(scope).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.inner.clear_store().await
    }

    async fn begin_fill(&self, name: &Name) -> Result<Ticket, Error> {
        self.inner.begin_fill(name).await
    }

    async fn set_if(&self, name: &Name, value: &[u8], time: Option<Duration>, ticket: &Ticket) -> Result<bool, Error> {
        self.inner.set_if(name, value, time, ticket).await
    }

    fn listen(&self, start: &str, listener: Arc<dyn Listener>) -> Result<Listening, Error> {
        self.listeners.lock().unwrap().push(Arc::clone(&listener));
        self.inner.listen(start, Arc::new(End { listener, is_cut: Arc::clone(&self.is_cut) }))
    }
}

/// Two processes before one store, each with a near level.
pub(super) struct Two {
    pub clock: Clock,
    store: Arc<Counting<Arc<Line>>>,
    line: Arc<Line>,
    pub one: (Isolated, Cache),
    pub other: (Isolated, Cache),
}

impl Two {
    pub fn new(tells: bool) -> Self {
        Self::with(tells, |settings| settings.near(5))
    }

    fn with(tells: bool, settings: impl Fn(Settings) -> Settings) -> Self {
        let clock = Clock::manual();
        let line =
            Line { inner: Memory::new(clock.clone()), tells, is_cut: Arc::default(), listeners: Mutex::default() };
        let line = Arc::new(line);
        let store = Arc::new(Counting::new(Arc::clone(&line)));
        let process = || {
            let settings = settings(Settings::backend(Arc::clone(&store)));
            let larder = testing::isolated_at(clock.clone(), [("default", settings)]).expect("settings that can work");
            let cache = larder.cache("default");
            (larder, cache)
        };
        let (one, other) = (process(), process());
        Self { clock, store, line, one, other }
    }

    /// Keeps back what the store tells, and nobody knows.
    pub fn hush(&self) {
        self.line.is_cut.store(true, Ordering::SeqCst);
    }

    /// Returns how many questions the store is asked meanwhile.
    fn questions<T>(&self, meanwhile: impl FnOnce() -> T) -> (usize, T) {
        let before = self.store.calls().gets;
        let done = meanwhile();
        (self.store.calls().gets - before, done)
    }
}

fn text(cache: &Cache, key: impl Into<Key>) -> Option<String> {
    cache.blocking().get(key).expect("the store is there")
}

fn set(cache: &Cache, key: impl Into<Key>, value: &str) {
    cache.blocking().set(key, value.to_owned(), OPTIONS).expect("the store is there");
}

fn at_once<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a hit waits for nothing"),
    }
}

#[cached(key = "levels:shared:<number>", ignore(runs))]
async fn shared(runs: &Runs, number: u64) -> Arc<str> {
    std::future::ready(format!("{number}: {}", runs.next())).await.into()
}

#[test]
fn a_hit_near_asks_no_store_allocates_nothing_and_ends_at_the_first_poll() {
    let two = Two::new(true);
    let (larder, runs) = (two.one.0.handle(), Runs::default());
    let _entered = larder.enter();
    let first = block_on(shared(&runs, 7));
    assert_eq!(block_on(shared(&runs, 7)), first, "read from the store, and kept near");
    let precise = two.clock.precise_reads();
    let (questions, cost) = two.questions(|| measure(|| assert_eq!(at_once(shared(&runs, 7)), first)));
    assert_eq!((questions, cost.count_total), (0, 0), "{cost:?}");
    assert_eq!((two.clock.precise_reads(), runs.count()), (precise, 1));
    assert!(Arc::ptr_eq(&at_once(shared(&runs, 7)), &at_once(shared(&runs, 7))), "kept as it is, not as bytes");
    let stats = two.one.1.stats();
    assert_eq!((stats.near_hits, stats.near_misses, stats.near_entries, stats.hits), (3, 2, 1, 4), "{stats:?}");
}

#[test]
fn what_this_process_does_it_sees_at_once_whether_the_store_tells_or_not() {
    for tells in [true, false] {
        let two = Two::new(tells);
        let cache = &two.one.1;
        let near = |expected: Option<&str>| {
            assert_eq!(text(cache, "key").as_deref(), expected);
            assert_eq!(text(cache, "key").as_deref(), expected);
        };
        set(cache, "key", "one");
        near(Some("one"));
        set(cache, "key", "two");
        near(Some("two"));
        assert!(cache.blocking().delete("key").unwrap());
        near(None);
        assert!(cache.blocking().add("key", "three".to_owned(), OPTIONS).unwrap());
        near(Some("three"));
        assert!(cache.blocking().set_many([("key", "four".to_owned())], OPTIONS).is_empty());
        near(Some("four"));
        assert_eq!(cache.blocking().delete_many(["key"]).unwrap(), 1);
        near(None);
        set(cache, "key", "five");
        near(Some("five"));
        cache.blocking().clear().unwrap();
        near(None);
        set(cache, "key", "six");
        near(Some("six"));
        cache.blocking().clear_store().unwrap();
        near(None);
        set(cache, "key", "seven");
        near(Some("seven"));
        assert!(cache.blocking().touch("key", Ttl::For(SECOND)).unwrap());
        near(Some("seven"));
        two.clock.advance(SECOND);
        near(None);
    }
}

#[test]
fn what_another_process_does_is_told() {
    let two = Two::new(true);
    let (one, other) = (&two.one.1, &two.other.1);
    let near = |expected: Option<&str>| {
        assert_eq!(text(one, "key").as_deref(), expected);
        assert_eq!(text(one, "key").as_deref(), expected);
    };
    set(one, "key", "one");
    near(Some("one"));
    set(other, "key", "two");
    near(Some("two"));
    other.blocking().delete("key").unwrap();
    near(None);
    set(other, "key", "three");
    near(Some("three"));
    other.blocking().clear().unwrap();
    near(None);
    set(other, "key", "four");
    near(Some("four"));
    other.blocking().clear_store().unwrap();
    near(None);
    set(one, "key", "five");
    near(Some("five"));
    assert!(other.blocking().touch("key", Ttl::For(SECOND)).unwrap());
    near(Some("five"));
    two.clock.advance(SECOND);
    near(None);
}

#[test]
fn where_the_store_does_not_tell_the_near_time_is_all_that_bounds_it() {
    let two = Two::new(false);
    let (one, other) = (&two.one.1, &two.other.1);
    let tagged = || Key::from("tagged").tagged(["tag"]);
    set(one, "key", "old");
    set(one, tagged(), "old");
    assert!(text(one, "key").is_some() && text(one, tagged()).is_some());
    set(other, "key", "new");
    two.other.0.handle().enter_and(|| larder::invalidate_tag_blocking("tag").unwrap());
    two.clock.advance(Duration::from_millis(4_999));
    assert_eq!((text(one, "key").as_deref(), text(one, tagged()).as_deref()), (Some("old"), Some("old")));
    two.clock.advance(Duration::from_millis(1));
    assert_eq!((text(one, "key").as_deref(), text(one, tagged()).as_deref()), (Some("new"), None));
}

trait EnterAnd {
    fn enter_and<T>(&self, run: impl FnOnce() -> T) -> T;
}

impl EnterAnd for testing::Larder {
    fn enter_and<T>(&self, run: impl FnOnce() -> T) -> T {
        let _entered = self.enter();
        run()
    }
}

#[test]
fn an_entry_is_near_no_longer_than_it_is_fresh() {
    let two = Two::with(true, |settings| settings.near(60));
    let cache = &two.one.1;
    cache.blocking().set("brief", "value".to_owned(), Options::ttl(10)).unwrap();
    assert!(text(cache, "brief").is_some());
    two.clock.advance(4 * SECOND);
    assert!(text(cache, "brief").is_some());
    two.clock.advance(6 * SECOND);
    assert_eq!(text(cache, "brief"), None);
}

#[test]
fn a_value_past_its_time_is_served_and_refreshed_as_its_record_says() {
    let two = Two::with(true, |settings| settings.near(60));
    let cache = &two.one.1;
    let options = Options::ttl(10).stale(20);
    let load = |value: &'static str| cache.blocking().get_or_load("key", options, || value.to_owned());
    assert_eq!((load("one"), load("two"), load("three")), ("one".to_owned(), "one".to_owned(), "one".to_owned()));
    two.clock.advance(10 * SECOND);
    assert_eq!(load("four"), "four", "nobody else is there to be served meanwhile");
    assert_eq!(load("five"), "four");
}

#[test]
fn what_is_refreshed_ahead_is_refreshed_although_it_is_near() {
    let two = Two::with(true, |settings| settings.near(60));
    let cache = &two.one.1;
    let options = Options::ttl(100).refresh_ahead(0.5);
    let load = |value: &'static str| cache.blocking().get_or_load("key", options, || value.to_owned());
    assert_eq!((load("one"), load("two")), ("one".to_owned(), "one".to_owned()));
    two.clock.advance(49 * SECOND);
    assert_eq!(load("three"), "one");
    two.clock.advance(SECOND);
    assert_eq!(load("four"), "four", "half of its time is over");
}

#[test]
fn while_the_store_is_not_heard_nothing_near_is_read_and_afterwards_nothing_from_before() {
    let two = Two::with(true, |settings| settings.near(3600));
    let (one, other) = (&two.one.1, &two.other.1);
    let tagged = || Key::from("tagged").tagged(["tag"]);
    set(one, "key", "old");
    set(one, tagged(), "old");
    assert!(text(one, "key").is_some() && text(one, tagged()).is_some());
    two.line.cut();
    set(other, "key", "new");
    two.other.0.handle().enter_and(|| larder::invalidate_tag_blocking("tag").unwrap());
    assert_eq!((text(one, "key").as_deref(), text(one, tagged())), (Some("new"), None));
    set(other, "key", "newer");
    assert_eq!(text(one, "key").as_deref(), Some("newer"), "what is read now is not kept near either");
    two.line.mend();
    assert_eq!(text(one, "key").as_deref(), Some("newer"));
    assert_eq!(two.questions(|| text(one, "key")).0, 0, "it is heard again");
}

#[test]
fn a_store_that_was_never_heard_is_asked_each_time() {
    let two = Two::new(true);
    two.line.cut();
    set(&two.one.1, "key", "value");
    assert_eq!(two.questions(|| (0..3).for_each(|_| drop(text(&two.one.1, "key")))).0, 3);
}

#[test]
fn counts_are_never_near() {
    let two = Two::new(false);
    let (one, other) = (&two.one.1, &two.other.1);
    one.blocking().add("count", 1_i64, OPTIONS).unwrap();
    one.blocking().set(Key::from("tagged").tagged(["tag"]), 1_i64, OPTIONS).unwrap();
    for expected in 2..5_i64 {
        for key in [Key::from("count"), Key::from("tagged").tagged(["tag"])] {
            assert_eq!(other.blocking().incr(&key, 1).unwrap(), expected);
            assert_eq!(one.blocking().get::<i64>(&key).unwrap(), Some(expected));
        }
    }
}

#[test]
fn tags_and_namespaces_withdraw_what_is_near_in_all_processes() {
    let two = Two::with(true, |settings| settings.near(3600));
    let (one, other) = (&two.one.1, &two.other.1);
    for process in [&two.one, &two.other] {
        let tagged = || Key::from("key").tagged(["tag"]);
        for cache in [one, other] {
            set(cache, tagged(), "value");
            set(&cache.namespace("part"), "key", "value");
        }
        for cache in [one, other] {
            assert!(text(cache, tagged()).is_some() && text(&cache.namespace("part"), "key").is_some());
            let (questions, _) = two.questions(|| (text(cache, "key"), text(&cache.namespace("part"), "key")));
            assert_eq!(questions, 0, "both are near");
        }
        process.0.handle().enter_and(|| larder::invalidate_tag_blocking("tag").unwrap());
        process.1.namespace("part").invalidate_blocking().unwrap();
        for cache in [one, other] {
            assert_eq!((text(cache, tagged()), text(&cache.namespace("part"), "key")), (None, None));
        }
    }
}

#[test]
fn markers_are_remembered_where_the_store_tells_and_asked_again_when_told() {
    let two = Two::new(true);
    let cache = &two.one.1;
    let key = |number: u64| Key::from(format!("key:{number}")).tagged(["tag"]);
    (0..10).for_each(|number| set(cache, key(number), "value"));
    text(cache, key(0));
    let before = two.store.calls().gets;
    (1..10).for_each(|number| assert!(text(cache, key(number)).is_some()));
    assert_eq!(two.store.calls().gets - before, 9, "one question for each entry, and none for its tag");
    two.other.0.handle().enter_and(|| larder::invalidate_tag_blocking("tag").unwrap());
    (0..10).for_each(|number| assert_eq!(text(cache, key(number)), None));
    set(&two.other.1, key(0), "new");
    assert_eq!(text(cache, key(0)).as_deref(), Some("new"));
}

#[test]
fn of_many_only_those_are_asked_for_that_are_not_near() {
    let two = Two::new(true);
    let cache = &two.one.1;
    for key in ["a", "b", "c"] {
        set(cache, key, key);
    }
    assert!(text(cache, "b").is_some());
    let all = || cache.blocking().get_many::<String>(["a", "b", "missing", "c"]).unwrap();
    let expected = [Some("a".to_owned()), Some("b".to_owned()), None, Some("c".to_owned())];
    assert_eq!(two.questions(all), (1, expected.to_vec()));
    let near = || cache.blocking().get_many::<String>(["c", "a", "b"]).unwrap();
    assert_eq!(two.questions(near).0, 0);
    assert_eq!(cache.stats().near_hits, 4);
}

#[test]
fn caches_of_one_process_see_each_others_changes_also_where_the_store_does_not_tell() {
    let clock = Clock::manual();
    let store = Arc::new(Memory::new(clock.clone()));
    let quiet = Arc::new(Quiet(store));
    let settings = || Settings::backend(Arc::clone(&quiet)).near(3600);
    let plain = Settings::backend(Arc::clone(&quiet));
    let larder = testing::isolated_at(clock, [("a", settings()), ("b", settings()), ("plain", plain)]).unwrap();
    let (a, b, plain) = (larder.cache("a"), larder.cache("b"), larder.cache("plain"));
    for other in [&b, &plain] {
        set(&a, "key", "old");
        assert_eq!(text(&a, "key").as_deref(), Some("old"));
        set(other, "key", "new");
        assert_eq!(text(&a, "key").as_deref(), Some("new"));
        other.blocking().clear().unwrap();
        assert_eq!(text(&a, "key"), None);
    }
}

/// A store that tells nothing.
struct Quiet(Arc<Memory>);

impl Backend for Quiet {
    fn capabilities(&self) -> Capabilities {
        Capabilities { clear_scope: true, ..Capabilities::NONE }
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        self.0.get(name).await
    }

    async fn set(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<(), Error> {
        self.0.set(name, value, time).await
    }

    async fn add(&self, name: &Name, value: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        self.0.add(name, value, time).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        self.0.delete(name).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        self.0.ttl(name).await
    }

    async fn clear_scope(&self, scope: &str) -> Result<(), Error> {
        self.0.clear_scope(scope).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.0.clear_store().await
    }
}

#[test]
fn names_that_a_function_writes_are_told_and_found_near_too() {
    let two = Two::with(true, |settings| settings.near(3600).key_function(|_, _, key, name| write!(name, "own/{key}")));
    let (one, other) = (&two.one.1, &two.other.1);
    set(one, "key", "old");
    assert!(text(one, "key").is_some());
    assert_eq!(two.questions(|| text(one, "key")).0, 0);
    set(other, "key", "new");
    assert_eq!(text(one, "key").as_deref(), Some("new"));
}

#[test]
fn a_near_level_holds_as_many_as_it_says() {
    let two = Two::with(true, |settings| settings.near(60).near_entries(10));
    for number in 0..100 {
        set(&two.one.1, format!("{number}"), "value");
        assert!(text(&two.one.1, format!("{number}")).is_some());
    }
    assert_eq!(two.one.1.stats().near_entries, 10);
}

#[test]
fn a_near_level_holds_as_many_bytes_as_it_says() {
    let two = Two::with(true, |settings| settings.near(60).near_bytes(1_000));
    let cache = &two.one.1;
    for number in 0..100 {
        set(cache, format!("{number}"), &"v".repeat(100));
        assert!(text(cache, format!("{number}")).is_some());
        assert!(cache.stats().near_bytes <= 1_000);
    }
    // A text of a hundred bytes has two more in the store, for what it is and how long.
    assert_eq!((cache.stats().near_entries, cache.stats().near_bytes), (9, 918));
    set(cache, "large", &"v".repeat(1_000));
    let questions = two.questions(|| (0..3).for_each(|_| assert!(text(cache, "large").is_some()))).0;
    assert_eq!((questions, cache.stats().near_entries), (3, 9), "and what is larger than all is not kept near");
    let unbounded = Two::with(true, |settings| settings.near(60));
    set(&unbounded.one.1, "key", "value");
    assert!(text(&unbounded.one.1, "key").is_some());
    assert_eq!((unbounded.one.1.stats().near_entries, unbounded.one.1.stats().near_bytes), (1, 0));
}

#[test]
fn a_cache_without_a_near_level_is_as_it_was() {
    let two = Two::with(true, |settings| settings);
    set(&two.one.1, "key", "value");
    assert_eq!(two.questions(|| (0..3).for_each(|_| drop(text(&two.one.1, "key")))).0, 3);
    let stats = two.one.1.stats();
    assert_eq!((stats.near_hits, stats.near_misses, stats.near_entries), (0, 0, 0));
}

#[test]
fn a_near_level_where_there_is_nothing_to_be_near_to_is_refused() {
    let outside = || Settings::backend(Memory::new(Clock::manual()));
    let wrong = [
        Settings::memory().near(5),
        Settings::null().near(5),
        outside().near(0),
        outside().near(5).near_entries(0),
        outside().near(5).near_bytes(0),
        outside().near_bytes(5),
    ];
    for settings in wrong {
        let error = testing::isolated_with([("default", settings)]).unwrap_err().to_string();
        assert!(error.contains("near"), "{error}");
    }
}
