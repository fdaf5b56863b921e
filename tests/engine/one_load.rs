//! N callers, one body; whoever leads may fail, leave or panic, and nobody hangs.

use std::convert::Infallible;
use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::{Arc, Barrier};
use std::task::Poll;
use std::thread;

use futures_util::future::join_all;
use larder::{Key, Options, testing};
use tokio::sync::{Barrier as AsyncBarrier, Notify};

use crate::Runs;

const CALLERS: usize = 64;
const OPTIONS: Options = Options::forever();

/// Polls a future once, and says whether it ended.
async fn poll_once<F: Future>(future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    let mut future = Some(future);
    poll_fn(|context| {
        Poll::Ready(match future.take().expect("polled once").poll(context) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        })
    })
    .await
}

#[tokio::test]
async fn sixty_four_callers_on_a_cold_key_run_one_body() {
    let larder = testing::isolated();
    let (cache, runs, gate) = (larder.cache("default"), Runs::default(), Notify::new());
    let body = || async {
        runs.next();
        gate.notified().await;
        "value".to_owned()
    };
    let callers = join_all((0..CALLERS).map(|_| cache.get_or_load("cold", OPTIONS, body)));
    let (values, ()) = tokio::join!(callers, async { gate.notify_one() });
    assert_eq!(values, vec!["value"; CALLERS]);
    assert_eq!(runs.count(), 1);
    assert_eq!(cache.stats().loads, 1);
}

/// Lets other threads run for a while: the more of them ask meanwhile, the more the test shows, and it holds for any.
fn let_others_come() {
    for _ in 0..10_000 {
        thread::yield_now();
    }
}

#[test]
fn sixty_four_threads_on_a_cold_key_run_one_body() {
    let larder = testing::isolated();
    let (cache, runs, start) = (larder.cache("default"), Runs::default(), Barrier::new(CALLERS));
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                start.wait();
                let value = cache.blocking().get_or_load("cold", OPTIONS, || {
                    let_others_come();
                    runs.next()
                });
                assert_eq!(value, 1);
            });
        }
    });
    assert_eq!(runs.count(), 1);
}

#[tokio::test]
async fn an_error_that_can_be_copied_is_handed_to_all_who_waited() {
    let larder = testing::isolated();
    let (cache, runs, gate) = (larder.cache("default"), Runs::default(), Notify::new());
    let body = || async {
        let run = runs.next();
        gate.notified().await;
        Err::<u8, String>(format!("failure {run}"))
    };
    let callers = join_all((0..CALLERS).map(|_| cache.try_get_or_load_shared("cold", OPTIONS, body)));
    let (outcomes, ()) = tokio::join!(callers, async { gate.notify_one() });
    assert_eq!(outcomes, vec![Err("failure 1".to_owned()); CALLERS]);
    assert_eq!(runs.count(), 1, "an error is not kept, but one body is enough for all who waited");
}

/// Serial retries would never bring all the others to the barrier together: the test would hang.
#[tokio::test]
async fn an_error_that_cannot_be_copied_lets_all_waiters_go_at_once() {
    struct Uncopied;
    let larder = testing::isolated();
    let (cache, runs) = (larder.cache("default"), Runs::default());
    let (gate, all_others) = (Notify::new(), AsyncBarrier::new(CALLERS - 1));
    let body = || async {
        if runs.next() == 1 {
            gate.notified().await;
        } else {
            all_others.wait().await;
        }
        Err::<u8, _>(Uncopied)
    };
    let callers = join_all((0..CALLERS).map(|_| cache.try_get_or_load("cold", OPTIONS, body)));
    let (outcomes, ()) = tokio::join!(callers, async { gate.notify_one() });
    assert!(outcomes.iter().all(Result::is_err));
    assert_eq!(runs.count(), CALLERS);
}

#[tokio::test]
async fn a_leader_who_leaves_hands_over_to_one_of_the_others() {
    let larder = testing::isolated();
    let (cache, runs) = (larder.cache("default"), Runs::default());
    let body = || async {
        if runs.next() == 1 {
            std::future::pending::<()>().await;
        }
        7_u64
    };
    let mut leader = Box::pin(cache.get_or_load("cold", OPTIONS, body));
    assert!(poll_once(leader.as_mut()).await.is_none());
    let mut others = pin!(join_all((0..3).map(|_| cache.get_or_load("cold", OPTIONS, body))));
    assert!(poll_once(others.as_mut()).await.is_none());
    drop(leader);
    assert_eq!(others.await, [7, 7, 7]);
    assert_eq!(runs.count(), 2, "one for the leader who left, one for all others");
}

#[test]
fn a_leader_who_panics_lets_the_others_go() {
    let larder = testing::isolated();
    let (cache, runs) = (larder.cache("default"), Arc::new(Runs::default()));
    let (inside, waiting) = (Barrier::new(2), Barrier::new(2));
    thread::scope(|scope| {
        let leader = scope.spawn(|| {
            let load = || {
                cache.blocking().get_or_load("cold", OPTIONS, || -> u64 {
                    runs.next();
                    inside.wait();
                    waiting.wait();
                    let_others_come();
                    panic!("the body fails in the worst way")
                })
            };
            std::panic::catch_unwind(AssertUnwindSafe(load)).expect_err("the panic is the leader's own");
        });
        inside.wait();
        let other = scope.spawn(|| {
            waiting.wait();
            cache.blocking().get_or_load("cold", OPTIONS, || runs.next() as u64)
        });
        assert_eq!(other.join().expect("the other caller is served"), 2);
        leader.join().expect("the leader caught its panic");
    });
    assert_eq!(cache.blocking().get::<u64>("cold").unwrap(), Some(2));
}

#[tokio::test]
async fn a_body_may_borrow_from_its_caller() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let text = String::from("borrowed");
    let length = cache.get_or_load("length", OPTIONS, || async { text.len() as u64 });
    assert_eq!(length.await, 8);
}

/// Without a second look after becoming leader, a body runs twice whenever a caller misses just before another one has
/// finished.
#[test]
fn whoever_becomes_leader_looks_again_before_loading() {
    const ROUNDS: u64 = 2_000;
    let larder = testing::isolated();
    let (cache, runs) = (larder.cache("default"), Runs::default());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for round in 0..ROUNDS {
                    cache.blocking().get_or_load(format!("round:{round}"), OPTIONS, || runs.next() as u64);
                }
            });
        }
    });
    assert_eq!(runs.count() as u64, ROUNDS);
}

#[tokio::test]
async fn calls_one_after_another_run_the_body_once() {
    let larder = testing::isolated();
    let (cache, runs) = (larder.cache("default"), Runs::default());
    for _ in 0..3 {
        assert_eq!(cache.get_or_load("key", OPTIONS, async || runs.next() as u64).await, 1);
    }
}

#[test]
fn a_body_that_asks_for_its_own_key_runs_uncached_and_is_counted() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let inner = || cache.blocking().get_or_load("self", OPTIONS, || 1_u64);
    let value = cache.blocking().get_or_load("self", OPTIONS, || inner() + 1);
    assert_eq!(value, 2);
    assert_eq!(cache.stats().circles, 1);
    assert_eq!(cache.blocking().get::<u64>("self").unwrap(), Some(2), "what is kept is the outer value");
}

/// Two loads that each ask for the other's key while both are under way: one of them has to give way.
#[test]
fn a_circle_of_keys_does_not_hang() {
    let larder = testing::isolated();
    let (cache, both_inside) = (larder.cache("default"), Barrier::new(2));
    let load = |own: &'static str, other: &'static str| {
        cache.blocking().get_or_load(own, OPTIONS, || {
            both_inside.wait();
            1 + cache.blocking().get_or_load(other, OPTIONS, || 10_u64)
        })
    };
    let (a, b) = thread::scope(|scope| {
        let a = scope.spawn(|| load("a", "b"));
        let b = scope.spawn(|| load("b", "a"));
        (a.join().unwrap(), b.join().unwrap())
    });
    let mut values = [a, b];
    values.sort_unstable();
    assert_eq!(values, [11, 12], "one ran the other's body uncached, and the other one waited for it");
    assert_eq!(cache.stats().circles, 1);
}

#[tokio::test]
async fn a_nested_load_of_another_key_is_no_circle() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let inner = || cache.get_or_load("inner", OPTIONS, async || 1_u64);
    assert_eq!(cache.get_or_load("outer", OPTIONS, async || inner().await + 1).await, 2);
    assert_eq!(cache.stats().circles, 0);
    assert_eq!(cache.get::<u64>("inner").await.unwrap(), Some(1));
}

/// What is not kept is still loaded once for all who ask together, and nobody queues for it afterwards.
#[tokio::test]
async fn a_result_that_is_not_kept_is_shared_by_those_who_waited_and_by_nobody_else() {
    let larder = testing::isolated();
    let (cache, runs, gate) = (larder.cache("default"), Runs::default(), Notify::new());
    let body = || async {
        let run = runs.next();
        gate.notified().await;
        larder::entry::discard();
        run as u64
    };
    let callers = join_all((0..CALLERS).map(|_| cache.get_or_load("cold", OPTIONS, body)));
    let (values, ()) = tokio::join!(callers, async { gate.notify_one() });
    assert_eq!(values, [1; CALLERS]);
    gate.notify_one();
    assert_eq!(cache.get_or_load("cold", OPTIONS, body).await, 2);
}

fn key_with_mark(mark: u64) -> Key {
    Key::write(mark, |key| {
        key.literal("user:me");
    })
}

#[tokio::test]
async fn two_patterns_with_one_text_never_share_a_load() {
    let larder = testing::isolated();
    let (cache, gate) = (larder.cache("default"), Notify::new());
    let (by_name, literal) = (key_with_mark(1), key_with_mark(2));
    assert_eq!(by_name.as_str(), literal.as_str());
    let by_name = cache.get_or_load(by_name, OPTIONS, || async {
        gate.notified().await;
        "by name".to_owned()
    });
    let literal = cache.get_or_load(literal, OPTIONS, async || "literal".to_owned());
    let (by_name, literal, ()) = tokio::join!(by_name, literal, async { gate.notify_one() });
    assert_eq!((by_name.as_str(), literal.as_str()), ("by name", "literal"));
}

#[tokio::test]
async fn whoever_comes_after_all_others_have_left_loads() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    for _ in 0..3 {
        let mut call = Box::pin(cache.get_or_load("cold", OPTIONS, std::future::pending::<u64>));
        assert!(poll_once(call.as_mut()).await.is_none());
    }
    assert_eq!(cache.get_or_load("cold", OPTIONS, async || 5_u64).await, 5);
}

#[test]
fn a_body_without_errors_needs_no_error_type() {
    let larder = testing::isolated();
    let value: Result<u64, Infallible> = larder.cache("default").blocking().try_get_or_load("k", OPTIONS, || Ok(1));
    assert_eq!(value, Ok(1));
}
