//! Why the next call would be a hit, stale or a miss.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use larder::clock::Clock;
use larder::{Options, cache_page, cached, invalidate_tag_blocking, testing};
use serde_json::{Value, json};

use crate::browser::{Browser, each, of_router, open};
use crate::entries::each_store;

#[cached(key = "why:post:<id>", ttl = 60, stale = 30, stale_if_error = 60, tags = ["why:of:<id>"])]
fn post(id: u64) -> Result<u64, String> {
    if id == 0 { Err("there is no such post".to_owned()) } else { Ok(id) }
}

#[cached(key = "why:early:<id>", ignore(clock), ttl = 60, early = 1000.0)]
fn early(clock: &Clock, id: u64) -> u64 {
    clock.advance(Duration::from_secs(1));
    id
}

#[cached(key = "why:plain:<id>", ttl = 60)]
fn plain(id: u64) -> u64 {
    id
}

fn why(browser: &Browser, pattern: &str, key: &str) -> (String, String) {
    let site = &browser.site(pattern)["id"];
    let why = browser.json(&format!("/api/why?site={site}&key={key}"));
    assert_eq!(why.as_object().map(serde_json::Map::len), Some(2));
    let word = |name: &str| why[name].as_str().expect(name).to_owned();
    (word("next"), word("why"))
}

#[test]
fn what_the_next_call_would_find_is_told_and_counts_as_nothing() {
    each_store(|larder, browser| {
        let pattern = "why:post:<id>";
        let told = |key: &str| why(&browser, pattern, key);
        assert_eq!(told("why:post:1").0, "miss");
        assert!(told("why:post:1").1.starts_with("a miss: nothing is there"), "{:?}", told("why:post:1"));
        post(1).unwrap();
        let before = larder.cache("default").stats();
        for (seconds, next, words) in [
            (10, "hit", "10 s old, 50 s left"),
            (60, "stale", "past its time by 10 s, good while it is loaded anew"),
            (30, "spare", "past its time by 40 s, good only if loading it anew fails"),
        ] {
            larder.advance(Duration::from_secs(seconds));
            let (is, why) = told("why:post:1");
            assert!(is == next && why.contains(words), "{is}: {why}");
        }
        larder.advance(Duration::from_secs(60));
        assert_eq!(told("why:post:1").0, "miss");
        let after = larder.cache("default").stats();
        assert_eq!((after.hits, after.misses, after.stale), (before.hits, before.misses, before.stale));
    });
}

#[test]
fn what_chance_would_load_anew_is_a_hit() {
    each_store(|larder, browser| {
        early(larder.cache("default").clock(), 7);
        larder.advance(Duration::from_secs(50));
        let (next, says) = why(&browser, "why:early:<id>", "why:early:7");
        assert!(next == "hit" && says.contains("chance"), "{next}: {says}");
    });
}

#[test]
fn an_entry_that_a_tag_has_withdrawn_says_which() {
    each_store(|_, browser| {
        post(42).unwrap();
        invalidate_tag_blocking("why:of:42").unwrap();
        let told = why(&browser, "why:post:<id>", "why:post:42");
        assert_eq!(told, ("miss".into(), "a miss: its tag `why:of:42` was invalidated".into()));
        post(42).unwrap();
        assert_eq!(why(&browser, "why:post:<id>", "why:post:42").0, "hit");
    });
}

#[test]
fn what_stands_there_for_somebody_else_is_told() {
    each_store(|larder, browser| {
        larder.cache("default").blocking().set("why:plain:9", 1_u8, Options::ttl(60)).unwrap();
        let (next, why) = why(&browser, "why:plain:<id>", "why:plain:9");
        assert!(next == "miss" && why.contains("kept under another pattern of keys"), "{next}: {why}");
        let by_hand = browser.json("/api/why?cache=default&key=why:plain:9");
        assert_eq!(by_hand["next"], "hit");
        plain(9);
    });
}

#[test]
fn of_what_is_switched_off_that_alone_is_told() {
    // A site is off for all tests.
    #[cached(key = "why:switched:<id>", ttl = 60)]
    fn switched(id: u64) -> u64 {
        id
    }

    each(|on| {
        let _larder = testing::isolated();
        let browser = on(open().writable());
        switched(3);
        let told = || why(&browser, "why:switched:<id>", "why:switched:3");
        assert_eq!(told().0, "hit");
        let site = browser.site("why:switched:<id>")["id"].clone();
        for (wish, words) in [
            (json!({ "site": site }), "the function is switched off"),
            (json!({ "cache": "default" }), "the cache is switched off"),
        ] {
            let switch = |off: bool| {
                let mut wish = wish.clone();
                wish["off"] = Value::from(off);
                browser.done("/api/switch", &wish)
            };
            switch(true);
            assert_eq!(told(), ("off".into(), format!("not looked for: {words}")));
            switch(false);
        }
        assert_eq!(browser.get("/api/why?cache=default").error(400), "say which key, as in `key=profile:42`");
    });
}

#[cache_page(60, key = "why:page:<id>", tags = ["why:pages"])]
async fn page(axum::extract::Path(id): axum::extract::Path<u64>) -> String {
    format!("page {id}")
}

#[test]
fn a_page_is_told_as_the_next_request_would_find_it() {
    let larder = testing::isolated();
    let app = Router::new().route("/larder/page/{id}", get(page)).nest_service("/larder/panel", open());
    let browser = of_router(app);
    assert!(!browser.get("/page/1").header("cache-status").contains("; hit"));
    let now = browser.json("/panel/api/now");
    let site =
        now["sites"].as_array().unwrap().iter().find(|site| site["pattern"] == "why:page:<id>").unwrap()["id"].clone();
    let key = browser.json(&format!("/panel/api/keys?site={site}"))["keys"][0]["key"].as_str().unwrap().to_owned();
    let told = || {
        let told = browser.json(&format!("/panel/api/why?site={site}&key={}", key.replace('%', "%25")));
        (told["next"].clone(), told["why"].as_str().unwrap().to_owned())
    };
    larder.advance(Duration::from_secs(10));
    assert_eq!(told(), ("hit".into(), "a hit in memory: 10 s old, 50 s left".into()));
    invalidate_tag_blocking("why:pages").unwrap();
    assert_eq!(told(), ("miss".into(), "a miss: its tag `why:pages` was invalidated".into()));
    assert!(!browser.get("/page/1").header("cache-status").contains("; hit"));
    assert_eq!(told().0, "hit");
}
