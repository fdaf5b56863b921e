//! Tags and namespaces in a store that several processes share: two registries stand for two processes.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use larder::backend::{Backend, Capabilities};
use larder::clock::Clock;
use larder::testing::{Isolated, Larder, block_on};
use larder::{Cache, Key, Kind, Options, Settings, Ttl, cached, entry, invalidate_tag, testing, updates};

use crate::Runs;
use crate::chance::{Chance, Task, interleave, stop};
use crate::shared_store::Shared;

const OPTIONS: Options = Options::forever();
const ALL: Capabilities = Capabilities::ALL;
const NO_TICKETS: Capabilities = Capabilities { conditional_fill: false, ..ALL };
const NO_ADD: Capabilities = Capabilities { atomic_add: false, ..ALL };
const IN_PLACE: Capabilities = Capabilities { in_place: true, ..ALL };
/// What each process has read it keeps near.
const NEAR: Capabilities = Capabilities { tells: true, ..ALL };
const NEAR_NO_TICKETS: Capabilities = Capabilities { tells: true, ..NO_TICKETS };

/// Two processes before one store.
struct Processes {
    store: Arc<Shared>,
    one: (Isolated, Cache),
    two: (Isolated, Cache),
}

impl Processes {
    fn new(can: Capabilities, stops: bool) -> Self {
        let clock = Clock::manual();
        let store = Shared::new(&clock, can, stops);
        let (one, two) = (store.process(&clock), store.process(&clock));
        Self { store, one, two }
    }

    fn caches(&self) -> [&Cache; 2] {
        [&self.one.1, &self.two.1]
    }
}

fn invalidate_in(process: &Larder, tag: &str) -> Result<(), larder::Error> {
    let _entered = process.enter();
    larder::invalidate_tag_blocking(tag)
}

fn tagged(key: &str, tags: &[&str]) -> Key {
    Key::from(key).tagged(tags.iter().copied())
}

#[cached(key = "outside-tags:title:<author>:<post>", tags = ["author:<author>", "posts"], ignore(runs))]
async fn title(runs: &Runs, author: u64, post: u64) -> String {
    std::future::ready(format!("{author}, {post}: {}", runs.next())).await
}

#[tokio::test]
async fn an_invalidation_in_one_process_is_seen_by_the_other_at_once() {
    for can in [ALL, NO_TICKETS, NO_ADD, IN_PLACE, NEAR] {
        let Processes { one, two, .. } = &Processes::new(can, false);
        let (one, two, runs) = (one.0.handle(), two.0.handle(), Runs::default());
        let ask = async |process: &testing::Larder| {
            [
                process.scope(title(&runs, 7, 1)).await,
                process.scope(title(&runs, 7, 2)).await,
                process.scope(title(&runs, 8, 1)).await,
            ]
        };
        let before = ask(&one).await;
        assert_eq!((ask(&one).await, ask(&two).await), (before.clone(), before.clone()));
        assert_eq!(runs.count(), 3);
        two.scope(invalidate_tag("author:7")).await.unwrap();
        assert_eq!(one.scope(title::get(7, 1)).await, None);
        let after = ask(&one).await;
        assert_eq!([0, 1, 2].map(|at| after[at] == before[at]), [false, false, true]);
        assert_eq!(ask(&two).await, after);
        one.scope(invalidate_tag("posts")).await.unwrap();
        assert_eq!(two.scope(title::get(8, 1)).await, None);
        assert_eq!(two.scope(async { title::stats() }).await.trouble, 0);
    }
}

#[updates(title(author, post))]
async fn rename(author: u64, post: u64, name: &str) -> String {
    let _ = (author, post);
    name.to_owned()
}

#[updates(|name| title(7, name.len() as u64))]
async fn rename_by_length(name: &str) -> String {
    name.to_owned()
}

#[tokio::test]
async fn what_a_function_writes_has_its_tags_outside_too() {
    let Processes { one, two, .. } = &Processes::new(ALL, false);
    let (one, two) = (one.0.handle(), two.0.handle());
    one.scope(rename(7, 1, "new")).await;
    one.scope(rename_by_length("four")).await;
    one.scope(title::put(7, 9, "by hand".to_owned())).await;
    assert_eq!(two.scope(title::get(7, 1)).await.as_deref(), Some("new"));
    assert_eq!(two.scope(title::get(7, 4)).await.as_deref(), Some("four"));
    assert_eq!(two.scope(title::get(7, 9)).await.as_deref(), Some("by hand"));
    two.scope(invalidate_tag("author:7")).await.unwrap();
    for post in [1, 4, 9] {
        assert_eq!(one.scope(title::get(7, post)).await, None, "{post}");
    }
}

#[test]
fn what_has_no_tags_pays_for_none_and_what_has_some_asks_once() {
    let two = Processes::new(ALL, false);
    let cache = two.one.1.blocking();
    let asked = |call: &dyn Fn()| {
        two.store.fail_at(0);
        call();
        two.store.asked()
    };
    let load = |key: Key| {
        cache.get_or_load(key, OPTIONS, || 1_u8);
    };
    assert_eq!(asked(&|| load("plain".into())), 3, "a look, a ticket and a write");
    assert_eq!(asked(&|| load("plain".into())), 1);
    load(tagged("first", &["a"]));
    assert_eq!(asked(&|| load(tagged("tagged", &["a"]))), 3, "its markers come with the look");
    assert_eq!(asked(&|| load(tagged("tagged", &["a"]))), 1);
    assert_eq!(
        asked(&|| assert!(cache.has("tagged").unwrap())),
        3,
        "who does not know its tags asks for them, and its time"
    );
    assert_eq!(asked(&|| assert!(cache.get::<u8>("tagged").unwrap().is_some())), 2);
    let keys = || ["plain", "first", "tagged"];
    assert_eq!(asked(&|| assert_eq!(cache.get_many::<u8>(keys()).unwrap(), [Some(1); 3])), 2);
    assert_eq!(asked(&|| assert!(larder::invalidate_tag_blocking("a").is_ok())), 2, "the tag, and what stands for all");
    assert_eq!(cache.get_many::<u8>(keys()).unwrap(), [Some(1), None, None]);
}

#[test]
fn a_tag_withdraws_for_every_operation_outside_too() {
    let two = Processes::new(ALL, false);
    let [cache, other] = two.caches().map(Cache::blocking);
    let again = || {
        cache.set(tagged("n", &["tag"]), 5_i64, OPTIONS).unwrap();
        assert_eq!(other.get::<i64>("n").unwrap(), Some(5));
        invalidate_in(&two.two.0.handle(), "tag").unwrap();
    };
    again();
    assert_eq!((cache.get::<i64>("n").unwrap(), cache.ttl("n").unwrap(), cache.has("n").unwrap()), (None, None, false));
    again();
    assert!(!cache.touch("n", Ttl::Forever).unwrap());
    again();
    assert_eq!(cache.incr("n", 1).unwrap_err().kind(), Kind::Missing);
    again();
    assert!(cache.add("n", 6_i64, OPTIONS).unwrap());
    assert_eq!(cache.get("n").unwrap(), Some(6_i64));
    cache.delete("n").unwrap();
    again();
    assert_eq!(cache.get_or_load("n", OPTIONS, || 7_i64), 7);
    cache.delete("n").unwrap();
    again();
    assert_eq!(cache.incr_version::<i64>("n", 1).unwrap_err().kind(), Kind::Missing);
    let entries = [(tagged("a", &["tag"]), 1_u8), (tagged("b", &["tag", "b"]), 2), (Key::from("c"), 3)];
    assert!(cache.set_many(entries, OPTIONS).is_empty());
    assert_eq!(other.get_many::<u8>(["a", "b", "c"]).unwrap(), [Some(1), Some(2), Some(3)]);
    invalidate_in(&two.two.0.handle(), "b").unwrap();
    assert_eq!(cache.get_many::<u8>(["a", "b", "c"]).unwrap(), [Some(1), None, Some(3)]);
    assert!(two.one.1.stats().trouble == 0 && two.one.1.stats().foreign == 0);
}

#[test]
fn counting_touching_and_moving_keep_the_tags_outside_too() {
    for (what, version) in [("counted", 1), ("touched", 1), ("moved", 2)] {
        for time in [Options::forever(), Options::ttl(60), Options::ttl(60).stale(60)] {
            let two = Processes::new(ALL, false);
            let cache = two.one.1.blocking();
            cache.set(tagged("n", &["tag"]), 5_i64, time).unwrap();
            let left = match what {
                "counted" => {
                    assert_eq!(cache.incr("n", 2).unwrap(), 7);
                    cache.ttl("n").unwrap()
                }
                "touched" => {
                    assert!(cache.touch("n", Ttl::For(Duration::from_secs(9))).unwrap());
                    Some(Ttl::For(Duration::from_secs(9)))
                }
                _ => {
                    let left = cache.ttl("n").unwrap();
                    assert_eq!(cache.incr_version::<i64>("n", 1).unwrap(), 2);
                    left
                }
            };
            let there = two.two.1.at_version(version).unwrap();
            assert_eq!(there.blocking().ttl("n").unwrap(), left, "{what}");
            invalidate_in(&two.two.0.handle(), "tag").unwrap();
            assert!(!there.blocking().has("n").unwrap(), "{what}");
        }
    }
}

#[test]
fn a_namespace_is_emptied_for_all_processes_in_one_step() {
    let two = Processes::new(ALL, false);
    let [cache, other] = two.caches();
    let parts = |cache: &Cache| {
        let (one, second) = (cache.namespace("one"), cache.at_version(2).unwrap().namespace("one"));
        let caches = [cache.clone(), (*one).clone(), (*cache.namespace("two")).clone(), (*one.namespace("in")).clone()];
        [&caches[..], &[(*second).clone()]].concat()
    };
    let (ours, theirs) = (parts(cache), parts(other));
    let fill = || {
        for (number, cache) in (0_i64..).zip(&ours) {
            cache.blocking().set("key", number, OPTIONS).unwrap();
        }
    };
    let kept = || theirs.iter().map(|cache| cache.blocking().get::<i64>("key").unwrap()).collect::<Vec<_>>();
    fill();
    assert_eq!(kept(), [Some(0), Some(1), Some(2), Some(3), Some(4)]);
    assert_eq!(theirs[1].blocking().incr("key", 10).unwrap(), 11);
    other.namespace("one").invalidate_blocking().unwrap();
    assert_eq!(kept(), [Some(0), None, Some(2), None, None], "and what is inside it, and in other versions");
    fill();
    block_on(cache.namespace("one").namespace("in").invalidate()).unwrap();
    assert_eq!(kept(), [Some(0), Some(1), Some(2), None, Some(4)]);
    assert!(theirs[3].blocking().add("key", 7_i64, OPTIONS).unwrap());
    cache.blocking().clear().unwrap();
    assert_eq!(kept(), [None, None, None, None, Some(4)], "the other version's tags are left alone");
}

#[test]
fn a_marker_that_is_lost_takes_everything_along_and_brings_nothing_back() {
    let two = Processes::new(ALL, false);
    let [cache, other] = two.caches();
    let user = cache.namespace("user");
    let each_marker = |change: &dyn Fn(&larder::key::Name)| {
        let markers = two.store.markers();
        assert!(markers.len() >= 2, "the tag's and the namespace's");
        markers.iter().for_each(change);
    };
    let lose = || each_marker(&|name| assert!(block_on(two.store.inner.delete(name)).is_ok()));
    let kept = || {
        let there = other.blocking().get_many::<u8>(["a", "b"]).unwrap();
        (there[0], there[1], user.blocking().get::<u8>("c").unwrap())
    };
    cache.blocking().set(tagged("a", &["tag"]), 1_u8, OPTIONS).unwrap();
    user.blocking().set("c", 2_u8, OPTIONS).unwrap();
    assert_eq!(kept(), (Some(1), None, Some(2)));
    lose();
    assert_eq!(kept(), (None, None, None));
    // Somebody makes the markers anew: what was there before is gone all the same.
    other.blocking().set(tagged("b", &["tag"]), 3_u8, OPTIONS).unwrap();
    other.namespace("user").blocking().set("d", 4_u8, OPTIONS).unwrap();
    assert_eq!(kept(), (None, Some(3), None));
    lose();
    assert_eq!(kept(), (None, None, None));
    each_marker(&|name| block_on(two.store.inner.set(name, b"garbage", None)).unwrap());
    assert_eq!(cache.blocking().get_or_load(tagged("b", &["tag"]), OPTIONS, || 5_u8), 5);
    assert!(cache.stats().trouble > 0, "what cannot be bound is not kept");
    assert_eq!(kept(), (None, None, None));
}

#[test]
fn no_key_is_spelled_like_a_marker_and_no_clearing_takes_one_along() {
    let two = Processes::new(ALL, false);
    let cache = &two.one.1;
    cache.blocking().set(tagged("a", &["tag"]), 1_u8, OPTIONS).unwrap();
    let markers = two.store.markers();
    let key = markers[0].as_str().rsplit_once(":%=:").expect("a marker").1;
    for version in ["", "%=", "="] {
        let cache = cache.at_version(version).unwrap();
        for key in [key.to_owned(), format!("%=:{key}"), format!(":%=:{key}")] {
            cache.blocking().set(&key, 2_u8, OPTIONS).unwrap();
            cache.namespace("%=").blocking().set(&key, 2_u8, OPTIONS).unwrap();
            cache.namespace("").blocking().set(&key, 2_u8, OPTIONS).unwrap();
        }
        cache.blocking().clear().unwrap();
    }
    assert_eq!(cache.blocking().get::<u8>("a").unwrap(), Some(1));
}

#[cached(key = "outside-tags:told:<post>", ignore(runs, between))]
async fn told(runs: &Runs, post: u64, between: &(dyn Fn() + Sync)) -> String {
    let run = runs.next();
    between();
    entry::tag(format!("told:{}", post / 10));
    std::future::ready(format!("{post}: {run}")).await
}

#[tokio::test]
async fn a_tag_that_a_body_tells_goes_back_to_when_it_began_outside_too() {
    let Processes { one, two, .. } = &Processes::new(ALL, false);
    let (process, other, runs) = (one.0.handle(), two.0.handle(), Runs::default());
    let nothing = || ();
    let ask = async |post, between: &(dyn Fn() + Sync)| process.scope(told(&runs, post, between)).await;
    let kept = async |post| process.scope(told::get(post)).await;
    ask(11, &nothing).await;
    assert_eq!(kept(11).await, None, "of the first tag of all nobody can tell that it stood still");
    for post in [11, 12, 21] {
        ask(post, &nothing).await;
        assert!(kept(post).await.is_some(), "{post}");
    }
    let invalidates = || invalidate_in(&other, "told:3").unwrap();
    ask(31, &invalidates).await;
    assert_eq!(kept(31).await, None, "invalidated by another process while the body ran");
    ask(31, &nothing).await;
    assert!(kept(31).await.is_some());
    invalidate_in(&other, "told:1").unwrap();
    assert_eq!([kept(11).await, kept(12).await], [None, None]);
    assert!(kept(21).await.is_some() && kept(31).await.is_some());
    // A tag that was seen before the body began is known to have stood still, whatever others did.
    let disturbs = || invalidate_in(&other, "another tag").unwrap();
    ask(22, &disturbs).await;
    assert!(kept(22).await.is_some());
    ask(41, &disturbs).await;
    assert_eq!(kept(41).await, None, "and nobody knows it of one that was not");
    assert_eq!(process.scope(async { told::stats().trouble }).await, 0);
}

#[test]
fn an_invalidation_that_is_left_at_any_step_is_owed_to_each_of_two_stores() {
    const LONG: usize = 1_000;
    let (mut steps, mut has_ended) = (1, false);
    while !has_ended {
        let clock = Clock::manual();
        let caches = ["one", "two"].map(|name| (name, Settings::backend(Shared::new(&clock, ALL, true))));
        let larder = testing::isolated_at(clock, caches).unwrap();
        let caches = ["one", "two"].map(|name| larder.cache(name));
        for cache in &caches {
            let mut before: Task<'_> = Box::pin(async {
                cache.set(tagged("key", &["tag"]), 1_u64, OPTIONS).await.unwrap();
                cache.get(tagged("key", &["tag"])).await.unwrap().unwrap_or(0)
            });
            assert!(advance(&mut before, LONG));
        }
        let mut change: Task<'_> = Box::pin(async {
            larder.handle().scope(invalidate_tag("tag")).await.unwrap();
            0
        });
        has_ended = advance(&mut change, steps);
        drop(change);
        for cache in &caches {
            let mut found = Some(1);
            let mut again: Task<'_> = Box::pin(async {
                found = cache.get::<u64>(tagged("key", &["tag"])).await.unwrap();
                0
            });
            assert!(advance(&mut again, LONG));
            drop(again);
            assert_eq!(found, None, "`{}`, left after {steps} steps", cache.name());
        }
        steps += 1;
    }
}

#[test]
fn an_invalidation_that_does_not_reach_its_store_is_an_error_and_all_others_are_told() {
    let clock = Clock::manual();
    let (broken, sound) = (Shared::new(&clock, ALL, false), Shared::new(&clock, ALL, false));
    let settings = |store: &Arc<Shared>| Settings::backend(Arc::clone(store));
    let caches = [("broken", settings(&broken)), ("memory", Settings::memory()), ("sound", settings(&sound))];
    let larder = testing::isolated_at(clock, caches).unwrap();
    let [first, memory, last] = ["broken", "memory", "sound"].map(|name| larder.cache(name));
    for cache in [&first, &memory, &last] {
        cache.blocking().set(tagged("key", &["tag"]), 1_u8, OPTIONS).unwrap();
        cache.namespace("part").blocking().set("key", 1_u8, OPTIONS).unwrap();
    }
    for call in [1, 2] {
        broken.fail_at(call);
        assert_eq!(larder::invalidate_tag_blocking("tag").unwrap_err().kind(), Kind::Store);
        assert_eq!(first.stats().trouble, call as u64);
    }
    assert!(!memory.blocking().has("key").unwrap() && !last.blocking().has("key").unwrap());
    broken.fail_at(0);
    larder::invalidate_tag_blocking("tag").unwrap();
    assert!(!first.blocking().has("key").unwrap());
    broken.fail_at(1);
    assert_eq!(first.namespace("part").invalidate_blocking().unwrap_err().kind(), Kind::Store);
    assert!(memory.namespace("part").invalidate_blocking().is_ok());
    broken.fail_at(0);
    first.namespace("part").invalidate_blocking().unwrap();
    assert!(!first.namespace("part").blocking().has("key").unwrap());
}

#[test]
fn with_memory_alone_an_invalidation_ends_when_it_is_first_polled() {
    let larder = testing::isolated();
    let user = larder.cache("default").namespace("user");
    let mut context = Context::from_waker(Waker::noop());
    let mut polled = |future: &mut dyn FnMut(&mut Context<'_>) -> Poll<Result<(), larder::Error>>| future(&mut context);
    let mut tag = Box::pin(invalidate_tag("tag"));
    assert!(matches!(polled(&mut |context| tag.as_mut().poll(context)), Poll::Ready(Ok(()))));
    let mut part = Box::pin(user.invalidate());
    assert!(matches!(polled(&mut |context| part.as_mut().poll(context)), Poll::Ready(Ok(()))));
}

/// Whatever call fails: nobody but those who write by hand is told, and what was withdrawn in a whole invalidation stays so.
#[test]
fn a_store_that_fails_at_each_call_in_turn_serves_nothing_old() {
    for can in [ALL, NO_TICKETS, NO_ADD, IN_PLACE] {
        for late in [false, true] {
            let mut call = 1;
            while fails_at(call, can, late) {
                call += 1;
            }
            assert!(call > 8, "it was asked {call} times");
        }
    }
}

/// Has one call fail, and says whether there was such a call.
fn fails_at(call: usize, can: Capabilities, late: bool) -> bool {
    let two = Processes::new(can, false);
    let source = AtomicU64::new(1);
    let load = |cache: &Cache| {
        let key = if late { Key::from("key") } else { tagged("key", &["tag"]) };
        cache.blocking().get_or_load(key, OPTIONS, || {
            let read = source.load(Ordering::SeqCst);
            if late {
                entry::tag("tag");
            }
            read
        })
    };
    let [cache, other] = two.caches();
    two.store.fail_at(call);
    load(cache);
    load(other);
    source.store(2, Ordering::SeqCst);
    let mut told = invalidate_in(&two.two.0.handle(), "tag");
    load(cache);
    // What the caller was told has failed is tried again.
    while told.is_err() {
        told = invalidate_in(&two.two.0.handle(), "tag");
    }
    assert_eq!((load(cache), load(other)), (2, 2), "call {call}, told late: {late}");
    assert_eq!((load(cache), load(other)), (2, 2), "call {call}, told late: {late}");
    two.store.asked() >= call
}

/// How what is kept gets its tag.
#[derive(Clone, Copy)]
enum Ties {
    Known,
    Told,
    Part,
    Both,
}

/// Reads the source and keeps what it read.
async fn fills(cache: &Cache, source: &AtomicU64, ties: Ties) -> u64 {
    let body = async || {
        stop().await;
        let read = source.load(Ordering::SeqCst);
        stop().await;
        if let Ties::Told | Ties::Both = ties {
            entry::tag("tag");
        }
        stop().await;
        read
    };
    match ties {
        Ties::Known | Ties::Both => cache.get_or_load(tagged("key", &["tag"]), OPTIONS, body).await,
        Ties::Told => cache.get_or_load("key", OPTIONS, body).await,
        Ties::Part => cache.namespace("tag").get_or_load("key", OPTIONS, body).await,
    }
}

/// Writes the source, and then invalidates.
async fn changes(process: &(Isolated, Cache), source: &AtomicU64, ties: Ties, value: u64) -> u64 {
    stop().await;
    source.fetch_max(value, Ordering::SeqCst);
    stop().await;
    match ties {
        Ties::Part => process.1.namespace("tag").invalidate().await.unwrap(),
        _ => process.0.handle().scope(invalidate_tag("tag")).await.unwrap(),
    }
    value
}

/// Polls a task so many times; says whether it has ended.
fn advance(task: &mut Task<'_>, steps: usize) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    (0..steps).any(|_| task.as_mut().poll(&mut context).is_ready())
}

/// Stops a fill of one process at each of its steps, and there the invalidation of another at each of its own.
#[test]
fn an_invalidation_that_comes_and_stops_at_any_step_of_a_fill_wins() {
    const LONG: usize = 1_000;
    for can in [ALL, NO_TICKETS, NO_ADD, IN_PLACE, NEAR] {
        for ties in [Ties::Known, Ties::Told, Ties::Part, Ties::Both] {
            let (mut before, mut has_ended) = (0, false);
            while !has_ended {
                for during in 0..16 {
                    let two = Processes::new(can, true);
                    let source = AtomicU64::new(1);
                    for number in 0..2_u64 {
                        let warm = two.one.1.get_or_load(format!("{number}"), OPTIONS, async || {
                            entry::tag("another");
                            number
                        });
                        assert!(advance(&mut (Box::pin(warm) as Task<'_>), LONG));
                    }
                    let mut fill: Task<'_> = Box::pin(fills(&two.one.1, &source, ties));
                    has_ended = advance(&mut fill, before);
                    let mut change: Task<'_> = Box::pin(changes(&two.two, &source, ties, 2));
                    let has_changed = advance(&mut change, during);
                    assert!(has_ended || advance(&mut fill, LONG));
                    assert!(has_changed || advance(&mut change, LONG));
                    let mut served = 0;
                    let mut again: Task<'_> = Box::pin(async {
                        served = fills(&two.one.1, &source, ties).await;
                        served
                    });
                    assert!(advance(&mut again, LONG));
                    drop(again);
                    assert_eq!(served, 2, "after {before} steps of a fill, and {during} of an invalidation");
                }
                before += 1;
            }
        }
    }
}

#[test]
fn in_ten_thousand_races_of_fills_and_invalidations_nothing_old_is_served_afterwards() {
    let rounds: u64 = if cfg!(debug_assertions) { 10_000 } else { 200_000 };
    let mut kept = 0;
    for round in 1..=rounds {
        let mut chance = Chance(round.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let can = [ALL, NO_TICKETS, NO_ADD, IN_PLACE, NEAR, NEAR_NO_TICKETS][chance.below(6)];
        let ties = [Ties::Known, Ties::Told, Ties::Part, Ties::Both][chance.below(4)];
        let two = Processes::new(can, true);
        let source = AtomicU64::new(1);
        // Some begin before a store that knows the tag already, and a process that has seen it.
        if chance.below(2) == 0 {
            let cache = two.caches()[chance.below(2)];
            interleave(&mut chance, vec![Box::pin(fills(cache, &source, ties))]);
            interleave(&mut chance, vec![Box::pin(fills(cache, &source, ties))]);
        }
        let mut tasks: Vec<Task<'_>> = Vec::new();
        for cache in two.caches() {
            for _ in 0..=chance.below(2) {
                tasks.push(Box::pin(fills(cache, &source, ties)));
            }
        }
        for value in 2..2 + chance.below(3) as u64 {
            let process = [&two.one, &two.two][chance.below(2)];
            tasks.push(Box::pin(changes(process, &source, ties, value)));
        }
        if chance.below(4) == 0 {
            let store = &two.store;
            tasks.push(Box::pin(async {
                stop().await;
                let markers = store.markers();
                for name in &markers {
                    store.inner.delete(name).await.unwrap();
                }
                markers.len() as u64
            }));
        }
        interleave(&mut chance, tasks);
        let now = source.load(Ordering::SeqCst);
        for cache in two.caches() {
            let runs = AtomicU64::new(now);
            let served = async {
                let served = fills(cache, &runs, ties).await;
                assert_eq!(served, now, "round {round}");
                served
            };
            interleave(&mut chance, vec![Box::pin(served)]);
            kept += cache.stats().hits;
        }
    }
    assert!(kept > rounds / 4, "and something is kept at all: {kept}");
}

#[test]
fn a_record_that_claims_more_tags_than_any_has_is_a_counted_miss() {
    let two = Processes::new(ALL, false);
    let cache = &two.one.1;
    cache.blocking().set(tagged("key", &["tag"]), 1_u8, OPTIONS).unwrap();
    let name = larder::key::Scope::new("", "1", None).unwrap().name(&"key".into());
    let whole = block_on(two.store.inner.get(&name)).unwrap().expect("it was kept");
    let mut many = whole.clone();
    many[52..54].copy_from_slice(&u16::MAX.to_le_bytes());
    many.extend(std::iter::repeat_n(7, 16 * 65_535));
    two.store.fail_at(0);
    for bytes in [many, whole[..60].to_vec()] {
        block_on(two.store.inner.set(&name, &bytes, None)).unwrap();
        assert_eq!(cache.blocking().get::<u8>("key").unwrap(), None);
    }
    assert_eq!((cache.stats().foreign, two.store.asked()), (2, 2), "and no marker is asked for");
    let many: Vec<String> = (0..2_000).map(|number| format!("tag:{number}")).collect();
    let error = cache.blocking().set(Key::from("key").tagged(&many), 1_u8, OPTIONS).unwrap_err();
    assert_eq!(error.kind(), Kind::TooLarge);
    assert!(error.to_string().contains("2000 tags"), "{error}");
}

/// A way to withdraw or replace what is there.
#[derive(Clone, Copy, Debug)]
enum Leaves {
    Tag,
    Namespace,
    Set,
    SetMany,
}

/// Whoever leaves in the middle has changed the source all the same.
#[test]
fn what_is_invalidated_or_written_and_left_at_any_step_is_not_served_by_its_process_any_more() {
    const LONG: usize = 1_000;
    for can in [ALL, NEAR] {
        for leaves in [Leaves::Tag, Leaves::Namespace, Leaves::Set, Leaves::SetMany] {
            let (mut steps, mut has_ended) = (1, false);
            while !has_ended {
                let two = Processes::new(can, true);
                let (larder, cache) = (&two.one.0, two.one.1.namespace("part"));
                let key = || tagged("key", &["tag"]);
                let looks = || async { cache.get::<u64>(key()).await.unwrap().unwrap_or(0) };
                let mut before: Task<'_> = Box::pin(async {
                    cache.set(key(), 1_u64, OPTIONS).await.unwrap();
                    looks().await
                });
                assert!(advance(&mut before, LONG));
                let mut change: Task<'_> = Box::pin(async {
                    match leaves {
                        Leaves::Tag => larder.scope(invalidate_tag("tag")).await.unwrap(),
                        Leaves::Namespace => cache.invalidate().await.unwrap(),
                        Leaves::Set => cache.set(key(), 2_u64, OPTIONS).await.unwrap(),
                        Leaves::SetMany => assert!(cache.set_many([(key(), 2_u64)], OPTIONS).await.is_empty()),
                    }
                    0
                });
                has_ended = advance(&mut change, steps);
                drop(change);
                let mut found = 1;
                let mut again: Task<'_> = Box::pin(async {
                    found = looks().await;
                    found
                });
                assert!(advance(&mut again, LONG));
                drop(again);
                assert_ne!(found, 1, "left after {steps} steps: {leaves:?}");
                steps += 1;
            }
        }
    }
}

/// Whoever looked before the change was left has found what was there, and does not hand it to those who come after that.
#[test]
fn who_joins_a_load_after_an_invalidation_was_left_is_not_handed_what_that_had_found() {
    const LONG: usize = 1_000;
    for can in [ALL, NEAR] {
        let (mut steps, mut has_ended) = (1, false);
        while !has_ended {
            for looked in 1..24 {
                let two = Processes::new(can, true);
                let (larder, cache) = &two.one;
                let load = || cache.get_or_load(tagged("key", &["tag"]), OPTIONS, async || 2_u64);
                let mut before: Task<'_> = Box::pin(async {
                    cache.set(tagged("key", &["tag"]), 1_u64, OPTIONS).await.unwrap();
                    0
                });
                assert!(advance(&mut before, LONG));
                let mut change: Task<'_> = Box::pin(async {
                    larder.scope(invalidate_tag("tag")).await.unwrap();
                    0
                });
                has_ended = advance(&mut change, steps);
                let mut first: Task<'_> = Box::pin(load());
                let has_loaded = advance(&mut first, looked);
                drop(change);
                let mut found = 0;
                let mut joins: Task<'_> = Box::pin(async {
                    found = load().await;
                    found
                });
                let has_joined = advance(&mut joins, 1);
                assert!(has_loaded || advance(&mut first, LONG));
                assert!(has_joined || advance(&mut joins, LONG));
                drop(joins);
                assert_eq!(found, 2, "left after {steps} steps, and {looked} of the load");
            }
            steps += 1;
        }
    }
}
