//! Tests with caches of their own: what they share with others, and with their own threads and tasks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use larder::{Options, testing};

#[test]
fn two_tests_at_once_do_not_see_each_others_caches_or_clocks() {
    let larder = testing::isolated();
    larder.cache("default").blocking().set("key", 1_u64, Options::ttl(10)).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let other = testing::isolated();
            assert_eq!(other.cache("default").blocking().get::<u64>("key").unwrap(), None);
            other.advance(std::time::Duration::from_secs(100));
        });
    });
    assert_eq!(larder.cache("default").blocking().get::<u64>("key").unwrap(), Some(1));
}

#[test]
fn threads_that_ask_for_a_new_cache_at_once_get_the_same_one() {
    let larder = testing::isolated();
    let handle = larder.handle();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let handle = &handle;
            scope.spawn(move || {
                handle.cache("new").blocking().set(format!("key:{thread}"), 1_u64, Options::forever()).unwrap();
            });
        }
    });
    assert_eq!(larder.cache("new").stats().entries, 8);
}

#[test]
fn a_thread_of_the_test_sees_its_caches_once_it_has_entered() {
    let larder = testing::isolated();
    larder.cache("mine").blocking().set("key", 1_u64, Options::forever()).unwrap();
    let handle = larder.handle();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            assert!(larder::cache("mine").is_err(), "the program itself has no such cache");
            let _entered = handle.enter();
            assert_eq!(larder::cache("mine").unwrap().blocking().get::<u64>("key").unwrap(), Some(1));
        });
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scoped_task_sees_the_caches_of_its_test_on_whatever_thread_it_runs() {
    let handle = {
        let larder = testing::isolated();
        larder.cache("mine").blocking().set("key", 1_u64, Options::forever()).unwrap();
        larder.handle()
    };
    let task = tokio::spawn(handle.scope(async {
        tokio::task::yield_now().await;
        larder::cache("mine").unwrap().get::<u64>("key").await.unwrap()
    }));
    assert_eq!(task.await.unwrap(), Some(1));
}

#[test]
fn caches_of_a_test_that_are_replaced_or_left_in_another_order_stay_those_of_the_test() {
    let mut first = testing::isolated();
    first.cache("default").blocking().set("key", 1_u8, Options::forever()).unwrap();
    first = testing::isolated();
    let seen = || larder::cache("default").unwrap().blocking().get::<u8>("key").unwrap();
    first.cache("default").blocking().set("key", 2_u8, Options::forever()).unwrap();
    assert_eq!(seen(), Some(2), "the thread sees the second");

    let inner = testing::isolated();
    inner.cache("default").blocking().set("key", 3_u8, Options::forever()).unwrap();
    drop(first);
    assert_eq!(seen(), Some(3), "the one that was left is not the one that is seen");
    drop(inner);
    assert_eq!(seen(), None, "and now the program's own");
}

#[test]
#[should_panic(expected = "584 years")]
fn a_clock_is_not_moved_beyond_the_end_of_time() {
    testing::isolated().advance(std::time::Duration::from_nanos(u64::MAX));
}

#[larder::cached(key = "isolation:slow:<id>", ttl = 10, stale = 60)]
async fn slow(id: u64) -> u64 {
    for _ in 0..3 {
        tokio::task::yield_now().await;
    }
    tokio::task::spawn_blocking(|| ()).await.unwrap();
    id
}

#[tokio::test]
async fn what_was_started_beside_a_caller_can_be_run_to_its_end_whatever_it_waits_for() {
    let larder = testing::isolated();
    for id in [1, 2] {
        slow(id).await;
    }
    larder.advance(std::time::Duration::from_secs(11));
    let before = slow::stats().loads;
    for id in [1, 2] {
        slow(id).await;
    }
    larder.settle().await;
    assert_eq!(slow::stats().loads - before, 2);
    assert_eq!(larder.run_tasks(), 0);
}

#[tokio::test]
async fn what_waits_for_another_task_does_not_keep_that_from_what_it_waits_for() {
    let larder = testing::isolated();
    let (cache, ended) = (larder.cache("default"), Arc::new(AtomicBool::new(false)));
    let inner = Arc::clone(&ended);
    let inner = async move {
        tokio::task::yield_now().await;
        inner.store(true, Ordering::Relaxed);
    };
    let (executor, seen) = (Arc::clone(cache.executor()), Arc::clone(&ended));
    let outer = std::future::poll_fn(move |context| {
        executor.drive(context.waker());
        if seen.load(Ordering::Relaxed) { Poll::Ready(()) } else { Poll::Pending }
    });
    let tasks: [larder::executor::Task; 2] = [Box::pin(outer), Box::pin(inner)];
    for task in tasks {
        assert!(cache.executor().spawn(task).is_ok());
    }
    larder.settle().await;
    assert!(ended.load(Ordering::Relaxed));
}

#[larder::invalidates(slow(7), tag = "isolation:tag")]
async fn write() {
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn work_that_is_left_half_way_invalidates_in_the_caches_that_it_has_seen() {
    let handle = testing::isolated().handle();
    let cache = handle.cache("default");
    cache.set(slow::key(7), 7_u64, Options::forever()).await.unwrap();
    cache.set(larder::Key::from("tagged").tagged(["isolation:tag"]), 7_u64, Options::forever()).await.unwrap();
    let mut left = Box::pin(handle.scope(write()));
    let context = &mut std::task::Context::from_waker(std::task::Waker::noop());
    assert!(left.as_mut().poll(context).is_pending());
    drop(left);
    assert!(!cache.has(slow::key(7)).await.unwrap() && !cache.has("tagged").await.unwrap());
}

/// What a program has to hand work to threads that may block.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let test = testing::try_current();
    let work = move || {
        let _entered = test.as_ref().map(testing::Larder::enter);
        work()
    };
    tokio::task::spawn_blocking(work).await.unwrap()
}

fn seen() -> Option<u8> {
    larder::cache("mine").ok()?.blocking().get::<u8>("key").unwrap()
}

#[tokio::test]
async fn whoever_stands_in_a_test_hands_its_caches_to_threads_without_knowing_it() {
    let larder = testing::isolated();
    larder.cache("mine").set("key", 1_u8, Options::forever()).await.unwrap();
    assert_eq!(tokio::task::spawn_blocking(seen).await.unwrap(), None, "a thread of the program's");
    let here = testing::current();
    let inside = move || {
        let _entered = here.enter();
        (seen(), testing::current().cache("mine").blocking().get::<u8>("key").unwrap())
    };
    assert_eq!(tokio::task::spawn_blocking(inside).await.unwrap(), (Some(1), Some(1)));
    assert_eq!(beside(seen).await, Some(1));
}

#[larder::cached(key = "isolation:refreshed:<id>", ttl = 10, stale = 60)]
async fn refreshed(id: u64) -> u64 {
    tokio::task::spawn_blocking(move || id).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handle_from_within_has_the_clock_and_the_tasks_of_the_test() {
    let larder = testing::isolated();
    refreshed(3).await;
    let before = refreshed::stats().loads;
    let task = larder.scope(async {
        let here = testing::current();
        here.advance(std::time::Duration::from_secs(11));
        refreshed(3).await;
        here.settle().await;
    });
    tokio::spawn(task).await.unwrap();
    assert_eq!((refreshed::stats().loads - before, larder.run_tasks()), (1, 0));
}

#[test]
fn what_stands_in_no_test_is_told_so_and_may_ask_first() {
    std::thread::scope(|scope| {
        let told = scope.spawn(|| {
            assert!(testing::try_current().is_none());
            let panicked = std::panic::catch_unwind(testing::current).unwrap_err();
            panicked
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panicked.downcast_ref::<&str>().map(ToString::to_string))
        });
        let told = told.join().unwrap().unwrap();
        assert_eq!(
            told,
            "this thread sees the caches of no test: call `testing::isolated()` before this, or, where a program may stand \
             in no test, `testing::try_current()`"
        );
    });
}

#[test]
fn a_thread_that_has_entered_sees_the_caches_of_a_test_that_has_ended_until_it_leaves() {
    let entered = {
        let larder = testing::isolated();
        larder.cache("mine").blocking().set("key", 1_u8, Options::forever()).unwrap();
        larder.handle().enter()
    };
    assert_eq!(seen(), Some(1));
    drop(entered);
    assert_eq!(seen(), None);
}
