//! What is counted, and where it is shown.

use larder::{Settings, cached, testing};
use serde_json::{Value, json};

use crate::browser::{each, open};

#[cached(key = "numbers:square:<number>")]
fn square(number: u64) -> u64 {
    number * number
}

#[cached(key = "numbers:quiet:<number>")]
fn quiet(number: u64) -> u64 {
    number
}

#[cached(key = "numbers:never")]
fn never() -> u8 {
    1
}

#[test]
fn a_site_is_shown_with_its_place_what_it_counted_and_how_long_its_body_took() {
    each(|on| {
        let _larder = testing::isolated();
        let browser = on(open());
        let before = browser.site("numbers:square:<number>");
        for number in [1, 2, 3, 3, 3] {
            square(number);
        }
        let site = browser.site("numbers:square:<number>");
        let more = |name: &str| site[name].as_u64().expect(name) - before[name].as_u64().expect(name);
        assert_eq!((more("hits"), more("misses"), more("loads")), (2, 3, 3));
        assert_eq!(
            (&site["name"], &site["cache"], &site["page"]),
            (&"square".into(), &"default".into(), &false.into())
        );
        assert_eq!((&site["file"], &site["line"]), (&file!().into(), &8.into()));
        assert_eq!(site["module"], module_path!());
        assert_eq!(site["entries"], 3);
        assert!(site["p50_ms"].is_f64() && site["p99_ms"].is_f64() && site["saved_ms"].is_f64(), "{site}");
        let _: fn() -> u8 = never;
        let never = browser.site("numbers:never");
        assert_eq!((&never["p50_ms"], &never["p99_ms"], &never["entries"]), (&Value::Null, &Value::Null, &0.into()));
    });
}

#[test]
fn caches_are_shown_with_where_they_live_and_what_they_weigh() {
    each(|on| {
        let settings =
            [("default", Settings::memory()), ("small", Settings::memory().max_bytes(1000)), ("no", Settings::null())];
        let larder = testing::isolated_with(settings).unwrap();
        square(2);
        larder.cache("small").blocking().set("key", "text".to_owned(), larder::Options::ttl(60)).unwrap();
        let now = on(open()).json("/api/now");
        let cache = |name: &str| {
            let mut caches = now["caches"].as_array().unwrap().iter();
            caches.find(|cache| cache["name"] == name).expect(name).clone()
        };
        let (usual, small) = (cache("default"), cache("small"));
        assert_eq!((&usual["store"], &usual["entries"], &usual["bytes"]), (&"memory".into(), &1.into(), &Value::Null));
        assert_eq!((&usual["misses"], &usual["loads"], &usual["off"]), (&1.into(), &1.into(), &false.into()));
        assert!(small["bytes"].as_u64().is_some_and(|bytes| bytes > 0), "{small}");
        assert_eq!(cache("no")["store"], "none");
    });
}

#[test]
fn sites_and_caches_that_have_not_changed_are_told_once() {
    each(|on| {
        let _larder = testing::isolated_with([("default", Settings::memory()), ("small", Settings::memory())]).unwrap();
        let browser = on(open().writable());
        let first = browser.json("/api/now");
        let (id, sites) = (browser.site("numbers:quiet:<number>")["id"].clone(), first["sites"].as_array().unwrap());
        let mut at = first["at"].as_u64().unwrap();
        // Which caches are told, and whether the site is: what other tests do is told of other sites.
        let mut told = |change: &dyn Fn()| {
            change();
            let now = browser.json(&format!("/api/now?since={at}"));
            at = now["at"].as_u64().unwrap();
            let caches = now["caches"].as_array().unwrap().iter().map(|cache| cache["name"].clone());
            (caches.collect::<Vec<_>>(), now["sites"].as_array().unwrap().iter().any(|site| site["id"] == id))
        };
        let (none, usual) = (Vec::<Value>::new(), vec![Value::from("default")]);
        assert_eq!(told(&|| ()), (none.clone(), false));
        assert_eq!(told(&|| assert_eq!(quiet(5), 5)), (usual, true));
        assert_eq!(told(&|| ()), (none.clone(), false));
        let switch = |off| drop(browser.done("/api/switch", &json!({ "site": id, "off": off })));
        assert_eq!(told(&|| switch(true)), (none.clone(), true));
        assert_eq!(told(&|| switch(false)), (none.clone(), true));
        assert_eq!(told(&|| ()), (none, false));
        let anew = browser.json("/api/now");
        assert_eq!(anew["sites"].as_array().map(Vec::len), Some(sites.len()), "whoever is new is told all");
    });
}

#[test]
fn a_token_is_for_those_alone_who_may_write() {
    let _larder = testing::isolated();
    each(|on| {
        let now = on(open()).json("/api/now");
        assert_eq!((&now["writable"], &now["token"], &now["release"]), (&false.into(), &Value::Null, &false.into()));
        let writable = on(open().writable()).json("/api/now");
        assert_eq!(writable["writable"], true);
        assert_eq!(writable["token"].as_str().map(str::len), Some(32));
        assert_eq!(now["version"], env!("CARGO_PKG_VERSION"));
        assert!(now["program"].as_str().is_some_and(|name| name.starts_with("panel")), "{}", now["program"]);
    });
}

#[test]
fn what_is_asked_wrongly_is_told_in_one_sentence() {
    let _larder = testing::isolated();
    each(|on| {
        let browser = on(open());
        for (path, status, sentence) in [
            ("/api/now?since=yesterday", 400, "`yesterday` is no time: write milliseconds"),
            ("/api/keys", 400, "say which site, as in `site=0`, or which cache"),
            ("/api/keys?site=0&cache=default", 400, "say which site"),
            ("/api/keys?site=-1", 400, "`-1` is no site: write its number"),
            ("/api/keys?site=4000000000", 404, "there is no site 4000000000"),
            ("/api/keys?site=99999999999999999999", 400, "is no site"),
            ("/api/keys?site=0&next=garbage", 400, "`garbage` is no place in a walk"),
            ("/api/keys?site=0&next=0.m-1.18446744073709551616", 400, "is no place in a walk"),
            ("/api/entry?site=0", 400, "say which key"),
            ("/api/entry?site=0&key=two%20words", 400, "a key reads as it is shown"),
            ("/api/entry?site=0&key=%00", 400, "a key reads as it is shown"),
            ("/api/entry?site=0&key=nobody", 404, "there is nothing under `nobody`"),
            ("/api/now/more", 404, "there is nothing at `api/now/more`"),
            ("/page.html", 404, "there is nothing at `page.html`"),
            ("/api/invalidate", 404, "there is nothing at `api/invalidate`"),
        ] {
            let error = browser.get(path).error(status);
            assert!(error.contains(sentence), "{path}: {error}");
        }
        assert_eq!(browser.json("/api/keys?site=0&next=0.m-99.7")["keys"], Value::Array(Vec::new()));
    });
}
