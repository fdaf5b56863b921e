//! What buttons do, and who may press them.

use axum::Router;
use axum::routing::get;
use http::Method;
use larder::backend::Memory;
use larder::clock::Clock;
use larder::testing::{self, Isolated};
use larder::{Settings, cache_page, cached};
use serde_json::{Value, json};

use crate::browser::{Browser, each, of_router, open};

#[cached(key = "changes:post:<id>:<author>", tags = ["changes:author:<author>"])]
fn post(id: u64, author: u64) -> u64 {
    id + author
}

#[cached(key = "changes:other:<id>")]
fn other(id: u64) -> u64 {
    id
}

fn each_store(test: impl Fn(&Isolated, Browser)) {
    each(|on| {
        let larder = testing::isolated();
        test(&larder, on(open().writable()));
        drop(larder);
        let clock = Clock::manual();
        let outside = Settings::backend(Memory::new(clock.clone()));
        let larder = testing::isolated_at(clock, [("default", outside)]).unwrap();
        test(&larder, on(open().writable()));
    });
}

/// Returns how many of these load anew.
fn loads(larder: &Isolated) -> u64 {
    let before = larder.cache("default").stats().loads;
    let _ = [post(1, 7), post(2, 7), post(3, 8), other(1)];
    larder.cache("default").stats().loads - before
}

#[test]
fn an_entry_a_tag_and_a_site_go_by_a_button_and_are_loaded_anew() {
    each_store(|larder, browser| {
        assert_eq!((loads(larder), loads(larder)), (4, 0));
        let site = browser.site("changes:post:<id>:<author>");
        let invalidated =
            |browser: &Browser| browser.site("changes:post:<id>:<author>")["invalidated"].as_u64().unwrap();
        let before = invalidated(&browser);
        let entry = json!({ "what": "entry", "site": site["id"], "key": "changes:post:1:7" });
        assert_eq!(browser.done("/api/invalidate", &entry), "1 entry");
        assert_eq!(browser.done("/api/invalidate", &entry), "0 entries");
        assert_eq!(invalidated(&browser) - before, 2);
        assert_eq!((loads(larder), loads(larder)), (1, 0));
        let tag = json!({ "what": "tag", "tag": "changes:author:7" });
        assert_eq!(browser.done("/api/invalidate", &tag), "all that has the tag changes:author:7");
        assert_eq!((loads(larder), loads(larder)), (2, 0));
        let all = json!({ "what": "site", "site": site["id"] });
        assert_eq!(browser.done("/api/invalidate", &all), "3 entries");
        assert_eq!((loads(larder), loads(larder)), (3, 0));
        let by_cache = json!({ "what": "entry", "cache": "default", "key": "changes:other:1" });
        assert_eq!(browser.done("/api/invalidate", &by_cache), "1 entry");
        assert_eq!(loads(larder), 1);
    });
}

#[test]
fn a_button_of_one_site_withdraws_nothing_of_another() {
    each_store(|larder, browser| {
        loads(larder);
        let wish =
            json!({ "what": "entry", "site": browser.site("changes:other:<id>")["id"], "key": "changes:post:1:7" });
        let error = browser.press("/api/invalidate", &wish.to_string()).error(404);
        assert_eq!(error, "what is under `changes:post:1:7` is not what this site keeps");
        assert_eq!(loads(larder), 0);
    });
}

#[test]
fn sites_and_caches_are_switched_off_and_on() {
    #[cached(key = "changes:switched:<id>")]
    fn switched(id: u64) -> u64 {
        id
    }

    /// Calls it, and returns whether nobody looked into a cache for that.
    fn is_bypassed() -> bool {
        let before = switched::stats().bypassed;
        assert_eq!(switched(1), 1);
        switched::stats().bypassed > before
    }

    each_store(|larder, browser| {
        let id = browser.site("changes:switched:<id>")["id"].clone();
        assert_eq!(switched(1), 1);
        assert_eq!(browser.done("/api/switch", &json!({ "site": id, "off": true })), "switched is off");
        assert_eq!((browser.site("changes:switched:<id>")["off"].clone(), is_bypassed()), (true.into(), true));
        assert_eq!(browser.done("/api/switch", &json!({ "site": id, "off": false })), "switched is on");
        assert_eq!((browser.site("changes:switched:<id>")["off"].clone(), is_bypassed()), (false.into(), false));
        assert_eq!(browser.done("/api/switch", &json!({ "cache": "default", "off": true })), "default is off");
        assert_eq!((larder.cache("default").is_off(), is_bypassed()), (true, true));
        assert_eq!(browser.done("/api/switch", &json!({ "cache": "default", "off": false })), "default is on");
        assert_eq!((larder.cache("default").is_off(), is_bypassed()), (false, false));
    });
}

#[test]
fn one_that_is_not_writable_changes_nothing() {
    each(|on| {
        let larder = testing::isolated();
        loads(&larder);
        let token = on(open().writable()).json("/api/now")["token"].as_str().unwrap().to_owned();
        let browser = on(open());
        let headers = [("x-larder-token", token.as_str()), ("content-type", "application/json")];
        for (path, wish) in [
            ("/api/invalidate", json!({ "what": "tag", "tag": "changes:author:7" })),
            ("/api/switch", json!({ "cache": "default", "off": true })),
        ] {
            let error = browser.send(Method::POST, path, &headers, &wish.to_string()).error(403);
            assert!(error.contains("changes nothing"), "{error}");
        }
        assert_eq!(loads(&larder), 0);
    });
}

#[test]
fn nothing_is_done_for_a_page_of_somebody_else() {
    each(|on| {
        let larder = testing::isolated();
        loads(&larder);
        let browser = on(open().writable());
        let token = browser.json("/api/now")["token"].as_str().unwrap().to_owned();
        let (token, json) = (("x-larder-token", token.as_str()), ("content-type", "application/json"));
        let short = ("x-larder-token", &token.1[1..]);
        let wish = r#"{"what":"tag","tag":"changes:author:7"}"#;
        for (headers, status, sentence) in [
            (vec![json], 403, "X-Larder-Token is not the token"),
            (vec![json, ("x-larder-token", "")], 403, "is not the token"),
            (vec![json, short], 403, "is not the token"),
            (vec![json, token, ("sec-fetch-site", "cross-site")], 403, "by another page"),
            (vec![json, token, ("sec-fetch-site", "same-site")], 403, "by another page"),
            (vec![json, token, ("sec-fetch-site", "none")], 403, "by another page"),
            (vec![json, token, ("origin", "https://evil.example")], 403, "by another page"),
            (vec![json, token, ("origin", "null")], 403, "by another page"),
            (vec![json, token, ("origin", "http://example.org.evil.example")], 403, "by another page"),
            (vec![token], 400, "only `Content-Type: application/json`"),
            (vec![token, ("content-type", "text/plain")], 400, "only `Content-Type: application/json`"),
            (vec![token, ("content-type", "application/x-www-form-urlencoded")], 400, "only `Content-Type"),
        ] {
            let error = browser.send(Method::POST, "/api/invalidate", &headers, wish).error(status);
            assert!(error.contains(sentence), "{headers:?}: {error}");
        }
        assert_eq!(loads(&larder), 0, "nothing was done");
        // What is no browser says nothing of where it comes from; an old one says its origin.
        for headers in [vec![json, token], vec![json, token, ("origin", "https://example.org")]] {
            assert_eq!(browser.send(Method::POST, "/api/invalidate", &headers, wish).status, 200, "{headers:?}");
        }
        assert_eq!(loads(&larder), 2);
    });
}

#[test]
fn a_wish_that_makes_no_sense_is_told_in_one_sentence() {
    let _larder = testing::isolated();
    each(|on| {
        let browser = on(open().writable());
        let long = format!(r#"{{"what":"tag","tag":"{}"}}"#, "x".repeat(20_000));
        for (path, wish, status, sentence) in [
            ("/api/invalidate", "", 400, "the body is no object of JSON"),
            ("/api/invalidate", "[]", 400, "the body is no object of JSON"),
            ("/api/invalidate", "{", 400, "the body is no object of JSON"),
            ("/api/invalidate", "{}", 400, "`what` is to be `entry`, `site` or `tag`"),
            ("/api/invalidate", r#"{"what":7}"#, 400, "`what` is to be `entry`, `site` or `tag`"),
            ("/api/invalidate", r#"{"what":"all"}"#, 400, "`what` is to be `entry`, `site` or `tag`, and is `all`"),
            ("/api/invalidate", r#"{"what":"tag"}"#, 400, "`tag` is to be a text"),
            ("/api/invalidate", r#"{"what":"site"}"#, 400, "`site` is to be the number of a site"),
            ("/api/invalidate", r#"{"what":"site","site":"0"}"#, 400, "`site` is to be the number of a site"),
            ("/api/invalidate", r#"{"what":"site","site":123456}"#, 404, "there is no site 123456"),
            ("/api/invalidate", r#"{"what":"entry","site":0}"#, 400, "`key` is to be a text"),
            ("/api/invalidate", r#"{"what":"entry","key":"k"}"#, 400, "`cache` is to be a text"),
            ("/api/invalidate", r#"{"what":"entry","site":0,"key":"two words"}"#, 400, "a key reads as it is shown"),
            ("/api/invalidate", &long, 400, "at most 16384 bytes"),
            ("/api/switch", r#"{"site":0}"#, 400, "`off` is to be `true` or `false`"),
            ("/api/switch", r#"{"off":true}"#, 400, "`cache` is to be a text"),
        ] {
            let error = browser.press(path, wish).error(status);
            assert!(error.contains(sentence), "{path} {wish}: {error}");
        }
        let put = browser.send(Method::PUT, "/api/now", &[], "{}").error(400);
        assert!(put.contains("by `POST`"), "{put}");
    });
}

#[cache_page(60, key = "changes:page:<id>")]
async fn page(axum::extract::Path(id): axum::extract::Path<u64>) -> String {
    format!("page {id}")
}

#[test]
fn all_pages_of_a_handler_go_by_a_button() {
    let _larder = testing::isolated();
    let app = Router::new().route("/larder/page/{id}", get(page)).nest_service("/larder/panel", open().writable());
    let browser = of_router(app);
    let pages = || ["/page/1", "/page/2"].map(|path| browser.get(path).header("cache-status").contains("; hit"));
    assert_eq!((pages(), pages()), ([false; 2], [true; 2]));
    let now = browser.json("/panel/api/now");
    let mut sites = now["sites"].as_array().unwrap().iter();
    let site = sites.find(|site| site["pattern"] == "changes:page:<id>").expect("it is annotated");
    assert_eq!((&site["page"], &site["entries"]), (&true.into(), &Value::Null));
    let keys = || {
        let answer = browser.json(&format!("/panel/api/keys?site={}", site["id"]));
        let mut keys: Vec<_> =
            answer["keys"].as_array().unwrap().iter().map(|key| key["key"].as_str().unwrap().to_owned()).collect();
        keys.sort();
        keys
    };
    let told = keys();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].ends_with("example.org:/larder/page/1"), "{told:?}");
    let headers = [("x-larder-token", now["token"].as_str().unwrap()), ("content-type", "application/json")];
    let done = |wish: Value| {
        let answer = browser.send(Method::POST, "/panel/api/invalidate", &headers, &wish.to_string());
        answer.json()["done"].as_str().unwrap_or(&answer.text).to_owned()
    };
    assert_eq!(done(json!({ "what": "entry", "site": site["id"], "key": told[0] })), "1 entry");
    assert_eq!(keys(), told[1..]);
    assert_eq!((pages(), pages()), ([false, true], [true; 2]));
    assert_eq!(done(json!({ "what": "site", "site": site["id"] })), "all pages of page");
    assert_eq!(keys(), [""; 0]);
    assert_eq!((pages(), pages()), ([false; 2], [true; 2]));
}
