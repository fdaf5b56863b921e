//! Tags that are inherited, by and from functions that are asked for many: in memory and outside.

use std::collections::HashMap;
use std::sync::Arc;

use larder::backend::Memory;
use larder::clock::Clock;
use larder::testing::{self, Isolated};
use larder::{Options, Settings, cached, invalidate_tag};
use tokio::sync::Notify;

type Found = HashMap<u32, String>;

const OPTIONS: Options = Options::forever();

#[cached(key = "inherited-many:item:<id>", each(id in ids), tags = ["inherited-many:item:<id>"], ttl = 60, none_ttl = 10)]
async fn items(ids: &[u32]) -> Found {
    rates().await;
    ids.iter().filter(|id| **id < 100).map(|id| (*id, format!("item {id}"))).collect()
}

/// What the body of all has read.
#[cached(key = "inherited-many:rates", tags = ["inherited-many:rates"])]
async fn rates() -> u32 {
    std::future::ready(7).await
}

#[cached(key = "inherited-many:one")]
async fn one() -> Option<String> {
    items::one(1).await
}

#[cached(key = "inherited-many:off:<id>", cache = "off", each(id in ids), tags = ["inherited-many:off:<id>"])]
async fn off(ids: &[u32]) -> Found {
    rates().await;
    ids.iter().map(|id| (*id, String::new())).collect()
}

#[cached(key = "inherited-many:nowhere:<id>", cache = "nowhere", each(id in ids), tags = ["inherited-many:nowhere:<id>"])]
async fn nowhere(ids: &[u32]) -> Found {
    std::future::ready(ids.iter().map(|id| (*id, String::new())).collect()).await
}

#[cached(key = "inherited-many:failing:<id>", each(id in ids), tags = ["inherited-many:failing:<id>"])]
async fn failing(ids: &[u32]) -> Result<Found, String> {
    std::future::ready(Err(format!("away: {ids:?}"))).await
}

#[cached(key = "inherited-many:held:<id>", each(id in ids), tags = ["inherited-many:held:<id>"], ignore(go_on))]
async fn held(go_on: &Notify, ids: &[u32]) -> Found {
    go_on.notified().await;
    ids.iter().map(|id| (*id, String::new())).collect()
}

/// With everything in memory, and in a store outside.
fn places() -> [Isolated; 2] {
    let clock = Clock::manual();
    let outside = Settings::backend(Arc::new(Memory::new(clock.clone())));
    [Settings::memory(), outside].map(|settings| {
        let caches = [("default", settings), ("off", Settings::memory().off())];
        testing::isolated_at(clock.clone(), caches).unwrap()
    })
}

/// Makes a whole in a body, and expects that it goes when this tag is invalidated.
async fn goes_with<T: Send + Sync + 'static>(larder: &Isolated, tag: &str, part: impl AsyncFn() -> T) {
    let cache = larder.cache("default");
    cache.get_or_load("whole", OPTIONS, async || drop(part().await)).await;
    assert!(cache.has("whole").await.unwrap(), "before `{tag}` is invalidated");
    invalidate_tag(tag).await.unwrap();
    assert!(!cache.has("whole").await.unwrap(), "`{tag}` was invalidated");
}

#[tokio::test]
async fn what_was_asked_for_together_hands_on_the_tags_of_all_whether_they_were_there_or_not() {
    for larder in places() {
        let both = || larder.handle().scope(items(&[1, 2, 3]));
        let ask = async || {
            // At first none is there, then all but one, and in the end none, since their body has read something else
            // too.
            for tag in ["item:1", "item:2", "item:3", "rates", "item:1"] {
                goes_with(&larder, &format!("inherited-many:{tag}"), both).await;
            }
            both().await;
            goes_with(&larder, "inherited-many:item:2", both).await;
            goes_with(&larder, "inherited-many:item:100", || larder.handle().scope(items(&[100]))).await;
            goes_with(&larder, "inherited-many:item:1", one).await;
        };
        larder.handle().scope(ask()).await;
    }
}

#[tokio::test]
async fn what_the_body_of_many_has_read_is_handed_on_to_each_that_it_has_loaded() {
    for larder in places() {
        let ask = async || {
            items(&[1]).await;
            items(&[1, 2]).await;
            assert_eq!([items::get(1).await.is_some(), items::get(2).await.is_some()], [true; 2]);
            invalidate_tag("inherited-many:rates").await.unwrap();
            assert_eq!([items::get(1).await, items::get(2).await], [None, None]);
        };
        larder.handle().scope(ask()).await;
    }
}

#[tokio::test]
async fn a_body_of_many_that_fails_or_whose_cache_is_off_or_missing_hands_its_tags_on_too() {
    for larder in places() {
        let ask = async || {
            for id in [1, 2] {
                goes_with(&larder, &format!("inherited-many:failing:{id}"), || failing(&[1, 2])).await;
                goes_with(&larder, &format!("inherited-many:off:{id}"), || off(&[1, 2])).await;
                goes_with(&larder, &format!("inherited-many:nowhere:{id}"), || nowhere(&[1, 2])).await;
            }
            goes_with(&larder, "inherited-many:rates", || off(&[1, 2])).await;
        };
        larder.handle().scope(ask()).await;
    }
}

#[tokio::test]
async fn what_others_load_of_it_hands_its_tags_to_all_who_wait() {
    let (larder, go_on) = (testing::isolated(), &Notify::new());
    let cache = &larder.cache("default");
    let whole = |key: &'static str, ids: &'static [u32]| cache.get_or_load(key, OPTIONS, || held(go_on, ids));
    tokio::join!(whole("a", &[1, 2]), whole("b", &[2]), async { go_on.notify_one() });
    invalidate_tag("inherited-many:held:2").await.unwrap();
    assert_eq!(cache.get_many::<Found>(["a", "b"]).await.unwrap(), [None, None]);
}
