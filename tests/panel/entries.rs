//! What is kept, in memory and outside.

use std::time::Duration;

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use larder::backend::Memory;
use larder::clock::Clock;
use larder::testing::{self, Isolated};
use larder::{Options, Settings, cache_page, cached};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::browser::{Browser, each, of_router, open};

#[derive(Clone, Serialize, Deserialize)]
struct Post {
    title: String,
    author: u64,
}

#[cached(key = "entries:post:<id>", ttl = 60, stale = 30)]
fn post(id: u64) -> Post {
    Post { title: format!("number {id}"), author: 7 }
}

#[cached(key = "entries:post:<id>:title", ttl = 60)]
fn title(id: u64) -> String {
    post(id).title
}

#[cached(key = "entries:forever:<word>", ttl = forever)]
fn forever(word: &str) -> String {
    word.to_owned()
}

/// Runs a test on each framework, with a cache in memory and with one in a store outside.
pub fn each_store(test: impl Fn(&Isolated, Browser)) {
    each(|on| {
        let larder = testing::isolated();
        test(&larder, on(open()));
        drop(larder);
        let clock = Clock::manual();
        let outside = Settings::backend(Memory::new(clock.clone()));
        let larder = testing::isolated_at(clock, [("default", outside)]).unwrap();
        test(&larder, on(open()));
    });
}

#[test]
fn the_keys_of_a_site_are_its_own_and_told_with_the_time_that_they_have_left() {
    each_store(|larder, browser| {
        for id in [1, 2, 42] {
            title(id);
        }
        larder.cache("default").blocking().set("entries:post:by hand", 1, Options::ttl(60)).unwrap();
        larder.advance(Duration::from_secs(10));
        let (site, titles) = (browser.site("entries:post:<id>"), browser.site("entries:post:<id>:title"));
        assert_eq!(browser.keys(&site), ["entries:post:1", "entries:post:2", "entries:post:42"]);
        assert_eq!(browser.keys(&titles).len(), 3);
        let answer = browser.json(&format!("/api/keys?site={}&start=entries%3Apost%3A4", site["id"]));
        let keys = answer["keys"].as_array().unwrap();
        assert_eq!(keys.len(), 1, "{answer}");
        let key = &keys[0];
        assert_eq!((&key["key"], &key["age_s"]), (&"entries:post:42".into(), &10.0.into()));
        assert_eq!((&key["fresh_s"], &key["kept_s"]), (&50.0.into(), &80.0.into()));
        assert_eq!((&key["forever"], &key["failure"]), (&false.into(), &false.into()));
        assert!(key["bytes"].as_u64().is_some_and(|bytes| bytes > 0), "{key}");
        assert_eq!(browser.json(&format!("/api/keys?site={}&start=other", site["id"]))["keys"], json!([]));
        larder.advance(Duration::from_secs(55));
        let old = browser.json(&format!("/api/keys?site={}", site["id"]));
        assert_eq!((&old["keys"][0]["fresh_s"], &old["keys"][0]["kept_s"]), (&0.0.into(), &25.0.into()));
    });
}

#[test]
fn the_keys_of_a_cache_are_those_of_all() {
    each_store(|larder, browser| {
        title(1);
        larder.cache("default").blocking().set("by hand", 1_u8, Options::forever()).unwrap();
        let answer = browser.json("/api/keys?cache=default");
        let keys: Vec<_> = answer["keys"].as_array().unwrap().iter().map(|key| key["key"].as_str().unwrap()).collect();
        assert_eq!(keys.len(), 3, "{keys:?}");
        let by_hand = browser.json("/api/entry?cache=default&key=by%2520hand");
        assert_eq!(
            (&by_hand["value"], &by_hand["forever"], &by_hand["fresh_s"]),
            (&"1".into(), &true.into(), &Value::Null)
        );
        let error = browser.get("/api/keys?cache=nobodys").error(404);
        assert_eq!(error, "there is no cache named `nobodys`");
    });
}

#[test]
fn many_keys_are_told_some_at_a_time() {
    each_store(|_, browser| {
        (0..2_000).for_each(|id| drop(title(id)));
        let site = browser.site("entries:post:<id>:title");
        let first = browser.json(&format!("/api/keys?site={}", site["id"]));
        let keys = first["keys"].as_array().unwrap().len();
        assert!((1..=100).contains(&keys), "{keys}");
        assert!(first["next"].is_string());
        let all = browser.keys(&site);
        assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), 2_000);
    });
}

#[test]
fn an_entry_is_shown_with_what_it_holds() {
    each_store(|larder, browser| {
        post(42);
        larder.advance(Duration::from_secs(3));
        let site = browser.site("entries:post:<id>");
        let entry = browser.json(&format!("/api/entry?site={}&key=entries:post:42", site["id"]));
        assert_eq!(entry["value"], r#"{"title":"number 42","author":7}"#);
        assert_eq!(
            (&entry["key"], &entry["age_s"], &entry["fresh_s"]),
            (&"entries:post:42".into(), &3.0.into(), &57.0.into())
        );
        larder.advance(Duration::from_secs(90));
        let gone = browser.get(&format!("/api/entry?site={}&key=entries:post:42", site["id"])).error(404);
        assert_eq!(gone, "there is nothing under `entries:post:42`");
        title(42);
        let of_another = browser.get(&format!("/api/entry?site={}&key=entries:post:42:title", site["id"]));
        assert_eq!(of_another.error(404), "there is nothing under `entries:post:42:title`");
    });
}

#[test]
fn html_in_keys_and_values_stays_text() {
    each_store(|_, browser| {
        let wicked = "</script><img src=x onerror=alert(1)>&\u{2028}'\"";
        forever(wicked);
        let site = browser.site("entries:forever:<word>");
        let [key] = &browser.keys(&site)[..] else { panic!("one key") };
        let path = format!("/api/entry?site={}&key={}", site["id"], key.replace('%', "%25").replace('"', "%22"));
        let entry = browser.get(&path);
        assert!(!entry.text.contains(['<', '>', '&', '\u{2028}']), "{}", entry.text);
        let value: String =
            serde_json::from_str(entry.json()["value"].as_str().expect("a value")).expect("JSON in JSON");
        assert_eq!(value, wicked);
        let error = browser.get("/api/entry?site=%3Cb%3E&key=k");
        assert!(error.error(400).contains("`<b>` is no site") && !error.text.contains('<'), "{}", error.text);
    });
}

#[test]
fn a_value_that_cannot_be_written_stays_dark() {
    #[derive(Clone)]
    struct Dark;

    #[cached(key = "entries:dark", local)]
    fn dark() -> Dark {
        Dark
    }

    each(|on| {
        let _larder = testing::isolated();
        let _: Dark = dark();
        let browser = on(open());
        let site = browser.site("entries:dark");
        let entry = browser.json(&format!("/api/entry?site={}&key=entries:dark", site["id"]));
        assert_eq!((&entry["value"], &entry["bytes"]), (&Value::Null, &Value::Null));
    });
}

#[test]
fn a_page_has_its_own_times_and_is_seen_also_where_its_cache_is_off() {
    #[cache_page(60, key = "entries:page:<id>")]
    async fn page(Path(id): Path<u64>) -> ([(&'static str, &'static str); 1], String) {
        ([("etag", "\"1\"")], format!("page {id}"))
    }

    let larder = testing::isolated();
    let app = Router::new().route("/larder/page/{id}", get(page)).nest_service("/larder/panel", open());
    let browser = of_router(app);
    assert_eq!(browser.get("/page/1").text, "page 1");
    let now = browser.json("/panel/api/now");
    let mut sites = now["sites"].as_array().unwrap().iter();
    let site = sites.find(|site| site["pattern"] == "entries:page:<id>").expect("it is annotated")["id"].clone();
    let times = || {
        let answer = browser.json(&format!("/panel/api/keys?site={site}"));
        let keys = answer["keys"].as_array().unwrap().iter();
        keys.map(|key| [&key["fresh_s"], &key["kept_s"]].map(|time| time.as_f64().unwrap())).collect::<Vec<_>>()
    };
    larder.advance(Duration::from_secs(10));
    assert_eq!(times(), [[50.0, 3650.0]]);
    larder.cache("default").switch_off();
    assert_eq!(times(), [[50.0, 3650.0]]);
    larder.cache("default").switch_on();
    larder.advance(Duration::from_secs(110));
    assert_eq!(times(), [[0.0, 3540.0]], "its handler is asked each time");
    assert_eq!(page::stats().hits, 0, "to look is no use");
}
