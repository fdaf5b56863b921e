//! What happens between a hit that is verified and the end of its body, here and in other processes.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use larder::backend::Memory;
use larder::clock::Clock;
use larder::testing::{self, Isolated};
use larder::{Settings, cached, invalidate_tag};

use crate::verify::{MINUTE, Way, set, value, value_of, verified, way};

/// Has something happen between a hit and the end of its body, which has read the new value by then.
async fn between(larder: &Isolated, change: impl AsyncFnOnce()) -> (u64, u64) {
    let way = way();
    value(way.clone(), 7).await.unwrap();
    way.waits.store(true, Ordering::SeqCst);
    set(&way.source, "new");
    value(way.clone(), 7).await.unwrap();
    larder.run_tasks();
    assert_eq!(way.runs.count(), 2, "it runs");
    change().await;
    way.gate.notify_one();
    larder.run_tasks();
    verified(larder)
}

#[tokio::test]
async fn what_is_invalidated_between_a_hit_and_the_end_of_its_body_is_no_difference() {
    let larder = testing::isolated();
    assert_eq!(between(&larder, async || ()).await, (1, 1), "as it would be without");
    let larder = testing::isolated();
    assert_eq!(between(&larder, async || value::invalidate(7).await).await, (0, 0));
    let larder = testing::isolated();
    assert_eq!(between(&larder, async || value::put(7, "newer".to_owned()).await).await, (0, 0));
    let larder = testing::isolated();
    assert_eq!(between(&larder, async || invalidate_tag("verify:7").await.unwrap()).await, (0, 0));
}

#[cached(key = "verify:ahead:<id>", ttl = 60, refresh_ahead = 0.8, ignore(way), verify = 1.0)]
async fn ahead(way: Way, id: u64) -> Result<String, ()> {
    value_of(&way, id).await
}

/// What is copied where it lies has no record of its own in memory.
#[cached(key = "verify:length:<id>", ttl = 60, refresh_ahead = 0.8, ignore(way), verify = 1.0)]
async fn length(way: Way, id: u64) -> Result<usize, ()> {
    value_of(&way, id).await.map(|value| value.len())
}

/// Has a value loaded anew between a hit and the end of its body, and returns what is kept then.
async fn loaded_anew<T>(larder: &Isolated, way: &Way, call: impl AsyncFn() -> T) -> T {
    call().await;
    larder.advance(MINUTE * 2 / 3);
    way.waits.store(true, Ordering::SeqCst);
    set(&way.source, "newer");
    call().await;
    larder.run_tasks();
    way.waits.store(false, Ordering::SeqCst);
    larder.advance(MINUTE / 6);
    call().await;
    larder.run_tasks();
    assert_eq!(way.runs.count(), 3, "of whoever was served ahead of time nothing is verified: the body runs anyway");
    way.gate.notify_one();
    larder.run_tasks();
    assert_eq!((way.runs.count(), verified(larder)), (3, (0, 0)));
    let kept = call().await;
    assert_eq!(way.runs.count(), 3, "what is new was not removed");
    kept
}

#[tokio::test]
async fn what_is_loaded_anew_between_a_hit_and_the_end_of_its_body_is_no_difference() {
    let (larder, way) = (testing::isolated(), way());
    assert_eq!(loaded_anew(&larder, &way, async || ahead(way.clone(), 7).await).await.unwrap(), "newer");
    let (larder, way) = (testing::isolated(), self::way());
    assert_eq!(loaded_anew(&larder, &way, async || length(way.clone(), 7).await).await.unwrap(), 5);
    let [_other, larder] = two();
    let way = self::way();
    assert_eq!(loaded_anew(&larder, &way, async || ahead(way.clone(), 7).await).await.unwrap(), "newer");
}

#[tokio::test]
async fn a_number_that_differs_is_seen_as_well() {
    let (larder, way) = (testing::isolated(), way());
    length(way.clone(), 7).await.unwrap();
    set(&way.source, "newer");
    assert_eq!(length(way.clone(), 7).await.unwrap(), 3);
    larder.run_tasks();
    assert_eq!((verified(&larder), length(way.clone(), 7).await.unwrap()), ((1, 1), 5));
}

#[tokio::test]
async fn who_is_handed_what_another_caller_has_loaded_has_no_hit_to_verify() {
    let larder = testing::isolated();
    Box::pin(load_for_three(&larder)).await;
    let [_other, larder] = two();
    Box::pin(load_for_three(&larder)).await;
}

async fn load_for_three(larder: &Isolated) {
    let way = way();
    way.waits.store(true, Ordering::SeqCst);
    let call = || value(way.clone(), 7);
    let let_go = async {
        tokio::task::yield_now().await;
        way.waits.store(false, Ordering::SeqCst);
        way.gate.notify_one();
    };
    let (one, two, three, ()) = tokio::join!(call(), call(), call(), let_go);
    assert_eq!([one, two, three].map(Result::unwrap), ["old"; 3].map(str::to_owned));
    larder.run_tasks();
    assert_eq!((way.runs.count(), verified(larder)), (1, (0, 0)));
    let stats = larder.cache("default").stats();
    assert_eq!((stats.hits, stats.misses, stats.shared), (0, 1, 2));
}

/// Two processes before one store. The last one made is the one whose caches this thread has.
fn two() -> [Isolated; 2] {
    let clock = Clock::manual();
    let store = Arc::new(Memory::new(clock.clone()));
    [(); 2].map(|()| {
        let settings = Settings::backend(Arc::clone(&store));
        testing::isolated_at(clock.clone(), [("default", settings)]).unwrap()
    })
}

#[tokio::test]
async fn what_another_process_has_invalidated_meanwhile_is_no_difference_either() {
    let [_other, larder] = two();
    assert_eq!(between(&larder, async || ()).await, (1, 1), "as it would be without");
    let [other, larder] = two();
    assert_eq!(between(&larder, async || other.scope(value::invalidate(7)).await).await, (0, 0));
    let [other, larder] = two();
    assert_eq!(between(&larder, async || other.scope(invalidate_tag("verify:7")).await.unwrap()).await, (0, 0));
    let [other, larder] = two();
    let put = async || other.scope(value::put(7, "newer".to_owned())).await;
    assert_eq!(between(&larder, put).await, (0, 0));
}
