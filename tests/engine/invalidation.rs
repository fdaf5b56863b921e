//! What was read before an invalidation is handed to its caller and not kept.

use larder::{Options, testing};
use tokio::sync::Notify;

use crate::Runs;

const OPTIONS: Options = Options::forever();

/// Reads "old", is told to go on, and only then returns: the source may have changed in between.
async fn slow_read(inside: &Notify, go_on: &Notify, value: &str) -> String {
    inside.notify_one();
    go_on.notified().await;
    value.to_owned()
}

#[tokio::test]
async fn an_invalidation_during_a_load_wins() {
    let larder = testing::isolated();
    let (cache, inside, go_on) = (larder.cache("default"), Notify::new(), Notify::new());
    let load = cache.get_or_load("post", OPTIONS, || slow_read(&inside, &go_on, "old"));
    let (value, ()) = tokio::join!(load, async {
        inside.notified().await;
        cache.delete("post").await.unwrap();
        go_on.notify_one();
    });
    assert_eq!(value, "old", "the caller who asked before gets what was read before");
    assert_eq!(cache.get::<String>("post").await.unwrap(), None, "and nobody else does");
    assert_eq!(cache.stats().superseded, 1);
}

#[tokio::test]
async fn a_write_during_a_load_wins() {
    let larder = testing::isolated();
    let (cache, inside, go_on) = (larder.cache("default"), Notify::new(), Notify::new());
    let load = cache.get_or_load("post", OPTIONS, || slow_read(&inside, &go_on, "old"));
    let (_, ()) = tokio::join!(load, async {
        inside.notified().await;
        cache.set("post", "new".to_owned(), OPTIONS).await.unwrap();
        go_on.notify_one();
    });
    assert_eq!(cache.get::<String>("post").await.unwrap().as_deref(), Some("new"));
}

#[tokio::test]
async fn whoever_asks_after_an_invalidation_does_not_join_the_load_from_before() {
    let larder = testing::isolated();
    let (cache, inside, go_on) = (larder.cache("default"), Notify::new(), Notify::new());
    let before = cache.get_or_load("post", OPTIONS, || slow_read(&inside, &go_on, "old"));
    let (before, after) = tokio::join!(before, async {
        inside.notified().await;
        cache.delete("post").await.unwrap();
        let after = cache.get_or_load("post", OPTIONS, async || "new".to_owned()).await;
        go_on.notify_one();
        after
    });
    assert_eq!((before.as_str(), after.as_str()), ("old", "new"));
    assert_eq!(cache.get::<String>("post").await.unwrap().as_deref(), Some("new"), "the late store did not win");
}

#[tokio::test]
async fn clearing_a_cache_wins_over_its_loads_and_over_nobody_elses() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let neighbour = cache.at_version(2).unwrap();
    let (inside, go_on, inside_two, go_on_two) = (Notify::new(), Notify::new(), Notify::new(), Notify::new());
    let ours = cache.get_or_load("post", OPTIONS, || slow_read(&inside, &go_on, "ours"));
    let theirs = neighbour.get_or_load("post", OPTIONS, || slow_read(&inside_two, &go_on_two, "theirs"));
    tokio::join!(ours, theirs, async {
        inside.notified().await;
        inside_two.notified().await;
        cache.clear().await.unwrap();
        go_on.notify_one();
        go_on_two.notify_one();
    });
    assert_eq!(cache.get::<String>("post").await.unwrap(), None);
    assert_eq!(neighbour.get::<String>("post").await.unwrap().as_deref(), Some("theirs"));
}

#[tokio::test]
async fn an_invalidation_of_one_key_leaves_the_loads_of_others_alone() {
    let larder = testing::isolated();
    let (cache, inside, go_on) = (larder.cache("default"), Notify::new(), Notify::new());
    let load = cache.get_or_load("kept", OPTIONS, || slow_read(&inside, &go_on, "value"));
    tokio::join!(load, async {
        inside.notified().await;
        for other in 0..1000 {
            cache.delete(format!("other:{other}")).await.unwrap();
        }
        go_on.notify_one();
    });
    assert_eq!(cache.get::<String>("kept").await.unwrap().as_deref(), Some("value"));
}

#[tokio::test]
async fn clear_leaves_the_neighbours_in_the_same_store_alone_and_clear_store_does_not() {
    let larder = testing::isolated();
    let (cache, runs) = (larder.cache("default"), Runs::default());
    let versions = [cache.clone(), cache.at_version(2).unwrap(), cache.at_version(11).unwrap()];
    for version in &versions {
        version.set("key", runs.next() as u64, OPTIONS).await.unwrap();
    }
    versions[0].clear().await.unwrap();
    assert!(!versions[0].has("key").await.unwrap());
    assert!(versions[1].has("key").await.unwrap() && versions[2].has("key").await.unwrap());
    versions[1].clear_store().await.unwrap();
    assert!(!versions[2].has("key").await.unwrap());
}
