//! Several at once on one entry, of whom one fails, leaves or writes: nothing old comes back, and nobody hangs.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use larder::{Local, Options, Ttl, cached, testing, updates};
use tokio::sync::Notify;

/// Lets a future go on as far as it can, and returns its end if it has come to one.
fn go_on<F: Future>(future: &mut Pin<Box<F>>) -> Option<F::Output> {
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

const HOUR: Duration = Duration::from_secs(3_600);

#[test]
fn what_was_invalidated_is_not_served_for_a_failure_to_those_who_came_later() {
    let larder = testing::isolated();
    let (cache, options) = (larder.cache("default"), Options::ttl(10).stale_if_error(HOUR));
    cache.blocking().set("key", "old".to_owned(), options).unwrap();
    larder.advance(Duration::from_secs(20));
    let gate = Notify::new();
    let leaves = async || std::future::pending::<Result<String, String>>().await;
    let mut leader = Box::pin(cache.try_get_or_load_shared("key", options, leaves));
    let fails = async || {
        gate.notified().await;
        Err::<String, String>("away".to_owned())
    };
    let mut heir = Box::pin(cache.try_get_or_load_shared("key", options, fails));
    assert!(go_on(&mut leader).is_none() && go_on(&mut heir).is_none(), "one loads, and one waits");

    assert!(!cache.blocking().delete("key").unwrap(), "it was past its time");
    drop(leader);
    assert!(go_on(&mut heir).is_none(), "the one who waited loads now");
    let mut late = Box::pin(cache.try_get_or_load_shared("key", options, async || Ok::<_, String>("new".to_owned())));
    assert!(go_on(&mut late).is_none(), "who came after the invalidation waits for that load");
    gate.notify_one();
    assert_eq!(go_on(&mut heir), Some(Err("away".to_owned())));
    assert_eq!(go_on(&mut late), Some(Err("away".to_owned())));
}

#[test]
fn an_old_value_served_for_a_failure_is_not_handed_to_who_never_asked_for_one() {
    let larder = testing::isolated();
    let (cache, options) = (larder.cache("default"), Options::ttl(10).stale_if_error(HOUR));
    cache.blocking().set("key", "old".to_owned(), options).unwrap();
    larder.advance(Duration::from_secs(500));
    let gate = Notify::new();
    let fails = async || {
        gate.notified().await;
        Err::<String, String>("away".to_owned())
    };
    let mut generous = Box::pin(cache.try_get_or_load_shared("key", options, fails));
    assert!(go_on(&mut generous).is_none());
    let own = async || Ok::<_, String>("own".to_owned());
    let mut strict = Box::pin(cache.try_get_or_load_shared("key", Options::ttl(10), own));
    assert!(go_on(&mut strict).is_none());
    gate.notify_one();
    assert_eq!(go_on(&mut generous), Some(Ok("old".to_owned())));
    assert_eq!(go_on(&mut strict), Some(Ok("own".to_owned())), "its own body runs");
}

#[cached(key = "contested:same:<id>", error_ttl = 5)]
fn one_type_for_both(id: u64) -> Result<String, String> {
    if id == 0 { Ok("fine".to_owned()) } else { Err("broken".to_owned()) }
}

#[test]
fn a_kept_error_is_never_read_as_a_value_of_its_type() {
    let larder = testing::isolated();
    for _ in 0..2 {
        assert_eq!(one_type_for_both(1), Err("broken".to_owned()));
        assert_eq!(one_type_for_both(0), Ok("fine".to_owned()));
    }
    assert_eq!((one_type_for_both::get(1), one_type_for_both::get(0)), (None, Some("fine".to_owned())));
    let cache = larder.cache("default");
    assert!(!cache.blocking().has(one_type_for_both::key(1)).unwrap(), "a failure is no entry to others");
    assert!(!cache.blocking().touch(one_type_for_both::key(1), Ttl::Forever).unwrap(), "and is kept for no longer");
}

/// A value that deletes an entry when it is dropped.
struct Deletes(larder::Cache);

impl Drop for Deletes {
    fn drop(&mut self) {
        self.0.blocking().delete("key").expect("memory does not fail");
    }
}

#[test]
fn what_is_refused_or_overwritten_is_dropped_outside_of_all_locks() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let deletes = || Local(std::sync::Arc::new(Deletes(cache.clone())));
    cache.blocking().set("key", 1_u8, Options::forever()).unwrap();
    assert!(!cache.blocking().add("key", deletes(), Options::forever()).unwrap());
    assert!(!cache.blocking().has("key").unwrap(), "the refused value has deleted the entry");
    cache.blocking().set("key", deletes(), Options::forever()).unwrap();
    assert!(cache.blocking().incr("key", 1).is_err(), "no number");
    larder.advance(HOUR);
    cache.blocking().set("key", 2_u8, Options::forever()).unwrap();
    assert!(!cache.blocking().has("key").unwrap());
}

#[cached(key = "contested:refreshed:<id>", ignore(source))]
fn refreshed(id: u64, source: u64) -> u64 {
    id + source
}

#[test]
fn a_refresh_while_the_site_is_off_leaves_nothing_older_behind() {
    let _larder = testing::isolated();
    assert_eq!(refreshed(1, 0), 1);
    refreshed::site().switch_off();
    assert_eq!(refreshed::refresh(1, 7), 8);
    refreshed::site().switch_on();
    assert_eq!(refreshed(1, 9), 10, "the body runs");
}

static QUIET: crate::Runs = crate::Runs::new();

#[cached(key = "contested:ahead:<id>", ttl = 100, refresh_ahead = 0.5, when = |value| *value < 2)]
fn ahead(id: usize) -> usize {
    id + QUIET.next()
}

#[test]
fn a_refresh_ahead_whose_value_is_refused_is_not_tried_by_every_caller() {
    let larder = testing::isolated();
    assert_eq!(ahead(0), 1);
    larder.advance(Duration::from_secs(60));
    assert_eq!(ahead(0), 2, "the one who refreshes has its own value, which is not kept");
    assert_eq!((0..50).map(|_| ahead(0)).max(), Some(1), "the others have the one that is there");
    assert_eq!(QUIET.count(), 2);
}

#[cached(key = "contested:panics:<id>", ttl = 100, refresh_ahead = 0.5)]
fn panics_when_refreshed(id: u64) -> u64 {
    assert_eq!(PANICS.next(), 1, "the second run fails in the worst way");
    id
}

static PANICS: crate::Runs = crate::Runs::new();

#[test]
fn a_refresh_ahead_that_panics_is_not_tried_by_every_caller() {
    let larder = testing::isolated();
    assert_eq!(panics_when_refreshed(7), 7);
    larder.advance(Duration::from_secs(60));
    assert!(std::panic::catch_unwind(|| panics_when_refreshed(7)).is_err());
    assert!((0..50).all(|_| panics_when_refreshed(7) == 7));
    assert_eq!(PANICS.count(), 2);
}

static HANGS: crate::Runs = crate::Runs::new();

#[derive(Clone, Debug, PartialEq)]
struct Late;

impl From<larder::Error> for Late {
    fn from(_: larder::Error) -> Self {
        Self
    }
}

#[cached(key = "contested:hangs:<id>", ttl = 10, stale = 10, timeout = 5)]
async fn hangs_when_refreshed(id: usize) -> Result<usize, Late> {
    let run = HANGS.next();
    if run == 2 {
        std::future::pending::<()>().await;
    }
    Ok(id + run)
}

#[test]
fn a_refresh_beside_its_caller_is_given_up_after_its_time_limit() {
    let larder = testing::isolated();
    assert_eq!(go_on(&mut Box::pin(hangs_when_refreshed(0))), Some(Ok(1)));
    larder.advance(Duration::from_secs(15));
    assert_eq!(go_on(&mut Box::pin(hangs_when_refreshed(0))), Some(Ok(1)), "stale, and a task loads");
    larder.run_tasks();
    larder.advance(Duration::from_secs(10));
    larder.run_tasks();
    assert_eq!(go_on(&mut Box::pin(hangs_when_refreshed(0))), Some(Ok(3)), "the one that hangs is gone");
    assert_eq!(hangs_when_refreshed::stats().timed_out, 1);
}

#[cached(key = "contested:waits:<id>", ttl = 100, refresh_ahead = 0.8)]
async fn waits(id: u64) -> u64 {
    std::future::ready(id).await
}

#[test]
fn a_test_that_waits_for_a_refresh_runs_it() {
    let larder = testing::isolated();
    let call = || go_on(&mut Box::pin(waits(3)));
    assert_eq!(call(), Some(3));
    larder.advance(Duration::from_secs(85));
    assert_eq!(call(), Some(3), "near its end, and a task loads");
    larder.advance(Duration::from_secs(20));
    assert_eq!(call(), Some(3), "gone, and the task runs here");
}

/// A thread's own, dropped when that ends, after most else that is its own.
struct CallsAtTheEnd;

impl Drop for CallsAtTheEnd {
    fn drop(&mut self) {
        assert_eq!(refreshed(1_000, 1), 1_001);
    }
}

#[test]
fn a_thread_that_ends_can_still_call() {
    thread_local! { static LAST: CallsAtTheEnd = const { CallsAtTheEnd }; }
    let thread = std::thread::spawn(|| {
        LAST.with(|_| ());
        refreshed(1_001, 1)
    });
    assert_eq!(thread.join().expect("it ends well"), 1_002);
}

#[cached(key = "contested:row:<id>")]
fn row(id: u64) -> u64 {
    id
}

/// Writes the row, and comes back when it is let.
#[updates(row(id))]
async fn write(id: u64, value: u64, gate: &Notify) -> u64 {
    let _ = id;
    gate.notified().await;
    value
}

#[test]
fn two_updates_at_once_leave_the_last_value_or_none() {
    let _larder = testing::isolated();
    let (slow, quick) = (Notify::new(), Notify::new());
    let (mut first, mut second) = (Box::pin(write(1, 10, &slow)), Box::pin(write(1, 20, &quick)));
    assert!(go_on(&mut first).is_none() && go_on(&mut second).is_none());
    quick.notify_one();
    assert_eq!(go_on(&mut second), Some(20));
    assert_eq!(row::get(1), Some(20));
    slow.notify_one();
    assert_eq!(go_on(&mut first), Some(10));
    assert_eq!(row::get(1), None, "nobody knows who wrote last");
}

#[test]
fn an_invalidation_during_an_update_wins() {
    let _larder = testing::isolated();
    let gate = Notify::new();
    let mut update = Box::pin(write(2, 10, &gate));
    assert!(go_on(&mut update).is_none());
    row::invalidate(2);
    gate.notify_one();
    assert_eq!(go_on(&mut update), Some(10));
    assert_eq!(row::get(2), None);

    let mut update = Box::pin(write(2, 30, &gate));
    assert!(go_on(&mut update).is_none());
    gate.notify_one();
    assert_eq!((go_on(&mut update), row::get(2)), (Some(30), Some(30)), "alone, it keeps its value");
}

/// A waker that is the last to hold a task, as that of a runtime can be.
struct Holds {
    _task: Mutex<Pin<Box<dyn Future<Output = u64> + Send>>>,
}

impl Wake for Holds {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn a_caller_who_leaves_may_take_another_one_along() {
    // The program's own cache: the tasks of a test keep wakers too.
    let call = || {
        let cache = larder::cache("default").unwrap();
        Box::pin(async move { cache.get_or_load("left", Options::forever(), std::future::pending::<u64>).await })
    };
    let (mut leads, mut other, mut leaves) = (call(), call(), call());
    assert!(go_on(&mut leads).is_none() && go_on(&mut other).is_none());
    let waker = Waker::from(Arc::new(Holds { _task: Mutex::new(other) }));
    assert!(leaves.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    drop(waker);
    drop(leaves);
    drop(leads);
}

#[cached(key = "contested:told:<id>", tags = ["contested:told"])]
fn told(id: u64) -> u64 {
    id
}

/// The entry is only known once the function is done; what was invalidated meanwhile stays so.
#[test]
fn an_invalidation_during_an_update_that_is_named_by_its_result_wins() {
    type Invalidates = fn();
    let ways: [Invalidates; 3] = [
        || told::invalidate(5),
        || larder::invalidate_tag_blocking("contested:told").unwrap(),
        || larder::cache("default").unwrap().blocking().clear().unwrap(),
    ];
    for invalidate in ways {
        let (_larder, gate) = (testing::isolated(), Notify::new());
        let mut told_it = Box::pin(tell(&gate));
        assert!(go_on(&mut told_it).is_none());
        invalidate();
        gate.notify_one();
        assert_eq!(go_on(&mut told_it), Some(7));
        assert_eq!(told::get(5), None);
        gate.notify_one();
        assert_eq!(go_on(&mut Box::pin(tell(&gate))), Some(7));
        assert_eq!(told::get(5), Some(7), "undisturbed it is kept");
    }
}

#[updates(|_| told(5))]
async fn tell(gate: &Notify) -> u64 {
    gate.notified().await;
    7
}

#[test]
fn what_a_failing_body_has_invalidated_is_not_served_in_its_place() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let options = Options::ttl(10).stale_if_error(60);
    assert_eq!(cache.blocking().try_get_or_load("key", options, || Ok::<_, String>(1_u8)), Ok(1));
    larder.advance(Duration::from_secs(20));
    let failed = cache.blocking().try_get_or_load("key", options, || {
        cache.blocking().delete("key").unwrap();
        Err::<u8, _>("away".to_owned())
    });
    assert_eq!(failed, Err("away".to_owned()));
}

#[test]
fn what_was_invalidated_is_not_served_to_those_whose_patience_ends_after_that() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let options = Options::ttl(10).stale_if_error(60).soft_timeout(1);
    cache.blocking().get_or_load("key", options, || 1_u8);
    larder.advance(Duration::from_secs(20));
    let mut leads = Box::pin(cache.get_or_load("key", options, std::future::pending::<u8>));
    let mut waits = Box::pin(cache.get_or_load("key", options, async || 2_u8));
    assert!(go_on(&mut leads).is_none() && go_on(&mut waits).is_none());
    cache.blocking().delete("key").unwrap();
    larder.advance(Duration::from_secs(1));
    assert_eq!(go_on(&mut waits), Some(2), "it loads for itself");
}

/// A value that is written anew while it is copied.
struct Meddles(u64, larder::Cache);

impl Clone for Meddles {
    fn clone(&self) -> Self {
        if self.0 == 1 {
            let (cache, new) = (self.1.clone(), Self(2, self.1.clone()));
            cache.blocking().delete("key").unwrap();
            cache.blocking().set("key", Local(new), Options::forever()).unwrap();
        }
        Self(self.0, self.1.clone())
    }
}

#[test]
fn what_is_written_while_an_older_value_moves_to_another_version_stays() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    cache.blocking().set("key", Local(Meddles(1, cache.clone())), Options::forever()).unwrap();
    assert!(cache.blocking().incr_version::<Local<Meddles>>("key", 1).is_err());
    assert_eq!(cache.blocking().get::<Local<Meddles>>("key").unwrap().map(|Local(value)| value.0), Some(2));
    assert!(!cache.at_version(2).unwrap().blocking().has("key").unwrap());
}
