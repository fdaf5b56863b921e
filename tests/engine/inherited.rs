//! Tags that are inherited: what is made of cached values goes with them.

use std::cell::Cell;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use larder::{Cache, Key, Options, cached, entry, invalidate_tag, invalidate_tag_blocking, testing};
use tokio::sync::Notify;

use crate::Runs;

const OPTIONS: Options = Options::forever();

fn tagged(key: &str, tags: &[&str]) -> Key {
    Key::from(key).tagged(tags.iter().copied())
}

/// Something that changes, and is read through values that are made of each other.
#[derive(Default)]
struct Source(Cell<u32>);

impl Source {
    fn posts(&self, cache: &Cache) -> u32 {
        cache.blocking().get_or_load(tagged("posts", &["posts"]), OPTIONS, || self.0.get())
    }

    fn list(&self, cache: &Cache) -> u32 {
        cache.blocking().get_or_load("list", OPTIONS, || self.posts(cache))
    }

    fn front(&self, cache: &Cache) -> u32 {
        cache.blocking().get_or_load("front", OPTIONS, || self.list(cache))
    }

    fn change(&self) -> u32 {
        self.0.set(self.0.get() + 1);
        self.0.get()
    }
}

#[test]
fn what_is_made_of_a_value_goes_with_its_tags_through_all_levels() {
    let larder = testing::isolated();
    let (cache, source) = (larder.cache("default"), Source::default());
    let texts = || [source.front(&cache), source.list(&cache), source.posts(&cache)];
    assert_eq!(texts(), [0; 3]);
    source.change();
    invalidate_tag_blocking("another").unwrap();
    assert_eq!(texts(), [0; 3]);
    invalidate_tag_blocking("posts").unwrap();
    assert_eq!(texts(), [1; 3]);
}

#[test]
fn it_does_so_whether_its_parts_were_loaded_for_it_or_found() {
    let larder = testing::isolated();
    let (cache, source) = (larder.cache("default"), Source::default());
    for are_there in 0..3 {
        let parts: [&dyn Fn() -> u32; 2] = [&|| source.posts(&cache), &|| source.list(&cache)];
        for part in &parts[..are_there] {
            part();
        }
        source.front(&cache);
        let new = source.change();
        invalidate_tag_blocking("posts").unwrap();
        assert_eq!(source.front(&cache), new, "{are_there} of its parts were there");
        cache.blocking().clear().unwrap();
    }
}

#[cached(key = "inherited:posts:<author>", tags = ["inherited:author:<author>"], ignore(source))]
async fn posts(source: u32, author: u32) -> String {
    entry::tag("inherited:posts");
    std::future::ready(format!("{author}: {source}")).await
}

#[cached(key = "inherited:page", ignore(source))]
async fn page(source: u32) -> String {
    format!("{}, {}", posts(source, 1).await, posts(source, 2).await)
}

#[tokio::test]
async fn a_function_over_functions_has_all_their_tags_said_or_told() {
    let larder = testing::isolated();
    larder
        .scope(async {
            for (source, tag) in (0..).zip(["inherited:author:2", "inherited:author:1", "inherited:posts"]) {
                page(source).await;
                assert!(page::get().await.is_some());
                invalidate_tag(tag).await.unwrap();
                assert_eq!(page::get().await, None, "{tag}");
            }
        })
        .await;
}

/// A way to read a value.
type Way<'a> = (&'static str, Pin<Box<dyn Future<Output = ()> + 'a>>);

/// Each way to read a value, inside of a body.
#[tokio::test]
async fn whatever_way_a_value_is_read_it_hands_its_tags_on() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let key = || tagged("part", &["tag"]);
    let ways: Vec<Way<'_>> = vec![
        ("get", Box::pin(async { assert_eq!(cache.get("part").await.unwrap(), Some("text".to_owned())) })),
        ("get_or", Box::pin(async { assert_eq!(cache.get_or("part", String::new()).await.unwrap(), "text") })),
        ("get_many", Box::pin(async { drop(cache.get_many::<String>(["none", "part"]).await.unwrap()) })),
        ("get_or_load", Box::pin(async { drop(cache.get_or_load("part", OPTIONS, async || String::new()).await) })),
        (
            "a load",
            Box::pin(async {
                cache.delete("part").await.unwrap();
                drop(cache.get_or_load(key(), OPTIONS, async || String::new()).await);
            }),
        ),
        (
            "a load that keeps nothing",
            Box::pin(async {
                cache.delete("part").await.unwrap();
                let body = async || assert!(entry::discard());
                cache.get_or_load(key(), OPTIONS, body).await;
            }),
        ),
        (
            "a load that fails",
            Box::pin(async {
                cache.delete("part").await.unwrap();
                assert_eq!(cache.try_get_or_load(key(), OPTIONS, async || Err::<(), _>(())).await, Err(()));
            }),
        ),
    ];
    for (name, way) in ways {
        cache.set(key(), "text".to_owned(), OPTIONS).await.unwrap();
        cache.get_or_load("whole", OPTIONS, || way).await;
        assert!(cache.has("whole").await.unwrap(), "{name}");
        invalidate_tag("tag").await.unwrap();
        assert!(!cache.has("whole").await.unwrap(), "{name}");
    }
}

#[tokio::test]
async fn what_somebody_else_has_loaded_hands_its_tags_to_all_who_waited() {
    let larder = testing::isolated();
    let (cache, go_on) = (larder.cache("default"), Notify::new());
    let part = || {
        cache.get_or_load(tagged("part", &["tag"]), OPTIONS, async || {
            go_on.notified().await;
            1_u8
        })
    };
    let whole = |key: &'static str| cache.get_or_load(key, OPTIONS, part);
    tokio::join!(whole("a"), whole("b"), async { go_on.notify_one() });
    invalidate_tag("tag").await.unwrap();
    assert_eq!(cache.get_many::<u8>(["a", "b"]).await.unwrap(), [None, None]);
}

#[test]
fn what_is_past_its_time_and_an_error_that_is_kept_hand_their_tags_on_too() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let options = Options::ttl(10).stale_if_error(60);
    let part = |answer: Result<u8, ()>| cache.blocking().try_get_or_load(tagged("part", &["tag"]), options, || answer);
    assert_eq!(part(Ok(1)), Ok(1));
    larder.advance(Duration::from_secs(20));
    cache.blocking().get_or_load("whole", OPTIONS, || assert_eq!(part(Err(())), Ok(1)));
    invalidate_tag_blocking("tag").unwrap();
    assert!(!cache.blocking().has("whole").unwrap());

    testing::block_on(larder.scope(async {
        for _ in 0..2 {
            let whole = cache.get_or_load("whole", OPTIONS, async || failing().await.is_err());
            assert!(whole.await);
            invalidate_tag("inherited:failing").await.unwrap();
            assert!(!cache.has("whole").await.unwrap());
        }
    }));
}

#[cached(key = "inherited:failing", tags = ["inherited:failing"], error_ttl = 60)]
async fn failing() -> Result<u8, String> {
    std::future::ready(Err("away".to_owned())).await
}

#[test]
fn a_tag_that_is_invalidated_between_two_parts_wins() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let part = |key: &'static str| cache.blocking().get_or_load(tagged(key, &["tag"]), OPTIONS, || 1_u8);
    cache.blocking().get_or_load("whole", OPTIONS, || {
        part("a");
        invalidate_tag_blocking("tag").unwrap();
        part("b")
    });
    assert!(!cache.blocking().has("whole").unwrap(), "its first part is an old one");
    cache.blocking().get_or_load("whole", OPTIONS, || part("a") + part("b"));
    assert!(cache.blocking().has("whole").unwrap());
}

#[test]
fn a_namespace_that_is_emptied_takes_along_what_was_made_of_it() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let (user, other) = (cache.namespace("user:7"), cache.namespace("user:8"));
    let name = || user.blocking().get_or_load("name", OPTIONS, || "Ada".to_owned());
    for _ in 0..2 {
        cache.blocking().get_or_load("greeting", OPTIONS, || format!("Hello, {}", name()));
        other.invalidate_blocking().unwrap();
        assert!(cache.blocking().has("greeting").unwrap());
        user.invalidate_blocking().unwrap();
        assert!(!cache.blocking().has("greeting").unwrap());
    }
}

#[test]
fn a_body_that_wants_its_own_tags_alone_has_these_and_hands_no_others_on() {
    let larder = testing::isolated();
    let (cache, source) = (larder.cache("default"), Source::default());
    let ticker = || {
        cache.blocking().get_or_load("ticker", Options::ttl(900), || {
            entry::tag("ticker");
            let posts = source.posts(&cache);
            assert!(entry::own_tags());
            posts
        })
    };
    let around = || cache.blocking().get_or_load("around", OPTIONS, ticker);
    assert_eq!(around(), 0);
    source.change();
    invalidate_tag_blocking("posts").unwrap();
    assert_eq!((around(), ticker(), source.posts(&cache)), (0, 0, 1));
    invalidate_tag_blocking("ticker").unwrap();
    assert_eq!((around(), ticker()), (1, 1));
    assert!(!entry::own_tags(), "nothing is being loaded here");
}

#[test]
fn a_cache_that_is_off_hands_on_what_its_function_is_tagged_with() {
    let larder = testing::isolated_with([("off", larder::Settings::memory().off())]).unwrap();
    let (cache, off) = (larder.cache("default"), larder.cache("off"));
    let part = || off.blocking().get_or_load(tagged("part", &["tag"]), OPTIONS, || 1_u8);
    cache.blocking().get_or_load("whole", OPTIONS, part);
    invalidate_tag_blocking("tag").unwrap();
    assert!(!cache.blocking().has("whole").unwrap());
}

#[test]
fn what_a_task_of_its_own_loads_has_the_tags_of_its_parts() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let runs = Arc::new(Runs::default());
    let ask = || testing::block_on(larder.scope(refreshed(cache.clone(), Arc::clone(&runs))));
    assert_eq!(ask(), 1);
    larder.advance(Duration::from_secs(20));
    assert_eq!(ask(), 1, "past its time, and served");
    larder.run_tasks();
    assert_eq!((ask(), runs.count()), (2, 2));
    invalidate_tag_blocking("tag").unwrap();
    assert_eq!(ask(), 3);
}

#[cached(key = "inherited:refreshed", ttl = 10, stale = 60, ignore(cache, runs))]
async fn refreshed(cache: Cache, runs: Arc<Runs>) -> usize {
    cache.get_or_load(tagged("part", &["tag"]), OPTIONS, async || 1_u8).await;
    runs.next()
}

#[test]
fn what_is_made_of_too_many_tags_is_not_kept_and_says_so() {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    let whole = |tags: u32| {
        let load = || {
            (0..tags).for_each(|number| {
                let key = tagged(&format!("part:{number}"), &[&format!("tag:{number}"), "all"]);
                cache.blocking().get_or_load(key, OPTIONS, || 1_u8);
            });
        };
        larder::explain_blocking(|| cache.blocking().get_or_load("whole", OPTIONS, load)).1
    };
    whole(999);
    assert!(cache.blocking().has("whole").unwrap());
    invalidate_tag_blocking("tag:998").unwrap();
    let story = whole(1000);
    assert!(!cache.blocking().has("whole").unwrap());
    assert_eq!(
        story.asked[0].kept.as_ref().unwrap().to_string(),
        "not kept: what it was made of has more than 1000 tags"
    );
}

#[test]
fn a_story_names_the_tag_that_came_from_a_part() {
    let larder = testing::isolated();
    let (cache, source) = (larder.cache("default"), Source::default());
    source.front(&cache);
    invalidate_tag_blocking("posts").unwrap();
    let (_, story) = larder::explain_blocking(|| source.front(&cache));
    let told = story.to_string();
    assert!(told.contains("a miss: its tag `posts` was invalidated"), "{told}");
    assert!(told.contains("kept for ever with the tag `posts`"), "{told}");
}

#[cached(key = "inherited:nowhere", cache = "nowhere", tags = ["nowhere"])]
async fn nowhere() -> u64 {
    std::future::ready(7).await
}

/// With the caches of the program, since those of a test are made for whatever name is asked for.
#[tokio::test]
async fn the_tags_of_a_function_whose_cache_is_missing_are_inherited_and_not_said() {
    let cache = larder::cache("default").unwrap();
    assert!(larder::cache("nowhere").is_err());
    let own = async || {
        entry::own_tags();
        nowhere().await
    };
    let crowded = async || {
        for number in 0..1_000 {
            let key = tagged(&format!("nowhere:part:{number}"), &[&format!("nowhere:{number}")]);
            cache.get_or_load(key, OPTIONS, async || 1_u8).await;
        }
        nowhere().await
    };
    cache.get_or_load("nowhere:whole", OPTIONS, nowhere).await;
    cache.get_or_load("nowhere:own", OPTIONS, own).await;
    cache.get_or_load("nowhere:crowded", OPTIONS, crowded).await;
    assert!(!cache.has("nowhere:crowded").await.unwrap(), "it has 1001 tags");
    let there = async || [cache.has("nowhere:whole").await.unwrap(), cache.has("nowhere:own").await.unwrap()];
    assert_eq!(there().await, [true; 2]);
    invalidate_tag("nowhere").await.unwrap();
    assert_eq!(there().await, [false, true]);
}
