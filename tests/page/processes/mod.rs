//! What one process invalidates by a pattern, or by a write, is gone for all that share its store.

mod learned;
mod older;
mod posted;

use std::future::{Future, pending};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Waker};
use std::thread;
use std::time::Duration;

use larder::backend::layer::{Call, Guard, around};
use larder::backend::{Answer, Backend, Capabilities, Counting, Memory, Remaining};
use larder::clock::Clock;
use larder::key::Name;
use larder::page::{CacheLayer, Language, cache_page, invalidate_in, invalidate_in_blocking};
use larder::testing::{self, Isolated};
use larder::{Cache, Error, Kind, Settings};

use super::app::{App, request, response};
use crate::play::Gate;

const SECOND: Duration = Duration::from_secs(1);

/// A process, with a store that others may share.
struct Process {
    larder: Isolated,
    cache: Cache,
    app: App,
    gate: Gate,
}

impl Process {
    fn new(name: &'static str, clock: &Clock, store: Settings, layer: &CacheLayer) -> Self {
        let larder = testing::isolated_at(clock.clone(), [("default", store)]).unwrap();
        let (cache, gate) = (larder.cache("default"), Gate::new());
        let held = gate.clone();
        let app = App::slow(&layer.clone().in_cache(&cache), move |run, request| {
            let held = held.clone();
            async move {
                if request.headers().contains_key("slow") {
                    held.pass().await;
                }
                response(200, &[], format!("{name}{run}"))
            }
        });
        Self { larder, cache, app, gate }
    }

    fn get(&self, path: &str) -> String {
        self.app.get(path).text().to_owned()
    }

    /// Asks for a page as somebody whom a layer outside knows.
    fn ask_as(&self, method: &str, user: u32, language: &str) -> String {
        let mut request = request(method, "/a", &[]);
        request.extensions_mut().insert(user);
        if !language.is_empty() {
            request.extensions_mut().insert(Language(language.to_owned()));
        }
        let visit = testing::block_on(self.app.ask(request));
        self.larder.run_tasks();
        visit.text().to_owned()
    }

    fn purge(&self, pattern: &str) {
        invalidate_in_blocking(&self.cache, pattern).unwrap();
    }
}

/// A store of which all processes make their own settings.
fn memory() -> (Clock, Arc<Memory>) {
    let clock = Clock::manual();
    (clock.clone(), Arc::new(Memory::new(clock)))
}

fn two(layer: &CacheLayer) -> (Clock, Arc<Memory>, [Process; 2]) {
    let (clock, store) = memory();
    let process = |name| Process::new(name, &clock, Settings::backend(Arc::clone(&store)), layer);
    let processes = [process("a"), process("b")];
    (clock, store, processes)
}

/// Loses all that is no entry: what tells of purges, too.
fn lose(store: &Memory) {
    testing::block_on(store.clear_scope(":%=:")).unwrap();
}

/// A store that does as little as a store can, and tells nobody of changes.
struct Plain(Memory);

impl Backend for Plain {
    fn capabilities(&self) -> Capabilities {
        Capabilities::NONE
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Error> {
        self.0.get(name).await
    }

    async fn set(&self, name: &Name, bytes: &[u8], time: Option<Duration>) -> Result<(), Error> {
        self.0.set(name, bytes, time).await
    }

    async fn add(&self, name: &Name, bytes: &[u8], time: Option<Duration>) -> Result<bool, Error> {
        self.0.add(name, bytes, time).await
    }

    async fn delete(&self, name: &Name) -> Result<bool, Error> {
        self.0.delete(name).await
    }

    async fn ttl(&self, name: &Name) -> Result<Option<Remaining>, Error> {
        self.0.ttl(name).await
    }

    async fn clear_store(&self) -> Result<(), Error> {
        self.0.clear_store().await
    }
}

/// Is away, or stands still, while it is told to.
#[derive(Clone, Default)]
struct Line {
    is_cut: Arc<AtomicBool>,
    is_still: Arc<AtomicBool>,
}

impl Line {
    fn cut(&self, is_cut: bool) {
        self.is_cut.store(is_cut, Ordering::SeqCst);
    }

    fn stand(&self, is_still: bool) {
        self.is_still.store(is_still, Ordering::SeqCst);
    }
}

impl Guard for Line {
    fn around<'a, T: Send + 'a>(
        &'a self,
        _: Call,
        run: impl Fn() -> Answer<'a, Result<T, Error>> + Send + Sync + 'a,
    ) -> impl Future<Output = Result<T, Error>> + Send {
        let [is_cut, is_still] = [&self.is_cut, &self.is_still].map(|flag| flag.load(Ordering::SeqCst));
        async move {
            if is_still {
                pending::<()>().await;
            }
            if is_cut { Err(Error::new(Kind::Store, "the line is cut")) } else { run().await }
        }
    }
}

#[test]
fn what_one_process_invalidates_by_a_pattern_is_gone_in_another_within_a_second() {
    let (clock, _, [a, b]) = two(&cache_page(60));
    assert_eq!([a.get("/blog/1"), a.get("/about"), b.get("/blog/1"), b.get("/about")], ["a1", "a2", "a1", "a2"]);
    a.purge("/blog/*");
    clock.advance(SECOND);
    assert_eq!([b.get("/blog/1"), b.get("/about")], ["b1", "a2"]);
    assert_eq!([a.get("/blog/1"), b.get("/blog/1")], ["b1", "b1"], "and what was made after answers all");
    clock.advance(SECOND);
    assert_eq!([a.get("/blog/1"), b.get("/blog/1")], ["b1", "b1"]);
}

#[test]
fn the_process_that_invalidates_sees_it_at_once() {
    let (_, _, [a, b]) = two(&cache_page(60));
    assert_eq!([b.get("/blog/1"), a.get("/blog/1")], ["b1", "b1"]);
    a.purge("/blog/1");
    assert_eq!(a.get("/blog/1"), "a1");
    assert_eq!([a.get("/blog/1"), b.get("/blog/1")], ["a1", "a1"]);
}

#[test]
fn a_page_that_is_being_made_in_another_process_is_not_good_after_an_invalidation() {
    for again in [false, true] {
        let (clock, _, [a, b]) = two(&cache_page(60).see("slow"));
        b.get("/other");
        let mut slow = b.app.visitor("/blog/1", &[("slow", "1")]);
        slow.go_on();
        a.purge("/blog/*");
        if again {
            clock.advance(SECOND);
        }
        b.gate.let_go(1);
        assert_eq!(slow.go_on().page(), Some("b2"));
        assert_eq!(a.get("/blog/1"), "a1");
        clock.advance(SECOND);
        assert_eq!(b.get("/blog/1"), "a1", "{again}");
    }
}

#[test]
fn a_page_that_is_being_made_in_another_process_is_not_kept_after_a_write_to_its_url() {
    let (_, _, [a, b]) = two(&cache_page(60).see("slow"));
    b.get("/other");
    let mut slow = b.app.visitor("/1", &[("slow", "1")]);
    slow.go_on();
    a.app.send("POST", "/1", &[]);
    b.gate.let_go(1);
    assert_eq!(slow.go_on().page(), Some("b2"));
    assert_eq!([a.get("/1"), b.get("/1")], ["a2", "a2"]);
}

#[test]
fn what_a_process_has_begun_before_it_heard_of_any_other_is_good_where_nothing_took_it() {
    let (clock, _, [a, b]) = two(&cache_page(60));
    a.purge("/blog/*");
    assert_eq!([b.get("/blog/1"), b.get("/blog/1"), a.get("/blog/1")], ["b1", "b1", "b1"]);
    clock.advance(10 * SECOND);
    assert_eq!([a.get("/blog/1"), b.get("/blog/1")], ["b1", "b1"]);
}

#[test]
fn where_the_store_has_lost_what_was_invalidated_all_that_was_kept_before_is_gone_and_stays_so() {
    let (clock, store, [a, b]) = two(&cache_page(60));
    assert_eq!([a.get("/1"), a.get("/2"), b.get("/2")], ["a1", "a2", "a2"]);
    a.purge("/1");
    lose(&store);
    clock.advance(SECOND);
    assert_eq!([b.get("/1"), b.get("/1"), a.get("/1")], ["b1", "b1", "b1"]);
    lose(&store);
    clock.advance(SECOND);
    assert_eq!([a.get("/2"), b.get("/1"), b.get("/2"), a.get("/1")], ["a3", "b2", "a3", "b2"]);
}

/// Two processes, the first of which has a line to the store that can be cut.
fn with_a_line() -> (Clock, Line, [Process; 2]) {
    let ((clock, store), line) = (memory(), Line::default());
    let settings = || Settings::backend(Arc::clone(&store));
    let layer = cache_page(60);
    let a = Process::new("a", &clock, settings().layer(around(line.clone())), &layer);
    let b = Process::new("b", &clock, settings(), &layer);
    (clock, line, [a, b])
}

#[test]
fn what_could_not_be_told_is_told_before_a_page_of_that_store_is_handed_out() {
    let (clock, line, [a, b]) = with_a_line();
    assert_eq!([a.get("/1"), a.get("/2"), b.get("/1")], ["a1", "a2", "a1"]);
    line.cut(true);
    invalidate_in_blocking(&a.cache, "/1").expect_err("nobody was told");
    assert_eq!(a.get("/1"), "a3");
    line.cut(false);
    clock.advance(60 * SECOND / 2);
    assert_eq!(b.get("/1"), "a1", "nobody has told it yet");
    assert_eq!(a.get("/2"), "a2");
    clock.advance(SECOND);
    assert_eq!([b.get("/1"), b.get("/2"), a.get("/1")], ["b1", "a2", "b1"]);
}

#[test]
fn whoever_leaves_while_the_store_is_told_has_it_told_by_the_next_request() {
    let (clock, line, [a, b]) = with_a_line();
    assert_eq!([a.get("/1"), a.get("/2")], ["a1", "a2"]);
    line.stand(true);
    assert!(pin!(invalidate_in(&a.cache, "/2")).poll(&mut Context::from_waker(Waker::noop())).is_pending());
    line.stand(false);
    clock.advance(SECOND);
    assert_eq!([b.get("/1"), b.get("/2"), a.get("/1")], ["a1", "a2", "a1"]);
    clock.advance(SECOND);
    assert_eq!([b.get("/1"), b.get("/2")], ["a1", "b1"]);
}

#[test]
fn of_more_patterns_than_are_remembered_those_that_are_forgotten_take_too_much_and_not_too_little() {
    let (clock, _, [a, b]) = two(&cache_page(600));
    let before = [a.get("/blog/1"), a.get("/user/1"), a.get("/about")];
    a.purge("/user/1");
    for number in 0..300 {
        a.purge(&format!("/nothing/{number}"));
    }
    clock.advance(SECOND);
    assert_eq!([b.get("/blog/1"), b.get("/user/1"), b.get("/about")], [&*before[0], "b1", &*before[2]]);
    a.purge("/user/*");
    for number in 0..300 {
        a.purge(&format!("/nothing/{number}/*"));
    }
    clock.advance(SECOND);
    assert_eq!([b.get("/blog/1"), b.get("/user/1"), b.get("/about")], ["b2", "b3", "b4"]);
}

#[test]
fn a_pattern_of_any_length_is_told() {
    let (clock, _, [a, b]) = two(&cache_page(60));
    let path = format!("/{}", "long".repeat(10_000));
    assert_eq!([a.get("/about"), a.get(&path)], ["a1", "a2"]);
    a.purge(&path);
    clock.advance(SECOND);
    assert_eq!([b.get("/about"), b.get(&path)], ["a1", "b1"]);
}

#[test]
fn where_the_list_is_larger_than_an_entry_may_be_everything_goes() {
    let (clock, store) = memory();
    let process = |name| {
        let settings = Settings::backend(Arc::clone(&store)).max_value_bytes(1_000);
        Process::new(name, &clock, settings, &cache_page(60))
    };
    let [a, b] = [process("a"), process("b")];
    assert_eq!([a.get("/1"), b.get("/1")], ["a1", "a1"]);
    for number in 0..10 {
        a.purge(&format!("/{}/{number}", "x".repeat(200)));
    }
    clock.advance(SECOND);
    assert_eq!([b.get("/1"), b.get("/1"), a.get("/1")], ["b1", "b1", "b1"]);
}

#[test]
fn of_processes_that_invalidate_at_once_each_is_heard() {
    let (clock, store, [a, b]) = two(&cache_page(600));
    let c = Process::new("c", &clock, Settings::backend(Arc::clone(&store)), &cache_page(600));
    let paths = |who: &'static str| (0..60).map(move |number| format!("/{who}/{number}"));
    let all: Vec<_> = paths("a").chain(paths("b")).collect();
    for path in &all {
        c.get(path);
    }
    thread::scope(|threads| {
        for (process, who) in [(&a, "a"), (&b, "b")] {
            let cache = process.cache.clone();
            threads.spawn(move || paths(who).for_each(|path| invalidate_in_blocking(&cache, &path).unwrap()));
        }
    });
    clock.advance(SECOND);
    let made = c.app.runs.get();
    for path in &all {
        c.get(path);
    }
    assert_eq!(c.app.runs.get() - made, all.len());
}

#[test]
fn a_write_in_one_process_empties_what_another_one_tells_apart_by_more() {
    let layer = cache_page(60).vary_extension::<u32>();
    let (clock, _, [a, b]) = two(&layer);
    let pages = || [b.ask_as("GET", 1, ""), b.ask_as("GET", 2, "de"), b.ask_as("GET", 2, "")];
    let before = pages();
    assert_eq!(before, ["b1", "b2", "b3"]);
    assert_eq!(pages(), before);
    a.ask_as("POST", 7, "");
    clock.advance(SECOND);
    assert_eq!(pages(), ["b4", "b5", "b6"]);
}

#[test]
fn a_write_in_one_process_empties_pages_in_languages_that_only_another_one_has_seen() {
    let (clock, _, [a, b]) = two(&cache_page(60));
    assert_eq!([b.ask_as("GET", 0, "de"), b.ask_as("GET", 0, "de")], ["b1", "b1"]);
    a.ask_as("POST", 0, "");
    clock.advance(SECOND);
    assert_eq!(b.ask_as("GET", 0, "de"), "b2");
}

#[test]
fn a_store_that_changes_nothing_in_one_step_loses_no_purge() {
    let clock = Clock::manual();
    let store = Arc::new(Plain(Memory::new(clock.clone())));
    let process = |name| Process::new(name, &clock, Settings::backend(Arc::clone(&store)), &cache_page(60));
    let [a, b] = [process("a"), process("b")];
    assert_eq!([a.get("/1"), b.get("/1"), b.get("/2"), a.get("/2")], ["a1", "a1", "b1", "b1"]);
    a.purge("/1");
    b.purge("/2");
    clock.advance(SECOND);
    let after = [b.get("/1"), a.get("/2")];
    assert_eq!(after, ["b2", "a2"]);
    clock.advance(SECOND);
    assert_eq!([a.get("/1"), b.get("/2")], after);
}

/// A way in which a process invalidates its page.
type Way = (&'static str, fn(&Process));

#[test]
fn what_another_process_keeps_near_goes_within_a_second_by_a_pattern_and_by_a_write() {
    let clock = Clock::manual();
    let store = Arc::new(Plain(Memory::new(clock.clone())));
    let settings = || Settings::backend(Arc::clone(&store));
    let a = Process::new("a", &clock, settings(), &cache_page(600));
    let b = Process::new("b", &clock, settings().near(60), &cache_page(600));
    let ways: [Way; 2] = [("a pattern", |a| a.purge("/a*")), ("a write", |a| drop(a.app.send("POST", "/a", &[])))];
    for (name, way) in ways {
        let before = b.get("/a");
        assert_eq!([b.get("/a"), b.get("/a")], [&*before, &*before], "{name}");
        assert!(b.cache.stats().near_hits > 0, "{name}");
        way(&a);
        clock.advance(SECOND);
        let after = b.get("/a");
        assert_ne!(after, before, "{name}");
        assert_eq!(b.get("/a"), after, "{name}");
    }
}

#[test]
fn a_hit_asks_the_store_one_question_and_one_in_half_a_second_another() {
    let (clock, store) = memory();
    let store = Arc::new(Counting::new(store));
    let a = Process::new("a", &clock, Settings::backend(Arc::clone(&store)), &cache_page(60));
    a.get("/1");
    let asked = |times: usize| {
        let before = store.calls();
        (0..times).for_each(|_| drop(a.get("/1")));
        let after = store.calls();
        assert_eq!((after.sets, after.deletes), (before.sets, before.deletes));
        after.gets - before.gets
    };
    assert_eq!(asked(10), 10);
    clock.advance(SECOND / 2);
    assert_eq!(asked(10), 11);
    assert_eq!(asked(10), 10);
}
