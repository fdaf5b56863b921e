//! Tags that are inherited where a body runs beside its caller, ahead of anybody, or for whoever waits.

use std::time::Duration;

use larder::warm::Warming;
use larder::{Cache, Key, Options, cached, invalidate_tag, testing};
use tokio::sync::Notify;

use crate::Runs;

const OPTIONS: Options = Options::forever();
const SECOND: Duration = Duration::from_secs(1);

/// Something that is read by the bodies of others.
#[cached(key = "meanwhile:part", tags = ["meanwhile:part"])]
async fn part() -> u64 {
    std::future::ready(7).await
}

#[cached(key = "meanwhile:stale", ttl = 10, stale = 60)]
async fn stale() -> u64 {
    part().await
}

#[cached(key = "meanwhile:ahead", ttl = 100, refresh_ahead = 0.5)]
async fn ahead() -> u64 {
    part().await
}

#[tokio::test]
async fn what_is_served_while_a_task_loads_anew_hands_its_tags_on_at_once() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    for (name, after) in [("stale", 20), ("ahead", 60)] {
        let ask = async || if name == "stale" { stale().await } else { ahead().await };
        ask().await;
        larder.advance(after * SECOND);
        cache.get_or_load("whole", OPTIONS, ask).await;
        invalidate_tag("meanwhile:part").await.unwrap();
        assert!(!cache.has("whole").await.unwrap(), "{name}: before the task has run");
        assert_eq!(larder.run_tasks(), 1, "{name} was served");
        cache.get_or_load("whole", OPTIONS, ask).await;
        assert!(cache.has("whole").await.unwrap());
        invalidate_tag("meanwhile:part").await.unwrap();
        assert!(!cache.has("whole").await.unwrap(), "{name}: with what the task has loaded");
    }
}

#[cached(key = "meanwhile:early", ttl = 30, early = 1.0, ignore(runs))]
async fn early(runs: &Runs) -> usize {
    part().await;
    testing::current().advance(10 * SECOND);
    runs.next()
}

#[tokio::test]
async fn what_chance_loads_before_its_end_hands_its_tags_on() {
    let (larder, runs) = (testing::isolated(), &Runs::default());
    let cache = larder.cache("default");
    let wholes: Vec<_> = (0..30).map(|number| format!("whole:{number}")).collect();
    for whole in &wholes {
        larder.advance(SECOND);
        cache.get_or_load(whole, OPTIONS, || early(runs)).await;
    }
    assert!(runs.count() > 1, "it was drawn");
    assert!(cache.get_many::<usize>(&wholes).await.unwrap().iter().all(Option::is_some));
    invalidate_tag("meanwhile:part").await.unwrap();
    assert!(cache.get_many::<usize>(&wholes).await.unwrap().iter().all(Option::is_none));
}

#[cached(key = "meanwhile:borrows", tags = ["meanwhile:verified"], ignore(first), verify = 1.0)]
async fn borrows(first: &bool) -> u64 {
    if *first { 7 } else { part().await }
}

#[cached(key = "meanwhile:owns", tags = ["meanwhile:verified"], ignore(first), verify = 1.0)]
async fn owns(first: bool) -> u64 {
    if first { 7 } else { part().await }
}

#[cached(key = "meanwhile:blocks", tags = ["meanwhile:verified"], ignore(first, cache), verify = 1.0)]
fn blocks(first: bool, cache: &larder::Cache) -> u64 {
    let part = larder::Key::from("part").tagged(["meanwhile:part"]);
    if first { 7 } else { cache.blocking().get_or_load(part, OPTIONS, || 7) }
}

#[tokio::test]
async fn a_hit_that_is_verified_hands_on_its_tags_and_none_of_what_its_body_reads_for_that() {
    let larder = testing::isolated();
    let cache = &larder.cache("default");
    for name in ["borrows", "owns", "blocks"] {
        let ask = async |first| match name {
            "borrows" => borrows(&first).await,
            "owns" => owns(first).await,
            _ => blocks(first, cache),
        };
        for (tag, goes) in [("meanwhile:part", false), ("meanwhile:verified", true)] {
            ask(true).await;
            larder.run_tasks();
            cache.delete("whole").await.unwrap();
            let verified = cache.stats().verified;
            cache.get_or_load("whole", OPTIONS, || ask(false)).await;
            larder.run_tasks();
            assert_eq!(cache.stats().verified, verified + 1, "{name}");
            invalidate_tag(tag).await.unwrap();
            assert_eq!(!cache.has("whole").await.unwrap(), goes, "{name}, {tag}");
        }
    }
}

#[tokio::test]
async fn what_a_warm_up_has_loaded_has_the_tags_of_its_parts() {
    let _larder = testing::isolated();
    Box::pin(Warming::at_most(2).add([stale()]).add([ahead()]).run()).await;
    assert_eq!([stale::get().await, ahead::get().await], [Some(7); 2]);
    invalidate_tag("meanwhile:part").await.unwrap();
    assert_eq!([stale::get().await, ahead::get().await], [None; 2]);
}

#[tokio::test]
async fn an_error_that_somebody_else_has_come_to_hands_on_what_its_body_has_read() {
    let (larder, go_on) = (testing::isolated(), Notify::new());
    let cache = larder.cache("default");
    let failing = async || {
        let body = async || {
            part().await;
            go_on.notified().await;
            Err::<u64, _>("away")
        };
        cache.try_get_or_load_shared("failing", OPTIONS, body).await.is_err()
    };
    let whole = |key: &'static str| cache.get_or_load(key, OPTIONS, failing);
    tokio::join!(whole("a"), whole("b"), async { go_on.notify_one() });
    assert_eq!(cache.get_many::<bool>(["a", "b"]).await.unwrap(), [Some(true); 2]);
    invalidate_tag("meanwhile:part").await.unwrap();
    assert_eq!(cache.get_many::<bool>(["a", "b"]).await.unwrap(), [None, None]);
}

/// Reads what has more tags than can be inherited, and fails where it is to.
async fn crowded(cache: &Cache, go_on: &Notify, fails: bool) -> Result<u64, &'static str> {
    let body = async || {
        for number in 0..=1_000 {
            let key = Key::from(format!("part:{number}")).tagged([format!("tag:{number}")]);
            cache.get_or_load(key, OPTIONS, async || 1_u8).await;
        }
        go_on.notified().await;
        if fails { Err("no source") } else { Ok(7) }
    };
    cache.try_get_or_load_shared("crowded", OPTIONS, body).await
}

#[tokio::test]
async fn who_waits_for_what_has_too_many_tags_keeps_nothing_that_is_made_of_it_either() {
    for fails in [false, true] {
        let (larder, go_on) = (testing::isolated(), &Notify::new());
        let cache = &larder.cache("default");
        let whole = async |key: &str| {
            cache.get_or_load(key, OPTIONS, async || crowded(cache, go_on, fails).await.is_ok()).await
        };
        tokio::join!(whole("leads"), whole("waits"), async { go_on.notify_one() });
        assert_eq!(cache.stats().shared, 1, "one has waited");
        for key in ["crowded", "leads", "waits"] {
            assert!(!cache.has(key).await.unwrap(), "{key}, does it fail: {fails}");
        }
    }
}
