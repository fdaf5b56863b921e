//! Why a call was a hit or a miss, in memory, and what became of what its body returned: each reason by its name, and as
//! people read it.

use std::time::Duration;

use larder::explain::{Asked, Done, Found, Kept, Level, Miss, NotKept, Story, TagName, Unasked, WhoSays};
use larder::testing::Isolated;
use larder::{Cache, Key, Options, Settings, Ttl, cached, entry, explain, explain_blocking, testing};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Ttl = Ttl::For(Duration::from_secs(60));

/// Returns the only question of a story.
pub fn only(story: &Story) -> &Asked {
    assert_eq!((story.asked.len(), story.left_out), (1, 0), "{story}");
    &story.asked[0]
}

fn cache() -> (Isolated, Cache) {
    let larder = testing::isolated();
    let cache = larder.cache("default");
    (larder, cache)
}

fn load(cache: &Cache, key: impl Into<Key>, options: Options) -> Asked {
    let (_, story) = explain_blocking(|| cache.blocking().get_or_load(key, options, || "a value".to_owned()));
    only(&story).clone()
}

/// Returns the lines of a question, but for the first one, which says where it was asked.
pub fn told(asked: &Asked) -> Vec<String> {
    asked.to_string().lines().skip(1).map(|line| line.trim().to_owned()).collect()
}

fn named(name: &str) -> Vec<TagName> {
    vec![TagName::Named(name.to_owned())]
}

#[cached(key = "explain:profile:<id>", ttl = 300)]
async fn profile(id: u64) -> String {
    let author = std::future::ready(7).await;
    entry::tag(format!("explain:author:{author}"));
    format!("{id} by {}", name_of(author))
}

#[cached(key = "explain:name:<author>", ttl = 60)]
fn name_of(author: u64) -> String {
    format!("author {author}")
}

#[tokio::test]
async fn a_story_says_which_function_asked_for_what_and_what_its_body_asked_besides() {
    let larder = testing::isolated();
    larder
        .scope(async {
            profile(42).await;
            larder::invalidate_tag("explain:author:7").await.unwrap();
            let (_, story) = explain(profile(42)).await;
            let place = only(&story).place.expect("a function");
            assert_eq!((place.name, place.pattern), ("profile", "explain:profile:<id>"));
            assert!(place.file.ends_with("tests/engine/explain.rs"));
            let inner = only(&story).inside[0].place.expect("a function").line;
            let lines = [
                format!("explain:profile:42, of `profile` ({}:{}), in `default`", place.file, place.line),
                "  a miss: its tag `explain:author:7` was invalidated".to_owned(),
                "  loaded in 0 ms, kept for 5 min with the tag `explain:author:7`".to_owned(),
                format!("    explain:name:7, of `name_of` ({}:{inner}), in `default`", place.file),
                "      a hit in memory: 0 ms old, 1 min left".to_owned(),
            ];
            assert_eq!(story.to_string(), lines.join("\n"));
            assert_eq!(story.all().map(Asked::is_hit).collect::<Vec<_>>(), [false, true]);
        })
        .await;
}

#[test]
fn what_is_asked_elsewhere_or_later_is_not_told_and_what_asks_nothing_says_so() {
    let (_larder, cache) = cache();
    let ((), story) = explain_blocking(|| {
        std::thread::scope(|threads| threads.spawn(|| load(&cache, "elsewhere", Options::ttl(60))).join().unwrap());
    });
    assert_eq!(story.to_string(), "no cache was asked for anything");
    load(&cache, "later", Options::ttl(60));
    assert_eq!(story.asked, []);
}

#[test]
fn a_hit_in_memory_says_how_old_it_is_and_how_much_is_left() {
    let (larder, cache) = cache();
    load(&cache, "text", Options::ttl(60));
    larder.advance(20 * SECOND);
    let hit = load(&cache, "text", Options::ttl(60));
    let left = Some(Ttl::For(40 * SECOND));
    assert_eq!(hit.found, Found::Fresh { level: Level::Memory, age: Some(20 * SECOND), left });
    assert!(hit.is_hit() && hit.done.is_empty() && hit.kept.is_none());
    assert_eq!(told(&hit), ["a hit in memory: 20 s old, 40 s left"]);
    load(&cache, "always", Options::forever());
    assert_eq!(told(&load(&cache, "always", Options::forever())), ["a hit in memory: 0 ms old, kept for ever"]);
}

/// It stands in a column, with nothing but its end.
#[test]
fn a_hit_on_a_number_has_forgotten_its_age() {
    let (_larder, cache) = cache();
    cache.blocking().set("number", 7_u64, Options::ttl(60)).unwrap();
    let (found, story) = explain_blocking(|| cache.blocking().get::<u64>("number"));
    assert_eq!(found.unwrap(), Some(7));
    let left = Some(MINUTE);
    assert_eq!(only(&story).found, Found::Fresh { level: Level::Memory, age: None, left });
    assert_eq!(told(only(&story)), ["a hit in memory: 1 min left"]);
}

#[test]
fn a_miss_where_nothing_is_says_so() {
    let (_larder, cache) = cache();
    let asked = load(&cache, "key", Options::ttl(60));
    assert_eq!(asked.found, Found::Miss(Miss::Absent));
    assert_eq!(asked.done, [Done::Ran { took: Duration::ZERO, failed: false }]);
    assert_eq!(asked.kept, Some(Kept::For { time: Some(60 * SECOND), tags: Vec::new() }));
    assert_eq!((asked.place, asked.cache.as_str(), asked.key.as_str()), (None, "default", "key"));
    let lines = [
        "a miss: nothing is there: it was never kept, was removed, or had to make room",
        "loaded in 0 ms, kept for 1 min",
    ];
    assert_eq!(told(&asked), lines);
}

#[test]
fn a_miss_says_for_how_long_its_value_has_been_over() {
    let (larder, cache) = cache();
    load(&cache, "key", Options::ttl(60));
    larder.advance(90 * SECOND);
    let asked = load(&cache, "key", Options::ttl(60));
    assert_eq!(asked.found, Found::Miss(Miss::Expired { ago: 30 * SECOND }));
    assert_eq!(told(&asked)[0], "a miss: its time was over 30 s ago");
}

#[test]
fn a_miss_says_which_tags_were_invalidated() {
    let (_larder, cache) = cache();
    let key = || Key::from("post").tagged(["author:7", "posts", "others"]);
    load(&cache, key(), Options::ttl(60));
    larder::invalidate_tag_blocking("author:7").unwrap();
    let asked = load(&cache, key(), Options::ttl(60));
    assert_eq!(asked.found, Found::Miss(Miss::Invalidated { tags: named("author:7") }));
    assert_eq!(told(&asked)[0], "a miss: its tag `author:7` was invalidated");
    assert_eq!(
        told(&asked)[1],
        "loaded in 0 ms, kept for 1 min with the tag `author:7`, the tag `posts`, the tag `others`"
    );
    for tag in ["posts", "others"] {
        larder::invalidate_tag_blocking(tag).unwrap();
    }
    let asked = load(&cache, key(), Options::ttl(60));
    assert_eq!(told(&asked)[0], "a miss: it was invalidated by the tag `posts`, the tag `others`");
}

#[test]
fn a_miss_says_which_namespace_was_invalidated() {
    let (_larder, cache) = cache();
    let user = cache.namespace("shop").namespace("user:7");
    load(&user, "name", Options::ttl(60));
    user.invalidate_blocking().unwrap();
    let asked = load(&user, "name", Options::ttl(60));
    let tags = vec![TagName::Namespace("shop/user:7".to_owned())];
    assert_eq!(asked.found, Found::Miss(Miss::Invalidated { tags }));
    assert_eq!(told(&asked)[0], "a miss: its namespace `shop/user:7` was invalidated");
}

#[cached(key = "explain:one:<id>", ttl = 60)]
fn one(id: u64) -> u64 {
    id
}

#[test]
fn a_miss_says_that_what_stands_there_belongs_to_another_pattern() {
    let (_larder, cache) = cache();
    cache.blocking().set("explain:one:7", 1_u64, Options::ttl(60)).unwrap();
    let (_, story) = explain_blocking(|| one(7));
    assert_eq!(only(&story).found, Found::Miss(Miss::OtherPattern));
    assert_eq!(told(only(&story))[0], "a miss: what stands there was kept under another pattern of keys");
}

#[test]
fn a_miss_says_that_what_stands_there_is_of_another_type() {
    let (_larder, cache) = cache();
    cache.blocking().set("key", 7_u64, Options::ttl(60)).unwrap();
    let asked = load(&cache, "key", Options::ttl(60));
    assert_eq!(asked.found, Found::Miss(Miss::OtherType));
    let line = "a miss: what stands there is of another type, or was kept before its type was changed";
    assert_eq!(told(&asked)[0], line);
}

#[cached(key = "explain:fails:<id>", ttl = 60, error_ttl = 5)]
fn fails(id: u64) -> Result<u64, String> {
    if id > 0 { Ok(id) } else { Err("no such thing".to_owned()) }
}

#[test]
fn an_error_that_is_kept_is_told_and_so_is_one_that_is_not() {
    let (_larder, cache) = cache();
    let (_, story) = explain_blocking(|| fails(0));
    assert_eq!(only(&story).kept, Some(Kept::Error { time: 5 * SECOND }));
    assert_eq!(told(only(&story))[1], "failed in 0 ms, the error is kept for 5 s");
    let (_, story) = explain_blocking(|| fails::get(0));
    assert_eq!(only(&story).found, Found::Miss(Miss::KeptError));
    assert_eq!(told(only(&story)), ["a miss: an error is kept there, and no value"]);
    let load = || cache.blocking().try_get_or_load("error", Options::ttl(60), || Err::<u64, _>("no"));
    let (_, story) = explain_blocking(load);
    assert_eq!(only(&story).done, [Done::Ran { took: Duration::ZERO, failed: true }]);
    assert_eq!(only(&story).kept, Some(Kept::Not(NotKept::Failed)));
    assert_eq!(told(only(&story))[1], "failed in 0 ms, not kept: it is an error");
}

#[test]
fn a_cache_that_keeps_nothing_says_so() {
    let larder = testing::isolated_with([("none", Settings::null())]).unwrap();
    let cache = larder.cache("none");
    let asked = load(&cache, "key", Options::ttl(60));
    assert_eq!((&asked.found, &asked.kept), (&Found::Miss(Miss::Null), &Some(Kept::Not(NotKept::Null))));
    let (_, story) = explain_blocking(|| cache.blocking().get::<u64>("key"));
    assert_eq!(told(only(&story)), ["a miss: this cache keeps nothing"]);
}

#[test]
fn a_refresh_says_that_nobody_looked() {
    let _larder = testing::isolated();
    one(7);
    let (_, story) = explain_blocking(|| one::refresh(7));
    assert_eq!(only(&story).found, Found::Miss(Miss::Anew));
    assert_eq!(
        told(only(&story)),
        ["a miss: nobody looked: it was to be loaded anew", "loaded in 0 ms, kept for 1 min"]
    );
}

#[cached(key = "explain:off:<id>", cache = "explain-off")]
fn off(id: u64) -> u64 {
    one(id)
}

#[test]
fn what_is_switched_off_is_not_looked_for() {
    let larder = testing::isolated_with([("explain-off", Settings::memory())]).unwrap();
    let cache = larder.cache("explain-off");
    cache.switch_off();
    let (_, story) = explain_blocking(|| off(7));
    assert_eq!(only(&story).found, Found::Unasked(Unasked::CacheOff));
    let lines = ["not looked for: the cache is switched off", "loaded in 0 ms, not kept: it was for its caller alone"];
    assert_eq!(told(only(&story))[..2], lines);
    assert_eq!(only(&story).inside[0].key, "explain:one:7");
    for asked in [load(&cache, "key", Options::ttl(60)), only(&explain_blocking(|| off::refresh(7)).1).clone()] {
        assert_eq!(asked.found, Found::Unasked(Unasked::CacheOff));
    }
    let (_, story) = explain_blocking(|| (off::get(7), cache.blocking().get::<u64>("key").unwrap()));
    assert_eq!(story.asked.iter().filter(|asked| asked.found == Found::Unasked(Unasked::CacheOff)).count(), 2);
    cache.switch_on();
    off::site().switch_off();
    let (_, story) = explain_blocking(|| off(7));
    off::site().switch_on();
    assert_eq!(only(&story).found, Found::Unasked(Unasked::PlaceOff));
}

#[cached(key = "explain:missing:<id>", cache = "explain-missing")]
fn missing(id: u64) -> u64 {
    id
}

#[test]
fn a_cache_that_nobody_configured_is_told() {
    let (_, story) = explain_blocking(|| (missing(7), missing::get(7)));
    for asked in &story.asked {
        let Found::Unasked(Unasked::NoCache { error }) = &asked.found else { panic!("{asked}") };
        assert!(error.contains("there is no cache named `explain-missing`"), "{error}");
        assert_eq!((&*asked.cache, &*asked.key), ("explain-missing", "explain:missing:7"));
    }
    assert_eq!(story.asked.len(), 2);
}

#[cached(key = "explain:when:<n>", ttl = 60, when = |value| *value > 10)]
fn when(n: u64) -> u64 {
    n
}

#[cached(key = "explain:ttl_with:<n>", ttl_with = |value| *value)]
fn ttl_with(n: u64) -> Duration {
    Duration::from_secs(n)
}

#[cached(key = "explain:told:<n>", ttl = 60)]
fn body_says(n: u64) -> u64 {
    if n == 0 {
        entry::discard()
    } else {
        entry::keep_for(0)
    };
    n
}

#[test]
fn what_a_rule_refuses_says_by_which_rule() {
    let larder =
        testing::isolated_with([("default", Settings::memory()), ("brief", Settings::memory().ttl(0))]).unwrap();
    let kept = |asked: Asked| {
        assert_eq!(asked.kept.iter().len(), 1, "{asked}");
        (asked.kept.clone().unwrap(), told(&asked)[1].split_once(", ").unwrap().1.to_owned())
    };
    let why = |ask: &dyn Fn() -> u64| kept(only(&explain_blocking(ask).1).clone());
    let not = |why, line: &str| (Kept::Not(why), line.to_owned());
    assert_eq!(why(&|| when(1)), not(NotKept::When, "not kept: its condition says no (`when`)"));
    assert_eq!(why(&|| body_says(0)), not(NotKept::Discarded, "not kept: its body has discarded it"));
    let zero =
        |who, said: &str| (Kept::Not(NotKept::NoTime(who)), format!("not kept: its time is zero, as {said} says"));
    assert_eq!(why(&|| body_says(1)), zero(WhoSays::Body, "its body"));
    assert_eq!(why(&|| ttl_with(0).as_secs()), zero(WhoSays::TtlWith, "`ttl_with`"));
    assert_eq!(kept(load(&larder.cache("default"), "key", Options::ttl(0))), zero(WhoSays::Place, "its time to live"));
    assert_eq!(kept(load(&larder.cache("brief"), "key", Options::DEFAULT)), zero(WhoSays::Cache, "its cache"));
}

#[test]
fn what_is_too_large_says_by_how_much() {
    let larder = testing::isolated_with([("default", Settings::memory().max_bytes(100))]).unwrap();
    let cache = larder.cache("default");
    let load = || cache.blocking().get_or_load("key", Options::ttl(60), || "long".repeat(100));
    let (_, story) = explain_blocking(load);
    let Some(Kept::Not(NotKept::TooLarge { bytes, limit: Some(100) })) = only(&story).kept else { panic!("{story}") };
    assert!(bytes >= 400, "{bytes}");
    assert_eq!(told(only(&story))[1], format!("loaded in 0 ms, not kept: it has {bytes} bytes, and 100 is the most"));
}

#[test]
fn what_is_invalidated_while_it_is_read_says_so() {
    let (_larder, cache) = cache();
    let load = |key: Key, meanwhile: &dyn Fn()| {
        let body = || {
            meanwhile();
            7_u64
        };
        only(&explain_blocking(|| cache.blocking().get_or_load(key, Options::ttl(60), body)).1).clone()
    };
    let asked = load("key".into(), &|| _ = cache.blocking().delete("key").unwrap());
    assert_eq!(asked.kept, Some(Kept::Not(NotKept::Superseded)));
    assert_eq!(told(&asked)[1], "loaded in 0 ms, not kept: it was invalidated or written while it was being read");
    let asked = load(Key::from("post").tagged(["posts"]), &|| larder::invalidate_tag_blocking("posts").unwrap());
    assert_eq!(asked.kept, Some(Kept::Not(NotKept::Invalidated { tags: named("posts") })));
    assert_eq!(told(&asked)[1], "loaded in 0 ms, not kept: its tag `posts` was invalidated while it was being read");
}

#[test]
fn many_at_once_are_told_one_by_one() {
    let (_larder, cache) = cache();
    cache.blocking().set("b", 7_u64, Options::ttl(60)).unwrap();
    let (found, story) = explain_blocking(|| cache.blocking().get_many::<u64>(["a", "b"]).unwrap());
    assert_eq!(found, [None, Some(7)]);
    assert_eq!(
        story.asked.iter().map(|asked| (&*asked.key, asked.is_hit())).collect::<Vec<_>>(),
        [("a", false), ("b", true)]
    );
}

#[test]
fn who_asks_why_counts_like_everybody_else() {
    let (_larder, cache) = cache();
    let calls = || {
        one(1);
        one(1);
        cache.blocking().get::<u64>("nothing").unwrap();
        cache.blocking().get_or_load("key", Options::ttl(60), || 1_u64);
        cache.blocking().get::<u64>("key").unwrap()
    };
    calls();
    let before = cache.stats();
    cache.blocking().clear().unwrap();
    assert_eq!(explain_blocking(calls).0, Some(1));
    let after = cache.stats();
    assert_eq!((after.hits, after.misses, after.loads), (2 * before.hits, 2 * before.misses, 2 * before.loads));
}
