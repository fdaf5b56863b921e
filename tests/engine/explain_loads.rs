//! What is told of loads: who ran the body, who waited, and what was served instead.

use std::future::{Future, pending};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use larder::explain::{Alone, Done, Found, Kept, Level, Miss, NotKept, Story, Whom, WhyStale};
use larder::{Cache, Key, Options, after_commit_blocking, cached, explain, explain_blocking, testing};
use tokio::sync::{Notify, oneshot};

use crate::explain::{only, told};

const SECOND: Duration = Duration::from_secs(1);
const RAN: Done = Done::Ran { took: Duration::ZERO, failed: false };

type Call<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

fn poll<F: Future + ?Sized>(call: &mut Pin<Box<F>>) -> Poll<F::Output> {
    call.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

/// A call whose body returns what is sent to it.
fn held(cache: &Cache, options: Options) -> (oneshot::Sender<u64>, Call<'_, (u64, Story)>) {
    let (send, receive) = oneshot::channel();
    let mut call: Call<'_, _> =
        Box::pin(explain(cache.get_or_load("key", options, || async { receive.await.unwrap() })));
    assert!(poll(&mut call).is_pending(), "its body waits");
    (send, call)
}

fn call(cache: &Cache, options: Options, value: u64) -> Call<'_, (u64, Story)> {
    Box::pin(explain(cache.get_or_load("key", options, async move || value)))
}

fn story(call: Poll<(u64, Story)>) -> Story {
    let Poll::Ready((_, story)) = call else { panic!("it has not ended") };
    story
}

#[test]
fn who_waits_for_another_caller_is_told_how_long_and_what_came_of_it() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let (send, mut first) = held(&cache, Options::ttl(60));
    let mut second = call(&cache, Options::ttl(60), 2);
    assert!(poll(&mut second).is_pending());
    larder.advance(3 * SECOND);
    send.send(1).unwrap();
    assert_eq!(told(only(&story(poll(&mut first))))[1], "loaded in 3 s, kept for 1 min");
    let second = story(poll(&mut second));
    assert_eq!(only(&second).done, [Done::Waited { whom: Whom::Caller, took: 3 * SECOND }, Done::Shared]);
    let line = "waited 3 s for another caller's load, was handed what somebody else has loaded";
    assert_eq!(told(only(&second))[1], line);
}

#[test]
fn who_takes_over_from_one_who_has_left_is_told() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let (_send, first) = held(&cache, Options::ttl(60));
    let mut second = call(&cache, Options::ttl(60), 2);
    assert!(poll(&mut second).is_pending());
    drop(first);
    let second = story(poll(&mut second));
    let waited = Done::Waited { whom: Whom::Caller, took: Duration::ZERO };
    assert_eq!(only(&second).done, [waited, Done::TookOver, RAN]);
}

/// Who looks at a story of what has not ended sees how far it has come.
#[test]
fn a_body_that_has_not_ended_has_begun() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let options = Options::ttl(60);
    let work = async {
        let mut left: Call<'_, u64> = Box::pin(cache.get_or_load("key", options, pending::<u64>));
        assert!(poll(&mut left).is_pending());
    };
    let ((), story) = testing::block_on(explain(work));
    assert_eq!((only(&story).done.as_slice(), &only(&story).kept), ([Done::Began].as_slice(), &None));
    assert_eq!(told(only(&story))[1], "its body began, and had not ended");
}

#[test]
fn a_load_that_would_wait_for_itself_says_so() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let inner = || cache.blocking().get_or_load("self", Options::ttl(60), || 1_u64);
    let (_, story) = explain_blocking(|| cache.blocking().get_or_load("self", Options::ttl(60), || inner() + 1));
    let inner = &only(&story).inside[0];
    assert_eq!(inner.done, [Done::Alone(Alone::Circle), RAN]);
    assert_eq!(inner.kept, Some(Kept::Not(NotKept::Alone)));
    let line = "alone, since waiting would have been waiting for itself, loaded in 0 ms, not kept: it was for its caller alone";
    assert_eq!(told(inner)[1], line);
}

#[test]
fn what_is_read_in_a_transaction_that_has_invalidated_it_is_for_the_transaction_alone() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    after_commit_blocking(|| {
        cache.blocking().delete("key").unwrap();
        let (_, story) = explain_blocking(|| cache.blocking().get_or_load("key", Options::ttl(60), || 1_u64));
        assert_eq!(only(&story).done, [Done::Alone(Alone::Changed), RAN]);
        assert_eq!(only(&story).kept, Some(Kept::Not(NotKept::Alone)));
    });
}

#[test]
fn a_load_of_another_pattern_or_type_is_not_joined() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let (_send, _first) = held(&cache, Options::ttl(60));
    let other = || cache.blocking().get_or_load("key", Options::ttl(60), || "text".to_owned());
    let (_, story) = explain_blocking(other);
    assert_eq!(only(&story).done, [Done::Alone(Alone::OtherLoad), RAN]);
}

#[test]
fn an_error_that_cannot_be_shared_sends_those_who_waited_off_on_their_own() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let (send, receive) = oneshot::channel::<u64>();
    let options = Options::ttl(60);
    let mut first = Box::pin(cache.try_get_or_load("key", options, || receive));
    assert!(poll(&mut first).is_pending());
    let mut second =
        Box::pin(explain(cache.try_get_or_load("key", options, async || Ok::<u64, oneshot::error::RecvError>(2))));
    assert!(poll(&mut second).is_pending());
    drop(send);
    assert!(matches!(poll(&mut first), Poll::Ready(Err(_))));
    let Poll::Ready((_, story)) = poll(&mut second) else { panic!("it goes on") };
    assert_eq!(only(&story).done[1..], [Done::Alone(Alone::Unshared), RAN]);
}

#[test]
fn stale_is_told_with_the_reason_while_another_caller_loads() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let options = Options::ttl(10).stale(60);
    cache.blocking().set("key", 1_u64, options).unwrap();
    larder.advance(12 * SECOND);
    let (_send, _first) = held(&cache, options);
    let second = story(poll(&mut call(&cache, options, 3)));
    assert_eq!(only(&second).found, Found::Stale { level: Level::Memory, past: 2 * SECOND });
    assert_eq!(only(&second).done, [Done::Stale(WhyStale::Refreshing)]);
    assert!(only(&second).is_stale() && !only(&second).is_hit());
    let lines = [
        "stale in memory: past its time by 2 s, good while it is loaded anew",
        "served stale: somebody else loads it anew",
    ];
    assert_eq!(told(only(&second)), lines);
}

#[cached(key = "explain:beside:<id>", ttl = 10, stale = 60)]
async fn beside(id: u64) -> u64 {
    std::future::ready(id).await
}

/// What it loads in a task of its own is told too, as far as it has come.
#[tokio::test]
async fn a_refresh_beside_its_caller_is_told() {
    let larder = testing::isolated();
    larder
        .scope(async {
            beside(7).await;
            larder.advance(12 * SECOND);
            let (_, story) = explain(beside(7)).await;
            assert_eq!(only(&story).done[0], Done::Beside);
            assert!(only(&story).done.contains(&Done::Stale(WhyStale::Refreshing)), "{story}");
        })
        .await;
}

#[test]
fn a_hit_near_its_end_is_told_and_so_is_who_loads_it_anew() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let options = Options::ttl(10).refresh_ahead(0.5);
    testing::block_on(cache.get_or_load("key", options, async || 1_u64));
    larder.advance(8 * SECOND);
    let (send, mut first) = held(&cache, options);
    let second = story(poll(&mut call(&cache, options, 3)));
    let left = Some(larder::Ttl::For(2 * SECOND));
    assert_eq!(only(&second).found, Found::Ahead { level: Level::Memory, age: Some(8 * SECOND), left });
    let lines =
        ["a hit in memory, to be loaded anew before it ends: 8 s old, 2 s left", "served while somebody loads it anew"];
    assert_eq!(told(only(&second)), lines);
    assert!(only(&second).is_hit());
    send.send(2).unwrap();
    assert_eq!(only(&story(poll(&mut first))).done, [RAN]);
}

#[test]
fn a_failure_that_an_old_value_stands_in_for_is_told_and_so_is_the_quiet_after_it() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let options = Options::ttl(10).stale_if_error(60);
    let load = |outcome: Result<u64, &'static str>| {
        explain_blocking(|| cache.blocking().try_get_or_load("key", options, || outcome)).1
    };
    load(Ok(1));
    larder.advance(15 * SECOND);
    let story = load(Err("down"));
    assert_eq!(only(&story).found, Found::Spare { level: Level::Memory, past: 5 * SECOND });
    let failed = Done::Ran { took: Duration::ZERO, failed: true };
    assert_eq!(only(&story).done, [failed, Done::Stale(WhyStale::Failed)]);
    let lines = [
        "stale in memory: past its time by 5 s, good only if loading it anew fails",
        "failed in 0 ms, served stale: loading it anew failed",
    ];
    assert_eq!(told(only(&story)), lines);
    let story = load(Err("down"));
    assert_eq!(only(&story).done, [Done::Stale(WhyStale::Hushed)]);
}

#[test]
fn patience_that_is_over_is_told() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let options = Options::ttl(10).stale_if_error(60).soft_timeout(1);
    cache.blocking().set("key", 1_u64, options).unwrap();
    larder.advance(20 * SECOND);
    let (_send, _first) = held(&cache, options);
    let mut second = call(&cache, options, 3);
    assert!(poll(&mut second).is_pending());
    larder.advance(SECOND);
    let second = story(poll(&mut second));
    let waited = Done::Waited { whom: Whom::Caller, took: SECOND };
    assert_eq!(only(&second).done, [waited, Done::Stale(WhyStale::Impatient)]);
}

#[test]
fn a_body_over_its_limit_is_told() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let options = Options::ttl(10).stale_if_error(60).hard_timeout(2);
    cache.blocking().set("key", 1_u64, options).unwrap();
    larder.advance(20 * SECOND);
    let (_send, mut first) = held(&cache, options);
    larder.advance(2 * SECOND);
    let story = story(poll(&mut first));
    assert_eq!(only(&story).done, [Done::TimedOut, Done::Stale(WhyStale::TimedOut)]);
}

/// Outside of a runtime the program has no timers.
#[test]
fn a_limit_that_cannot_be_kept_is_told() {
    #[cached(key = "explain:limited:<id>", timeout = 1)]
    async fn limited(id: u64) -> Result<u64, larder::Error> {
        Ok(std::future::ready(id).await)
    }
    let mut call: Call<'_, _> = Box::pin(explain(limited(7)));
    let Poll::Ready((answer, story)) = poll(&mut call) else { panic!("it does not wait") };
    assert!(answer.is_err());
    assert_eq!(only(&story).done, [Done::NoTimer]);
}

#[tokio::test]
async fn what_a_task_of_its_own_asks_is_told_inside_of_what_it_loads() {
    let larder = testing::isolated();
    let (cache, gate) = (larder.cache("default"), Notify::new());
    let outer = cache.get_or_load(Key::from("outer"), Options::ttl(60), || async {
        gate.notified().await;
        cache.get_or_load("inner", Options::ttl(60), async || 1_u64).await
    });
    let ((_, story), ()) = tokio::join!(explain(outer), async {
        cache.get_or_load("others", Options::ttl(60), async || 1_u64).await;
        gate.notify_one();
    });
    let keys: Vec<_> = story.all().map(|asked| &*asked.key).collect();
    assert_eq!(keys, ["outer", "inner"], "and nothing of others on this thread");
    assert_eq!(only(&story).inside[0].found, Found::Miss(Miss::Absent));
}
