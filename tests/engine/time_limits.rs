//! Time limits of bodies, with a clock that is moved by hand.

use std::future::Future;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use larder::{Options, testing};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_body_over_its_limit_is_answered_with_the_stale_value() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let options = Options::ttl(10).stale_if_error(60).hard_timeout(2);
    cache.get_or_load("key", options, async || 1_u64).await;
    larder.advance(20 * SECOND);
    let call = cache.get_or_load("key", options, std::future::pending::<u64>);
    let (value, ()) = tokio::join!(call, async { larder.advance(2 * SECOND) });
    assert_eq!(value, 1);
    assert_eq!(cache.stats().timed_out, 1);
}

/// By hand there is no error that a limit could become: without a value to fall back on, the body goes on.
#[tokio::test]
async fn by_hand_a_body_without_anything_to_fall_back_on_has_no_limit() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let go_on = tokio::sync::Notify::new();
    let call = cache.try_get_or_load("key", Options::ttl(10).hard_timeout(2), async || {
        go_on.notified().await;
        Ok::<_, &str>(1_u64)
    });
    let (value, ()) = tokio::join!(call, async {
        larder.advance(60 * SECOND);
        go_on.notify_one();
    });
    assert_eq!((value, cache.stats().timed_out), (Ok(1), 0));
}

#[tokio::test]
async fn a_body_within_its_limit_is_not_disturbed() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let options = Options::ttl(10).stale_if_error(60).hard_timeout(2);
    cache.get_or_load("key", options, async || 1_u64).await;
    larder.advance(20 * SECOND);
    assert_eq!(cache.get_or_load("key", options, async || 2_u64).await, 2);
    assert_eq!(cache.stats().timed_out, 0);
}

/// Who waits for another one's load has the same patience as the one who loads.
#[tokio::test]
async fn past_the_soft_limit_a_waiting_caller_takes_the_stale_value_and_the_load_goes_on() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let options = Options::ttl(10).stale_if_error(60).soft_timeout(1);
    cache.get_or_load("key", options, async || 1_u64).await;
    larder.advance(20 * SECOND);
    let go_on = tokio::sync::Notify::new();
    let leader = cache.get_or_load("key", options, || async {
        go_on.notified().await;
        2_u64
    });
    let waiter = cache.get_or_load("key", options, async || 3_u64);
    let (leader, (waiter, ())) = tokio::join!(leader, async {
        let waiter = tokio::join!(waiter, async { larder.advance(SECOND) });
        go_on.notify_one();
        waiter
    });
    assert_eq!((leader, waiter), (2, 1));
    assert_eq!(cache.get::<u64>("key").await.unwrap(), Some(2));
}

/// What there was to answer with when the body began: gone by its time, or invalidated.
#[test]
fn a_body_over_its_limit_goes_on_where_nothing_is_left_to_answer_with() {
    for invalidates in [false, true] {
        let larder = testing::isolated();
        let cache = larder.cache("default");
        let kept = if invalidates { 1_000 } else { 10 };
        let options = Options::ttl(1).stale_if_error(Duration::from_secs(kept)).hard_timeout(2);
        cache.blocking().set("key", 1_u64, options).unwrap();
        larder.advance(Duration::from_secs(10));
        let (send, receive) = tokio::sync::oneshot::channel();
        let call = cache.get_or_load("key", options, || async { receive.await.unwrap() });
        let (mut call, mut context) = (Box::pin(call), Context::from_waker(Waker::noop()));
        assert!(call.as_mut().poll(&mut context).is_pending());
        if invalidates {
            cache.blocking().delete("key").unwrap();
        }
        larder.advance(Duration::from_secs(3));
        assert!(call.as_mut().poll(&mut context).is_pending());
        send.send(2_u64).unwrap();
        assert_eq!(call.as_mut().poll(&mut context), Poll::Ready(2));
        assert_eq!(cache.stats().timed_out, 0);
    }
}
