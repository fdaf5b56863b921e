//! Tests with caches of their own: what they share with others, and with their own threads and tasks.

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
