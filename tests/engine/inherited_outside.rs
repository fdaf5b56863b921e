//! Tags that are inherited, where what is read or what is made of it lives outside: two registries stand for two
//! processes.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use larder::backend::Capabilities;
use larder::clock::Clock;
use larder::entry::Hearing;
use larder::testing::{self, Isolated};
use larder::{Cache, Key, Options, Settings, cached, entry, explain_blocking, invalidate_tag};

use crate::Runs;
use crate::shared_store::Shared;

const OPTIONS: Options = Options::forever();
const ALL: Capabilities = Capabilities::ALL;
const NO_TICKETS: Capabilities = Capabilities { conditional_fill: false, ..ALL };
const IN_PLACE: Capabilities = Capabilities { in_place: true, ..ALL };
/// Cleared by a number in names, which others trust for a second.
const BY_NAMES: Capabilities = Capabilities { clear_scope: false, ..ALL };
/// What each process has read it keeps near.
const NEAR: Capabilities = Capabilities { tells: true, ..ALL };

fn two(can: Capabilities) -> (Arc<Shared>, [(Isolated, Cache); 2]) {
    let clock = Clock::manual();
    let store = Shared::new(&clock, can, false);
    let processes = [store.process(&clock), store.process(&clock)];
    (store, processes)
}

fn tagged(key: &str, tags: &[&str]) -> Key {
    Key::from(key).tagged(tags.iter().copied())
}

fn invalidate((process, _): &(Isolated, Cache), tag: &str) {
    let _entered = process.handle().enter();
    larder::invalidate_tag_blocking(tag).unwrap();
}

#[cached(key = "inherited-outside:posts:<author>", tags = ["author:<author>", "posts"], ignore(runs))]
async fn posts(runs: &Runs, author: u64) -> String {
    std::future::ready(format!("{author}: {}", runs.next())).await
}

#[cached(key = "inherited-outside:list:<author>", ignore(runs))]
async fn list(runs: &Runs, author: u64) -> String {
    format!("the list of {}", posts(runs, author).await)
}

#[cached(key = "inherited-outside:page:<author>", ignore(runs))]
async fn page(runs: &Runs, author: u64) -> String {
    format!("a page with {}", list(runs, author).await)
}

#[tokio::test]
async fn what_is_made_of_a_value_goes_with_its_tags_in_all_processes_and_is_kept_at_once() {
    for can in [ALL, NO_TICKETS, IN_PLACE, NEAR] {
        let (_, [one, two]) = &two(can);
        let runs = &Runs::default();
        let ask = async |(process, _): &(Isolated, Cache), author| process.handle().scope(page(runs, author)).await;
        let [of_7, of_8] = [ask(one, 7).await, ask(one, 8).await];
        // Not one of them had to be made a second time to be kept.
        assert_eq!(two.0.handle().scope(page::get(7)).await.as_ref(), Some(&of_7));
        assert_eq!((ask(two, 7).await, ask(two, 8).await, runs.count()), (of_7.clone(), of_8.clone(), 2));
        two.0.handle().scope(invalidate_tag("author:7")).await.unwrap();
        assert_eq!(one.0.handle().scope(page::get(7)).await, None);
        assert_eq!((ask(one, 7).await, ask(two, 8).await), ("a page with the list of 7: 3".to_owned(), of_8));
        assert_eq!((ask(two, 7).await, runs.count()), ("a page with the list of 7: 3".to_owned(), 3));
        one.0.handle().scope(invalidate_tag("posts")).await.unwrap();
        assert_eq!(two.0.handle().scope(page::get(8)).await, None);
        let trouble = one.0.handle().scope(async { page::stats().trouble + list::stats().trouble }).await;
        assert_eq!(trouble, 0);
    }
}

/// The parts are there from another process, or near, or are read by hand.
#[test]
fn a_part_that_is_there_says_which_version_its_tags_had_and_nothing_more_is_asked() {
    type Way = fn(&Cache);
    let ways: [Way; 4] = [
        |cache| assert_eq!(cache.blocking().get("part").unwrap(), Some(1_u8)),
        |cache| assert_eq!(cache.blocking().get_many(["none", "part"]).unwrap(), [None, Some(1_u8)]),
        |cache| assert_eq!(cache.blocking().get_or_load("part", OPTIONS, || 2_u8), 1),
        |cache| assert_eq!(cache.blocking().get_or("part", 2_u8).unwrap(), 1),
    ];
    for can in [ALL, NEAR] {
        for way in ways {
            let (store, [one, two]) = &two(can);
            two.1.blocking().set(tagged("part", &["tag"]), 1_u8, OPTIONS).unwrap();
            for number in 0..2 {
                let key = format!("whole:{number}");
                store.fail_at(0);
                one.1.blocking().get_or_load(&key, OPTIONS, || way(&one.1));
                assert!(store.asked() <= 5, "a look, a ticket, the part with its marker, a write: {}", store.asked());
                assert!(two.1.blocking().has(&key).unwrap());
            }
            invalidate(two, "tag");
            assert!(!one.1.blocking().has("whole:0").unwrap() && !two.1.blocking().has("whole:1").unwrap());
        }
    }
}

#[test]
fn what_another_process_invalidates_while_it_is_made_is_not_good_afterwards() {
    for can in [ALL, NO_TICKETS, NEAR] {
        let (_, [one, two]) = &two(can);
        one.1.blocking().set(tagged("part", &["tag"]), 1_u8, OPTIONS).unwrap();
        let read = || one.1.blocking().get::<u8>("part").unwrap();
        let whole = one.1.blocking().get_or_load("whole", OPTIONS, || {
            let part = read();
            invalidate(two, "tag");
            part
        });
        assert_eq!(whole, Some(1));
        assert!(!one.1.blocking().has("whole").unwrap() && !two.1.blocking().has("whole").unwrap());
        // One old part and one new: the tag has two versions, and what is made of both is none of them.
        one.1.blocking().set(tagged("part", &["tag"]), 1_u8, OPTIONS).unwrap();
        one.1.blocking().get_or_load("whole", OPTIONS, || {
            let old = read();
            invalidate(two, "tag");
            one.1.blocking().set(tagged("part", &["tag"]), 2_u8, OPTIONS).unwrap();
            (old, read())
        });
        assert!(!one.1.blocking().has("whole").unwrap());
    }
}

#[test]
fn a_namespace_outside_takes_along_what_was_made_of_it_in_all_processes() {
    let (_, [one, two]) = &two(ALL);
    let user = |(_, cache): &(Isolated, Cache)| cache.namespace("user:7");
    let greeting = |process: &(Isolated, Cache)| {
        let load = || user(process).blocking().get_or_load("name", OPTIONS, || "Ada".to_owned());
        process.1.blocking().get_or_load("greeting", OPTIONS, load)
    };
    for process in [one, two] {
        greeting(process);
        assert!(two.1.blocking().has("greeting").unwrap());
        user(two).invalidate_blocking().unwrap();
        assert!(!one.1.blocking().has("greeting").unwrap() && !two.1.blocking().has("greeting").unwrap());
    }
}

/// A cache in memory and one outside, of one process.
fn here_and_there(clock: &Clock, store: &Arc<Shared>) -> (Isolated, Cache, Cache) {
    let caches = [("here", Settings::memory()), ("there", Settings::backend(Arc::clone(store)))];
    let larder = testing::isolated_at(clock.clone(), caches).unwrap();
    let (here, there) = (larder.cache("here"), larder.cache("there"));
    (larder, here, there)
}

#[test]
fn what_is_kept_in_memory_goes_with_what_it_read_outside() {
    let clock = Clock::manual();
    let store = Shared::new(&clock, ALL, false);
    let (_larder, here, there) = here_and_there(&clock, &store);
    let source = AtomicU64::new(1);
    let whole = || {
        here.blocking().get_or_load("whole", OPTIONS, || {
            there.blocking().get_or_load(tagged("part", &["tag"]), OPTIONS, || source.load(Ordering::SeqCst))
        })
    };
    for expected in 1..4 {
        assert_eq!(whole(), expected);
        here.blocking().delete("whole").unwrap();
        assert_eq!((whole(), here.blocking().has("whole").unwrap()), (expected, true), "made of what is there");
        source.fetch_add(1, Ordering::SeqCst);
        assert_eq!(whole(), expected);
        larder::invalidate_tag_blocking("tag").unwrap();
    }
}

/// What is in memory here is not told what another process invalidates. What is made of that, and kept where others
/// read it, is as old as what it was made of outside.
#[test]
fn a_value_in_memory_between_two_outside_does_not_make_the_outer_one_younger() {
    let clock = Clock::manual();
    let store = Shared::new(&clock, ALL, false);
    let [one, two] = [(); 2].map(|()| here_and_there(&clock, &store));
    let whole = |(_, here, there): &(Isolated, Cache, Cache), part: u8| {
        there.blocking().get_or_load("whole", OPTIONS, || {
            here.blocking().get_or_load("middle", OPTIONS, || {
                there.blocking().get_or_load(tagged("part", &["tag"]), OPTIONS, || part)
            })
        })
    };
    assert_eq!((whole(&one, 1), whole(&two, 1)), (1, 1));
    {
        let _entered = two.0.handle().enter();
        larder::invalidate_tag_blocking("tag").unwrap();
    }
    assert_eq!(whole(&one, 2), 1, "from the memory of the one who was not told");
    assert_eq!(whole(&two, 2), 2, "which nobody else is served");
}

/// Of a tag that comes from memory nobody can tell at first which version it had outside.
#[test]
fn what_is_made_outside_of_what_is_in_memory_is_kept_once_its_tag_was_seen_there() {
    let clock = Clock::manual();
    let store = Shared::new(&clock, ALL, false);
    let (_larder, here, there) = here_and_there(&clock, &store);
    let part = || here.blocking().get_or_load(tagged("part", &["tag"]), OPTIONS, || 1_u8);
    let load = || there.blocking().get_or_load("whole", OPTIONS, part);
    let told = explain_blocking(load).1.to_string();
    assert!(told.contains("nobody can tell whether a tag that its body has told was invalidated meanwhile"), "{told}");
    load();
    assert!(there.blocking().has("whole").unwrap());
    larder::invalidate_tag_blocking("tag").unwrap();
    assert!(!there.blocking().has("whole").unwrap());
}

#[test]
fn of_many_parts_the_tags_that_are_the_same_are_carried_once() {
    let (store, [one, _]) = &two(ALL);
    let part = |number: u32| {
        let key = tagged(&format!("part:{number}"), &["all", if number.is_multiple_of(2) { "even" } else { "odd" }]);
        one.1.blocking().get_or_load(key, OPTIONS, || number)
    };
    for around in ["whole", "again"] {
        one.1.blocking().get_or_load(around, OPTIONS, || (0..100).map(part).sum::<u32>());
        let name = larder::key::Scope::new("", "1", None).unwrap().name(&around.into());
        let bytes = testing::block_on(larder::backend::Backend::get(&store.inner, &name)).unwrap().expect("it is kept");
        assert_eq!(bytes[52..54], 3_u16.to_le_bytes());
    }
}

#[test]
fn a_body_that_wants_its_own_tags_alone_carries_no_others_outside() {
    let (_, [one, two]) = &two(ALL);
    one.1.blocking().get_or_load("chart", OPTIONS, || {
        assert!(entry::own_tags());
        one.1.blocking().get_or_load(tagged("part", &["tag"]), OPTIONS, || 1_u8)
    });
    invalidate(two, "tag");
    assert_eq!(two.1.blocking().get("chart").unwrap(), Some(1_u8));
}

/// Whatever the store may have under a name that nobody here has said, it is told by that if anybody has.
#[test]
fn a_story_names_a_tag_that_came_from_outside_where_its_name_is_known() {
    let (_, [one, two]) = &two(ALL);
    let part = || one.1.blocking().get_or_load(tagged("part", &["tag"]), OPTIONS, || 1_u8);
    let whole = || one.1.blocking().get_or_load("whole", OPTIONS, part);
    whole();
    invalidate(two, "tag");
    let told = explain_blocking(whole).1.to_string();
    assert!(told.contains("a miss: its tag `tag` was invalidated"), "{told}");
    assert!(told.contains("kept for ever with the tag `tag`"), "{told}");
}

#[cached(key = "inherited-outside:limited", tags = ["limited"], ttl = 60, timeout = 2)]
async fn limited() -> Result<u64, larder::Error> {
    std::future::pending().await
}

#[cached(key = "inherited-outside:limited:<id>", each(id in ids), tags = ["limited:all"], ttl = 60, timeout = 2)]
async fn limited_all(ids: &[u32]) -> Result<HashMap<u32, u64>, larder::Error> {
    assert!(!ids.is_empty());
    std::future::pending().await
}

#[cached(key = "inherited-outside:demands", tags = ["strict"], ttl = 60, strict)]
async fn demands() -> Result<u64, larder::Error> {
    std::future::ready(Ok(7)).await
}

/// Whoever waits for such an error has its tags too: what is made of it is not to depend on who came first.
#[tokio::test]
async fn an_error_in_the_place_of_a_body_hands_on_the_tags_of_that_to_who_leads_too() {
    let clock = Clock::manual();
    let store = Shared::new(&clock, ALL, false);
    let caches = [("default", Settings::backend(Arc::clone(&store))), ("wholes", Settings::memory())];
    let larder = testing::isolated_at(clock, caches).unwrap();
    let wholes = larder.cache("wholes");
    let in_time = async || larder.advance(Duration::from_secs(2));
    let asked = async || {
        let whole = wholes.get_or_load("limited", OPTIONS, async || limited().await.is_err());
        assert!(tokio::join!(whole, in_time()).0);
        let whole = wholes.get_or_load("limited:all", OPTIONS, async || limited_all(&[1, 2]).await.is_err());
        assert!(tokio::join!(whole, in_time()).0);
        store.fail_at(1);
        assert!(wholes.get_or_load("strict", OPTIONS, async || demands().await.is_err()).await);
    };
    larder.handle().scope(asked()).await;
    let mut kept = Vec::new();
    for tag in ["another", "limited", "limited:all", "strict"] {
        larder.handle().scope(invalidate_tag(tag)).await.unwrap();
        kept.push(wholes.get_many::<bool>(["limited", "limited:all", "strict"]).await.unwrap());
    }
    let there = [Some(true); 3];
    assert_eq!(kept, [there, [None, there[1], there[2]], [None, None, there[2]], [None; 3]]);
}

#[test]
fn nothing_is_made_of_what_another_process_has_cleared_also_where_that_is_still_trusted_to_be_there() {
    let (store, [(_ours, ours), (_theirs, theirs)]) = &two(BY_NAMES);
    let source = AtomicU64::new(1);
    let part = |cache: &Cache| {
        let parts = cache.at_version("parts").unwrap();
        parts.blocking().get_or_load("part", OPTIONS, || source.load(Ordering::SeqCst))
    };
    let whole = |cache: &Cache, key: &str| cache.blocking().get_or_load(key, OPTIONS, || part(cache));
    let many = |cache: &Cache| {
        let parts = cache.at_version("parts").unwrap();
        let read = || parts.blocking().get_many::<u64>(["part", "another"]).unwrap()[0];
        cache.blocking().get_or_load("many", OPTIONS, read)
    };
    let asked = |ask: &dyn Fn() -> u64| {
        let before = store.asked();
        (ask(), store.asked() - before)
    };
    assert_eq!([part(theirs), whole(theirs, "first")], [1, 1]);
    source.store(2, Ordering::SeqCst);
    ours.at_version("parts").unwrap().blocking().clear().unwrap();
    assert_eq!(part(theirs), 1, "who makes nothing of it trusts for a second that it is there");
    assert_eq!(many(theirs), None, "nobody has made it anew yet");
    assert_eq!(whole(theirs, "whole"), 2);
    assert_eq!(whole(ours, "whole"), 2, "it was kept");
    let (part, questions) = asked(&|| part(theirs));
    assert_eq!((part, questions), (2, 1), "what a body has heard they all go by, and a hit asks one question");
}

#[test]
fn a_body_reads_what_was_made_anew_since_another_process_has_cleared() {
    let (_store, [(_ours, ours), (_theirs, theirs)]) = &two(BY_NAMES);
    let source = AtomicU64::new(1);
    let parts = |cache: &Cache| cache.at_version("parts").unwrap();
    let part = |cache: &Cache| parts(cache).blocking().get_or_load("part", OPTIONS, || source.load(Ordering::SeqCst));
    assert_eq!(part(theirs), 1);
    source.store(2, Ordering::SeqCst);
    parts(ours).blocking().clear().unwrap();
    assert_eq!((part(ours), part(theirs)), (2, 1), "who makes nothing of it trusts for a second");
    source.store(3, Ordering::SeqCst);
    assert_eq!(theirs.blocking().get_or_load("whole", OPTIONS, || part(theirs)), 2, "what is there by the new number");
}

#[test]
fn a_body_that_reads_many_is_told_of_each_by_its_own_number() {
    let (_store, [(_ours, ours), (_theirs, theirs)]) = &two(BY_NAMES);
    let parts = |cache: &Cache| cache.at_version("parts").unwrap();
    let of = |cache: &Cache| parts(cache).blocking().get_many::<u64>(["a", "b", "a", "c"]).unwrap();
    parts(theirs).blocking().set("a", 1_u64, OPTIONS).unwrap();
    parts(theirs).blocking().set("b", 2_u64, OPTIONS).unwrap();
    assert_eq!(of(theirs), [Some(1), Some(2), Some(1), None]);
    parts(ours).blocking().clear().unwrap();
    parts(ours).blocking().set("c", 3_u64, OPTIONS).unwrap();
    parts(ours).blocking().set("a", 4_u64, OPTIONS).unwrap();
    assert_eq!(of(theirs), [Some(1), Some(2), Some(1), None], "it trusts for a second");
    let whole = theirs.blocking().get_or_load("whole", OPTIONS, || of(theirs));
    assert_eq!(whole, [Some(4), None, Some(4), Some(3)]);
}

/// What goes before a body says what the body is to make something of.
#[test]
fn a_guard_is_told_what_a_body_is_also_where_others_trust_for_a_second() {
    let (_store, [(_ours, ours), (_theirs, theirs)]) = &two(BY_NAMES);
    let source = AtomicU64::new(1);
    let parts = |cache: &Cache| cache.at_version("parts").unwrap();
    let part = |cache: &Cache| parts(cache).blocking().get_or_load("part", OPTIONS, || source.load(Ordering::SeqCst));
    assert_eq!(part(theirs), 1);
    source.store(2, Ordering::SeqCst);
    parts(ours).blocking().clear().unwrap();
    assert_eq!(part(theirs), 1, "who makes nothing of it trusts");
    let guard = Hearing::before();
    assert_eq!(testing::block_on(guard.of(pin!(async { part(theirs) }))), 2);
}
