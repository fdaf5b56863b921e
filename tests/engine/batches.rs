//! Functions that are asked for many: what they load is shared with others, one by one, and nobody hangs.

use std::collections::HashMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use larder::explain::{Kept, NotKept};
use larder::{after_commit, cached, explain, testing};
use tokio::sync::{Barrier, Semaphore};

use crate::Runs;

const SECOND: Duration = Duration::from_secs(1);

type Found = HashMap<u32, u32>;
type Call<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// What is asked: it notes for what, and answers when it is let.
struct Source {
    asked: Mutex<Vec<Vec<u32>>>,
    answers: Semaphore,
    version: Mutex<u32>,
}

impl Source {
    fn held() -> Self {
        Self { asked: Mutex::default(), answers: Semaphore::new(0), version: Mutex::new(0) }
    }

    fn open() -> Self {
        let source = Self::held();
        source.let_go(Semaphore::MAX_PERMITS);
        source
    }

    fn let_go(&self, answers: usize) {
        self.answers.add_permits(answers);
    }

    fn set(&self, version: u32) {
        *self.version.lock().unwrap() = version;
    }

    async fn find(&self, ids: &[u32]) -> Found {
        let version = self.note(ids);
        self.answers.acquire().await.unwrap().forget();
        ids.iter().map(|id| (*id, id + version)).collect()
    }

    fn note(&self, ids: &[u32]) -> u32 {
        self.asked.lock().unwrap().push(ids.to_vec());
        *self.version.lock().unwrap()
    }

    fn asked(&self) -> Vec<Vec<u32>> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

#[cached(key = "batches:item:<id>", each(id in ids), ttl = 60, ignore(source))]
async fn items(source: &Source, ids: &[u32]) -> Found {
    source.find(ids).await
}

fn poll<F: Future + ?Sized>(call: &mut Pin<Box<F>>) -> Poll<F::Output> {
    call.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

/// A call that has begun.
fn begun<'a, T>(call: impl Future<Output = T> + 'a) -> Call<'a, T> {
    let mut call: Call<'a, T> = Box::pin(call);
    assert!(poll(&mut call).is_pending(), "it waits");
    call
}

fn ended<T>(call: &mut Call<'_, T>) -> T {
    let Poll::Ready(outcome) = poll(call) else { panic!("it has not ended") };
    outcome
}

fn found<const N: usize>(ids: [u32; N]) -> Found {
    found_of(&ids)
}

fn found_of(ids: &[u32]) -> Found {
    ids.iter().map(|id| (*id, *id)).collect()
}

#[test]
fn what_others_load_is_waited_for_and_the_body_is_not_asked_for_it() {
    let larder = testing::isolated();
    let source = Source::held();
    let mut one = begun(items::one(&source, 2));
    let mut many = begun(items(&source, &[1, 2, 3]));
    let mut three = begun(items::one(&source, 3));
    assert_eq!(source.asked(), [vec![2], vec![1, 3]]);
    source.let_go(1);
    assert_eq!(ended(&mut one), Some(2));
    assert!(poll(&mut many).is_pending(), "its own are not there");
    source.let_go(1);
    assert_eq!(ended(&mut many), found([1, 2, 3]));
    assert_eq!(ended(&mut three), Some(3));
    assert_eq!(source.asked(), [[0; 0]; 0]);
    let stats = larder.cache("default").stats();
    assert_eq!((stats.misses, stats.loads, stats.shared), (3, 2, 2));
}

/// Each has what the next one wants.
#[test]
fn those_whose_keys_cross_do_not_wait_for_each_other_in_a_circle() {
    let _larder = testing::isolated();
    let source = Source::held();
    let mut all = [[1, 2], [2, 3], [3, 1], [2, 1]].map(|ids| {
        let source = &source;
        begun(async move { items(source, &ids).await })
    });
    assert_eq!(source.asked(), [vec![1, 2], vec![3]]);
    source.let_go(1);
    assert!(all[1..].iter_mut().take(2).all(|call| poll(call).is_pending()), "they wait for 3");
    source.let_go(1);
    let [a, b, c, d] = all.each_mut().map(ended);
    assert_eq!((a, b, c, d), (found([1, 2]), found([2, 3]), found([3, 1]), found([2, 1])));
    assert_eq!(source.asked(), [[0; 0]; 0]);
}

#[cached(key = "batches:threads:<id>", each(id in ids), ttl = 60)]
fn in_threads(ids: &[u32]) -> Found {
    thread::yield_now();
    ids.iter().map(|id| (*id, *id)).collect()
}

/// On threads two can take what the other one wants, at the same moment.
#[test]
fn threads_whose_keys_cross_all_come_to_an_end() {
    const ROUNDS: u32 = if cfg!(miri) { 3 } else { 500 };
    let larder = testing::isolated();
    thread::scope(|scope| {
        for number in 0..4_u32 {
            let larder = larder.handle();
            scope.spawn(move || {
                let _here = larder.enter();
                for round in 0..ROUNDS {
                    let mut ids: Vec<u32> = (0..6).map(|id| (id + number + round) % 7).collect();
                    if number % 2 == 1 {
                        ids.reverse();
                    }
                    assert_eq!(in_threads(&ids).len(), 6);
                    in_threads::invalidate(ids[(round % 6) as usize]);
                }
            });
        }
    });
    assert_eq!(larder.cache("default").stats().circles, 0);
}

#[test]
fn who_leaves_hands_over_what_it_was_loading() {
    let _larder = testing::isolated();
    let source = Source::held();
    let first = begun(items(&source, &[1, 2]));
    let mut one = begun(items::one(&source, 1));
    let mut many = begun(items(&source, &[3, 2, 1]));
    drop(first);
    assert_eq!(source.asked(), [vec![1, 2], vec![3]]);
    assert!(poll(&mut one).is_pending());
    source.let_go(1);
    assert!(poll(&mut many).is_pending(), "it goes on with what is left");
    assert_eq!(source.asked(), [[1], [2]]);
    source.let_go(2);
    assert_eq!(ended(&mut one), Some(1));
    assert_eq!(ended(&mut many), found([3, 2, 1]));
}

#[cached(key = "batches:panics:<id>", each(id in ids), ttl = 60, ignore(source))]
async fn panics(source: &Source, ids: &[u32]) -> Found {
    let found = source.find(ids).await;
    assert!(!ids.contains(&13), "the body fails in the worst way");
    found
}

#[test]
fn who_panics_lets_the_others_go() {
    let _larder = testing::isolated();
    let source = Source::held();
    let mut first = begun(panics(&source, &[1, 13]));
    let mut many = begun(panics(&source, &[2, 1]));
    source.let_go(1);
    std::panic::catch_unwind(AssertUnwindSafe(|| poll(&mut first).is_ready())).expect_err("the panic is its own");
    // What a call holds that has panicked is dropped with it.
    drop(first);
    source.let_go(2);
    assert_eq!(ended(&mut many), found([1, 2]));
    assert_eq!(source.asked(), [vec![1, 13], vec![2], vec![1]]);
}

#[test]
fn an_invalidation_during_the_load_wins_for_that_one_alone() {
    let larder = testing::isolated();
    let source = Source::held();
    let mut many = begun(items(&source, &[1, 2, 3]));
    testing::block_on(items::invalidate(2));
    source.let_go(1);
    assert_eq!(ended(&mut many), found([1, 2, 3]), "its caller asked before");
    assert_eq!([1, 2, 3].map(items::get_blocking), [Some(1), None, Some(3)]);
    assert_eq!(larder.cache("default").stats().superseded, 1);
}

#[cached(key = "batches:circle:<id>", each(id in ids), ttl = 60, ignore(source))]
async fn circle(source: &Source, ids: &[u32]) -> Found {
    source.note(ids);
    let mut found = HashMap::new();
    if ids == [1, 2] || ids == [3] {
        found.extend(Box::pin(circle(source, &[2, 3])).await);
    }
    found.extend(ids.iter().map(|id| (*id, id * 10)));
    found
}

#[tokio::test]
async fn a_body_that_asks_for_what_it_is_loading_does_not_hang() {
    let larder = testing::isolated();
    let source = Source::open();
    assert_eq!(circle(&source, &[1, 2]).await, HashMap::from([(1, 10), (2, 20)]));
    // Inside, 2 is being loaded, and so is asked for anew; 3 is not.
    assert_eq!(source.asked(), [vec![1, 2], vec![2, 3]]);
    assert_eq!(larder.cache("default").stats().circles, 1);
    assert_eq!([1, 2, 3].map(circle::get_blocking), [Some(10), Some(20), Some(30)]);
}

#[tokio::test]
async fn two_bodies_that_ask_for_each_others_keys_do_not_hang() {
    #[cached(key = "batches:both:<id>", each(id in ids), ttl = 60, ignore(runs, both_inside))]
    async fn both(runs: &Runs, both_inside: &Barrier, ids: &[u32]) -> Found {
        if runs.next() <= 2 {
            both_inside.wait().await;
            let others = [3 - ids[0], ids[0] * 10];
            assert_eq!(Box::pin(both(runs, both_inside, &others)).await, found(others));
        }
        found_of(ids)
    }
    let larder = testing::isolated();
    let (runs, inside) = (Runs::default(), Barrier::new(2));
    let (a, b) = tokio::join!(both(&runs, &inside, &[1, 5]), both(&runs, &inside, &[2, 6]));
    assert_eq!((a, b), (found([1, 5]), found([2, 6])));
    assert_eq!(larder.cache("default").stats().circles, 1, "one gives way, and the other one waits for it");
}

#[derive(Clone, Debug, PartialEq)]
struct Failure(u32);

#[derive(Debug)]
struct Uncopied;

#[cached(key = "batches:fails:<id>", each(id in ids), ttl = 10, stale = 10, stale_if_error = 60, ignore(source))]
async fn fails(source: &Source, ids: &[u32]) -> Result<Found, Failure> {
    let found = source.find(ids).await;
    if *source.version.lock().unwrap() == 13 { Err(Failure(13)) } else { Ok(found) }
}

#[cached(key = "batches:uncopied:<id>", each(id in ids), ttl = 10, ignore(source))]
async fn uncopied(source: &Source, ids: &[u32]) -> Result<Found, Uncopied> {
    let found = source.find(ids).await;
    if *source.version.lock().unwrap() == 13 { Err(Uncopied) } else { Ok(found) }
}

#[test]
fn an_error_is_handed_to_those_who_wait_for_any_of_it() {
    let larder = testing::isolated();
    let source = Source::held();
    source.set(13);
    let mut first = begun(fails(&source, &[1, 2]));
    let mut one = begun(fails::one(&source, 2));
    let mut many = begun(fails(&source, &[2]));
    source.let_go(1);
    assert_eq!(ended(&mut first), Err(Failure(13)));
    assert_eq!((ended(&mut one), ended(&mut many)), (Err(Failure(13)), Err(Failure(13))));
    assert_eq!(source.asked(), [[1, 2]]);
    let stats = larder.cache("default").stats();
    assert_eq!((stats.loads, stats.failed, stats.shared), (1, 1, 2));
}

#[test]
fn an_error_that_cannot_be_copied_lets_those_who_wait_ask_for_themselves() {
    let _larder = testing::isolated();
    let source = Source::held();
    source.set(13);
    let mut first = begun(uncopied(&source, &[1, 2]));
    let mut many = begun(uncopied(&source, &[2, 1]));
    source.let_go(1);
    assert!(ended(&mut first).is_err());
    source.set(0);
    source.let_go(1);
    assert_eq!(ended(&mut many).unwrap(), found([1, 2]));
    assert_eq!(source.asked(), [[1, 2], [2, 1]], "together, and not one after the other");
}

#[test]
fn what_is_past_its_time_is_loaded_with_what_is_missing_and_others_are_served_it_meanwhile() {
    let larder = testing::isolated();
    let source = Source::open();
    assert_eq!(ended(&mut (Box::pin(fails(&source, &[1, 2])) as Call<'_, _>)), Ok(found([1, 2])));
    larder.advance(15 * SECOND);
    let held = Source::held();
    held.set(100);
    let mut many = begun(fails(&held, &[1, 3]));
    assert_eq!(held.asked(), [[1, 3]]);
    let mut other: Call<'_, _> = Box::pin(fails(&held, &[1]));
    assert_eq!(ended(&mut other), Ok(found([1])), "what is past its time, while it is loaded");
    held.let_go(1);
    assert_eq!(ended(&mut many), Ok(HashMap::from([(1, 101), (3, 103)])));
    assert_eq!((fails::get_blocking(1), larder.cache("default").stats().stale), (Some(101), 1));
}

#[test]
fn where_loading_fails_what_there_was_before_is_served_if_that_answers_all() {
    let larder = testing::isolated();
    let source = Source::open();
    let mut fill: Call<'_, _> = Box::pin(fails(&source, &[1, 2]));
    ended(&mut fill).unwrap();
    larder.advance(30 * SECOND);
    source.set(13);
    let mut call: Call<'_, _> = Box::pin(fails(&source, &[1, 3]));
    assert_eq!(ended(&mut call), Err(Failure(13)), "there is nothing else for 3");
    let mut call: Call<'_, _> = Box::pin(fails(&source, &[1, 2]));
    assert_eq!(ended(&mut call), Ok(found([1, 2])));
    assert_eq!(source.asked(), [vec![1, 2], vec![1, 3], vec![2]], "1 is left alone for a while");
}

#[derive(Debug)]
struct Late(larder::Kind);

impl From<larder::Error> for Late {
    fn from(error: larder::Error) -> Self {
        Self(error.kind())
    }
}

#[cached(key = "batches:limited:<id>", each(id in ids), ttl = 10, stale_if_error = 60, timeout = 2, ignore(source))]
async fn limited(source: &Source, ids: &[u32]) -> Result<Found, Late> {
    Ok(source.find(ids).await)
}

#[tokio::test]
async fn a_body_over_its_limit_is_given_up_for_all() {
    let larder = testing::isolated();
    let source = Source::held();
    source.let_go(1);
    limited(&source, &[1, 2]).await.unwrap();
    larder.advance(20 * SECOND);
    let (outcome, ()) = tokio::join!(limited(&source, &[1, 2]), async { larder.advance(2 * SECOND) });
    assert_eq!(outcome.unwrap(), found([1, 2]), "that of before");
    assert_eq!(larder.cache("default").stats().timed_out, 1);
    let (outcome, ()) = tokio::join!(limited(&source, &[7, 8]), async { larder.advance(2 * SECOND) });
    assert_eq!(outcome.unwrap_err().0, larder::Kind::Timeout);
    let (outcome, ()) = tokio::join!(limited(&source, &[7]), async { source.let_go(1) });
    assert_eq!(outcome.unwrap(), found([7]), "nobody is left who waits");
}

#[tokio::test]
async fn a_body_that_runs_uncached_for_many_is_counted_once() {
    // What it has counted, and whether it is off, is so for all tests.
    #[cached(key = "batches:uncached:<id>", each(id in ids), ignore(source), ttl = 60)]
    async fn uncached(source: &Source, ids: &[u32]) -> Found {
        source.find(ids).await
    }
    let larder = testing::isolated();
    let source = Source::open();
    let counted = || (uncached::stats().bypassed, larder.cache("default").stats().bypassed);
    let rolled_back: Result<(), ()> = after_commit(async {
        for id in [1, 2, 3] {
            uncached::invalidate(id).await;
        }
        assert_eq!(uncached(&source, &[1, 2, 3]).await, found([1, 2, 3]));
        assert_eq!(counted(), (1, 1));
        assert_eq!(uncached(&source, &[2, 3, 4]).await, found([2, 3, 4]));
        Err(())
    })
    .await;
    rolled_back.expect_err("it says so");
    assert_eq!((counted(), uncached::stats().loads), ((2, 2), 1), "with what is loaded too");
    uncached::site().switch_off();
    assert_eq!(uncached(&source, &[1, 2, 3]).await, found([1, 2, 3]));
    uncached::site().switch_on();
    assert_eq!(counted(), (3, 3));
    assert_eq!(source.asked(), [[1, 2, 3], [2, 3, 4], [1, 2, 3]]);
}

#[tokio::test]
async fn each_is_explained_in_a_line_of_its_own() {
    let _larder = testing::isolated();
    let source = Source::open();
    items::put(2, 7).await;
    let (found, story) = explain(items(&source, &[1, 2])).await;
    assert_eq!(found, HashMap::from([(1, 1), (2, 7)]));
    let keys: Vec<_> = story.asked.iter().map(|asked| asked.key.as_str()).collect();
    assert_eq!(keys, ["batches:item:1", "batches:item:2"]);
    let text = story.to_string();
    assert!(text.contains("loaded in 0 ms, kept for 1 min") && text.matches("batches:item:").count() == 2, "{text}");
}

#[tokio::test]
async fn what_a_body_does_not_return_is_told_as_not_kept_for_that() {
    #[cached(key = "batches:few:<id>", each(id in ids), ttl = 60)]
    async fn few(ids: &[u32]) -> Found {
        std::future::ready(()).await;
        ids.iter().filter(|id| **id != 2).map(|id| (*id, *id)).collect()
    }
    let _larder = testing::isolated();
    let (found, story) = explain(few(&[1, 2])).await;
    assert_eq!(found, HashMap::from([(1, 1)]));
    assert_eq!(story.asked[1].kept, Some(Kept::Not(NotKept::Absent)), "{story}");
}

#[tokio::test]
async fn what_a_body_says_of_its_result_is_said_of_all_that_it_loads() {
    #[cached(key = "batches:said:<id>", each(id in ids), ttl = 60)]
    async fn said(ids: &[u32]) -> Found {
        larder::entry::keep_for(5);
        std::future::ready(()).await;
        ids.iter().map(|id| (*id, *id)).collect()
    }
    let larder = testing::isolated();
    said(&[1, 2]).await;
    larder.advance(6 * SECOND);
    assert_eq!([1, 2].map(said::get_blocking), [None, None]);
}
