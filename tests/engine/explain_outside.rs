//! Why a call was a hit or a miss where entries live in a store outside, and why something is not kept there.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use larder::backend::{Backend, Capabilities, Memory};
use larder::clock::Clock;
use larder::explain::{Asked, Done, Found, Kept, Level, Miss, NotKept, Story, TagName, Unasked, Whom, WhyStale};
use larder::key::Scope;
use larder::testing::Isolated;
use larder::{Cache, Key, Options, Settings, Ttl, cached, entry, explain, explain_blocking, testing};
use tokio::sync::oneshot;

use crate::explain::{only, told};
use crate::shared_store::Shared;

const SECOND: Duration = Duration::from_secs(1);
const RAN: Done = Done::Ran { took: Duration::ZERO, failed: false };

/// A process before a store that can do so much.
struct Process {
    clock: Clock,
    store: Arc<Shared>,
    larder: Isolated,
    cache: Cache,
}

impl Process {
    fn that_can(can: Capabilities) -> Self {
        let clock = Clock::manual();
        let store = Shared::new(&clock, can, false);
        let (larder, cache) = store.process(&clock);
        Self { clock, store, larder, cache }
    }

    fn load(&self, key: impl Into<Key>, options: Options) -> Asked {
        load(&self.cache, key, options)
    }
}

fn load(cache: &Cache, key: impl Into<Key>, options: Options) -> Asked {
    let (_, story) = explain_blocking(|| cache.blocking().get_or_load(key, options, || "a value".to_owned()));
    only(&story).clone()
}

fn usual() -> Process {
    Process::that_can(Capabilities::ALL)
}

type Call<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

fn poll<F: Future + ?Sized>(call: &mut Pin<Box<F>>) -> Poll<F::Output> {
    call.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

fn held(cache: &Cache, options: Options) -> (oneshot::Sender<u64>, Call<'_, u64>) {
    let (send, receive) = oneshot::channel();
    let mut call: Call<'_, u64> = Box::pin(cache.get_or_load("key", options, || async { receive.await.unwrap() }));
    assert_eq!(poll(&mut call), Poll::Pending, "its body waits");
    (send, call)
}

fn call(cache: &Cache, options: Options, value: u64) -> Call<'_, (u64, Story)> {
    Box::pin(explain(cache.get_or_load("key", options, async move || value)))
}

#[test]
fn a_hit_in_a_store_says_how_old_it_is_and_how_much_is_left() {
    for can in [Capabilities::ALL, Capabilities { in_place: true, ..Capabilities::ALL }] {
        let process = Process::that_can(can);
        assert_eq!(process.load("key", Options::ttl(60)).found, Found::Miss(Miss::Absent));
        process.clock.advance(20 * SECOND);
        let hit = process.load("key", Options::ttl(60));
        let left = Some(Ttl::For(40 * SECOND));
        assert_eq!(hit.found, Found::Fresh { level: Level::Store, age: Some(20 * SECOND), left });
        assert_eq!(told(&hit), ["a hit in the store: 20 s old, 40 s left"]);
        let (found, story) = explain_blocking(|| process.cache.blocking().get::<String>("key").unwrap());
        assert!(found.is_some() && only(&story).is_hit(), "{story}");
    }
}

/// Bare digits say nothing but the number.
#[test]
fn of_a_number_nobody_but_its_store_knows_when_it_ends() {
    let process = usual();
    process.cache.blocking().set("count", 7_i64, Options::ttl(60)).unwrap();
    let (_, story) = explain_blocking(|| process.cache.blocking().get::<i64>("count").unwrap());
    assert_eq!(only(&story).found, Found::Fresh { level: Level::Store, age: None, left: None });
    assert_eq!(told(only(&story)), ["a hit in the store"]);
}

#[test]
fn a_hit_near_is_told_as_one() {
    let process = Process::that_can(Capabilities { tells: true, ..Capabilities::ALL });
    process.load("key", Options::ttl(300));
    assert!(matches!(process.load("key", Options::ttl(300)).found, Found::Fresh { level: Level::Store, .. }));
    let hit = process.load("key", Options::ttl(300));
    let left = Some(Ttl::For(60 * SECOND));
    assert_eq!(hit.found, Found::Fresh { level: Level::Near, age: None, left });
    assert_eq!(told(&hit), ["a hit near: 1 min left"]);
    let (found, story) = explain_blocking(|| process.cache.blocking().get_many::<String>(["key", "none"]).unwrap());
    assert_eq!(found, [Some("a value".to_owned()), None]);
    assert!(matches!(story.asked[0].found, Found::Fresh { level: Level::Near, .. }), "{story}");
    assert_eq!(story.asked[1].found, Found::Miss(Miss::Absent));
}

#[test]
fn many_at_once_are_told_one_by_one_also_outside() {
    let process = usual();
    process.cache.blocking().set("b", "text".to_owned(), Options::ttl(60)).unwrap();
    process.cache.blocking().set("c", 7_u64, Options::ttl(60)).unwrap();
    let (_, story) = explain_blocking(|| process.cache.blocking().get_many::<String>(["a", "b", "c"]).unwrap());
    let found: Vec<_> = story.asked.iter().map(|asked| asked.found.clone()).collect();
    assert_eq!(found[0], Found::Miss(Miss::Absent));
    assert!(matches!(found[1], Found::Fresh { level: Level::Store, .. }));
    assert_eq!(found[2], Found::Miss(Miss::OtherType));
}

/// The store holds it for those who may be served something old.
#[test]
fn what_a_store_still_holds_past_its_time_is_told() {
    let process = usual();
    let options = Options::ttl(10).stale(10).stale_if_error(60);
    process.load("key", options);
    process.clock.advance(15 * SECOND);
    let load = |options| {
        let body = || Err::<String, _>("down");
        explain_blocking(|| process.cache.blocking().try_get_or_load("key", options, body)).1
    };
    let story = load(Options::ttl(10));
    assert_eq!(only(&story).found, Found::Miss(Miss::Expired { ago: 5 * SECOND }));
    let story = load(options);
    assert_eq!(only(&story).found, Found::Stale { level: Level::Store, past: 5 * SECOND });
    assert_eq!(only(&story).done.last(), Some(&Done::Stale(WhyStale::Failed)));
    let story = load(options);
    assert_eq!(only(&story).done, [Done::Stale(WhyStale::Hushed)]);
}

#[test]
fn a_tag_that_another_process_has_invalidated_is_told_by_its_name_where_that_is_known() {
    let process = usual();
    let (other, _) = process.store.process(&process.clock);
    let invalidate = |tag: &str| {
        let _entered = other.enter();
        larder::invalidate_tag_blocking(tag).unwrap();
    };
    let key = || Key::from("post").tagged(["author:7"]);
    process.load(key(), Options::ttl(60));
    invalidate("author:7");
    let asked = process.load(key(), Options::ttl(60));
    let tags = vec![TagName::Named("author:7".to_owned())];
    assert_eq!(asked.found, Found::Miss(Miss::Invalidated { tags }));
    // Who has never said the name knows it by its fingerprint alone.
    invalidate("author:7");
    let (_here, stranger) = process.store.process(&process.clock);
    let (_, story) = explain_blocking(|| stranger.blocking().get::<String>("post").unwrap());
    let Found::Miss(Miss::Invalidated { tags }) = &only(&story).found else { panic!("{story}") };
    assert!(matches!(tags[..], [TagName::Unnamed { .. }]), "{tags:?}");
    assert!(told(only(&story))[0].starts_with("a miss: a tag was invalidated whose name nobody here has said ("));
}

#[cached(key = "explain:far:<id>", ttl = 60)]
fn far(id: u64) -> String {
    id.to_string()
}

#[test]
fn what_stands_there_and_cannot_be_used_is_told() {
    let process = usual();
    let by_hand = process.cache.blocking();
    by_hand.set("explain:far:7", "text".to_owned(), Options::ttl(60)).unwrap();
    let (_, story) = explain_blocking(|| far(7));
    assert_eq!(only(&story).found, Found::Miss(Miss::OtherPattern));
    by_hand.set("key", vec![1_u8], Options::ttl(60)).unwrap();
    assert_eq!(process.load("key", Options::ttl(60)).found, Found::Miss(Miss::OtherType));
    let name = Scope::new("", "1", None).unwrap().name(&Key::from("foreign"));
    testing::block_on(process.store.set(&name, b"written by somebody", None)).unwrap();
    let asked = process.load("foreign", Options::ttl(60));
    assert_eq!(asked.found, Found::Miss(Miss::Unreadable));
    let line = "a miss: what stands there cannot be read: another program wrote it, or another key or codec";
    assert_eq!(told(&asked)[0], line);
}

#[test]
fn a_store_that_does_not_answer_is_told() {
    let process = usual();
    process.store.fail_at(1);
    let asked = process.load("key", Options::ttl(60));
    assert_eq!(asked.found, Found::Miss(Miss::Away { error: "this call was to fail".to_owned() }));
    process.store.fail_at(1);
    let (_, story) = explain_blocking(|| process.cache.blocking().get::<String>("key").is_err());
    assert_eq!(told(only(&story)), ["a miss: the store did not answer: this call was to fail"]);
    process.store.fail_at(1);
    let (_, story) = explain_blocking(|| process.cache.blocking().get_many::<String>(["a", "b"]).is_err());
    assert!(story.asked.iter().all(|asked| matches!(asked.found, Found::Miss(Miss::Away { .. }))), "{story}");
}

#[cached(key = "explain:strict:<id>", ttl = 60, strict)]
fn strict(id: u64) -> Result<u64, larder::Error> {
    if id > 0 { Ok(id) } else { Err(larder::Error::configuration("no such thing")) }
}

#[test]
fn a_strict_function_is_answered_with_the_trouble_and_says_so() {
    let process = usual();
    process.store.fail_at(1);
    let (answer, story) = explain_blocking(|| strict(7));
    assert!(answer.is_err());
    assert_eq!(only(&story).done, [Done::Strict]);
}

#[test]
fn what_a_store_does_not_take_says_why() {
    let process = usual();
    let calls = |asked: &Asked| (asked.found.clone(), asked.kept.clone());
    for fails_at in [2, 3] {
        process.store.fail_at(fails_at);
        let (found, kept) = calls(&process.load(format!("fails:{fails_at}"), Options::ttl(60)));
        assert_eq!(found, Found::Miss(Miss::Absent));
        let error = "this call was to fail".to_owned();
        let why = if fails_at == 2 { NotKept::NoTicket } else { NotKept::Away { error } };
        assert_eq!(kept, Some(Kept::Not(why)));
    }
    process.store.fail_at(0);
    let settings = Settings::backend(Memory::new(process.clock.clone())).max_value_bytes(100);
    let larder = testing::isolated_at(process.clock.clone(), [("default", settings)]).unwrap();
    let (_, story) = explain_blocking(|| {
        larder.cache("default").blocking().get_or_load("key", Options::ttl(60), || "long".repeat(100))
    });
    let Some(Kept::Not(NotKept::TooLarge { bytes, limit: Some(100) })) = only(&story).kept else { panic!("{story}") };
    assert!(bytes > 400, "{bytes}");
}

#[test]
fn what_another_cache_took_and_this_one_does_not_is_told() {
    let process = usual();
    process.cache.blocking().set("key", "long".repeat(100), Options::ttl(60)).unwrap();
    let settings = Settings::backend(Arc::clone(&process.store)).max_value_bytes(100);
    let small = testing::isolated_at(process.clock.clone(), [("default", settings)]).unwrap();
    let Found::Miss(Miss::TooLarge { bytes }) = load(&small.cache("default"), "key", Options::ttl(60)).found else {
        panic!("it is too large")
    };
    assert!(bytes > 400, "{bytes}");
}

#[test]
fn what_is_invalidated_while_it_is_read_is_not_kept_outside_either() {
    for can in [Capabilities::ALL, Capabilities { conditional_fill: false, ..Capabilities::ALL }] {
        let process = Process::that_can(can);
        let by_hand = process.cache.blocking();
        let load = |key: Key, meanwhile: &dyn Fn()| {
            let body = || {
                meanwhile();
                "text".to_owned()
            };
            only(&explain_blocking(|| by_hand.get_or_load(key, Options::ttl(60), body)).1).kept.clone()
        };
        let kept = load("key".into(), &|| _ = by_hand.delete("key").unwrap());
        assert_eq!(kept, Some(Kept::Not(NotKept::Superseded)));
        let kept = load(Key::from("post").tagged(["posts"]), &|| larder::invalidate_tag_blocking("posts").unwrap());
        let tags = vec![TagName::Named("posts".to_owned())];
        assert_eq!(kept, Some(Kept::Not(NotKept::Invalidated { tags })));
    }
}

/// Another process has never looked at the tag, and another one is invalidated meanwhile.
#[test]
fn a_tag_that_nobody_can_vouch_for_is_told() {
    let process = usual();
    let (other, _) = process.store.process(&process.clock);
    let body = || {
        entry::tag("author:7");
        let _entered = other.enter();
        larder::invalidate_tag_blocking("author:8").unwrap();
        "text".to_owned()
    };
    let (_, story) = explain_blocking(|| process.cache.blocking().get_or_load("key", Options::ttl(60), body));
    assert_eq!(only(&story).kept, Some(Kept::Not(NotKept::Unsure)), "{story}");
}

#[cached(key = "explain:error-far:<id>", error_ttl = 5)]
fn error_far(id: u64) -> Result<u64, String> {
    Err(format!("no {id}"))
}

#[test]
fn an_error_cannot_be_kept_outside_of_its_process() {
    let _process = usual();
    let (_, story) = explain_blocking(|| error_far(7).is_err());
    assert_eq!(only(&story).kept, Some(Kept::Not(NotKept::StaysHere)));
}

#[test]
fn who_waits_for_another_process_is_told() {
    let process = usual();
    let (other, there) = process.store.process(&process.clock);
    let options = Options::ttl(60).lock(10);
    let (send, mut ours) = held(&process.cache, options);
    let mut theirs = call(&there, options, 2);
    assert!(poll(&mut theirs).is_pending());
    send.send(1).unwrap();
    assert_eq!(poll(&mut ours), Poll::Ready(1));
    process.clock.advance(SECOND);
    other.advance(Duration::ZERO);
    let Poll::Ready((1, story)) = poll(&mut theirs) else { panic!("it is there") };
    assert_eq!(only(&story).done, [Done::Waited { whom: Whom::Process, took: SECOND }]);
    assert!(only(&story).is_hit());
    drop(process.larder);
}

#[test]
fn what_another_process_refreshes_is_served_stale_and_told() {
    let process = usual();
    let (_other, there) = process.store.process(&process.clock);
    let options = Options::ttl(10).stale(60).lock(10);
    process.cache.blocking().set("key", 1_u64, options).unwrap();
    process.clock.advance(12 * SECOND);
    let (_send, _ours) = held(&process.cache, options);
    let Poll::Ready((1, story)) = poll(&mut call(&there, options, 2)) else { panic!("it is served") };
    assert!(only(&story).done.contains(&Done::Stale(WhyStale::Locked)), "{story}");
}

/// Nobody keeps what was read before that.
#[test]
fn a_load_that_is_outrun_while_it_waits_for_another_process_says_so() {
    let process = usual();
    let (other, there) = process.store.process(&process.clock);
    let options = Options::ttl(60).lock(10);
    let (_send, _ours) = held(&process.cache, options);
    let mut theirs = call(&there, options, 2);
    assert!(poll(&mut theirs).is_pending());
    there.blocking().delete("key").unwrap();
    process.clock.advance(11 * SECOND);
    other.advance(Duration::ZERO);
    let Poll::Ready((2, story)) = poll(&mut theirs) else { panic!("it goes on") };
    let alone = Done::Alone(larder::explain::Alone::Outrun);
    assert_eq!(only(&story).done[1..], [alone, RAN], "{story}");
}

#[test]
fn who_joins_somebody_who_is_looking_is_told() {
    let clock = Clock::manual();
    let store = Shared::new(&clock, Capabilities::ALL, true);
    let (_larder, cache) = store.process(&clock);
    let (mut first, mut second) = (call(&cache, Options::ttl(60), 1), call(&cache, Options::ttl(60), 2));
    assert!(poll(&mut first).is_pending() && poll(&mut second).is_pending());
    let first = (0..100).find_map(|_| match poll(&mut first) {
        Poll::Ready((value, _)) => Some(value),
        Poll::Pending => None,
    });
    let Poll::Ready((handed, told_of)) = poll(&mut second) else { panic!("it has been handed it") };
    assert_eq!((first, handed), (Some(1), 1));
    assert_eq!(only(&told_of).found, Found::Unasked(Unasked::Joined));
    assert_eq!(told(only(&told_of))[0], "not looked for: somebody else was at it already");
}

/// Without conditional fills a value on its way is taken out again when it has arrived: until then nobody reads it.
#[test]
fn what_is_doubted_on_its_way_is_told() {
    fn end<T>(mut call: Call<'_, T>) -> T {
        let polled = (0..100).find_map(|_| match poll(&mut call) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        });
        polled.expect("it ends")
    }
    let after_steps = |steps: usize| {
        let clock = Clock::manual();
        let can = Capabilities { conditional_fill: false, ..Capabilities::ALL };
        let (_larder, cache) = Shared::new(&clock, can, true).process(&clock);
        let mut load: Call<'_, u64> = Box::pin(cache.get_or_load("key", Options::ttl(60), async || 1_u64));
        (0..steps).for_each(|_| _ = poll(&mut load));
        end(Box::pin(cache.delete("key"))).unwrap();
        let (_, story) = end(Box::pin(explain(cache.get::<u64>("key"))));
        only(&story).found.clone()
    };
    // It is sent in the middle of these; and whoever asks sooner or later finds nothing.
    let found: Vec<_> = (0..6).map(after_steps).collect();
    assert!(found.contains(&Found::Miss(Miss::Doubtful)), "{found:?}");
    assert!(found.contains(&Found::Miss(Miss::Absent)), "{found:?}");
}

#[test]
#[cfg(feature = "encryption")]
fn what_is_sealed_with_another_key_is_told() {
    use larder::backend::layer::Secret;
    let clock = Clock::manual();
    let store = Shared::new(&clock, Capabilities::ALL, false);
    let sealed = |first: u8| {
        let key: Vec<_> = (first..first + 32).collect();
        let settings = Settings::backend(Arc::clone(&store)).encrypt([Secret::from_bytes(&key).unwrap()]);
        testing::isolated_at(clock.clone(), [("default", settings)]).unwrap()
    };
    let (ours, theirs) = (sealed(1), sealed(2));
    load(&ours.cache("default"), "key", Options::ttl(60));
    assert!(load(&ours.cache("default"), "key", Options::ttl(60)).is_hit());
    assert_eq!(load(&theirs.cache("default"), "key", Options::ttl(60)).found, Found::Miss(Miss::Unreadable));
}
