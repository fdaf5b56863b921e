//! Stores outside that are down, and those that cannot tell their keys.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use larder::backend::layer::{Call, Guard, around};
use larder::backend::{Answer, Memory};
use larder::clock::Clock;
use larder::stores::file;
use larder::{Error, Kind, Settings, cached, testing};
use serde_json::{Value, json};

use crate::browser::{each, open};

#[cached(key = "outside:<id>")]
fn square(id: u64) -> u64 {
    id * id
}

/// Lets nothing through while it is set.
struct Down(Arc<AtomicBool>);

impl Guard for Down {
    async fn around<'a, T: Send + 'a>(
        &'a self,
        _: Call,
        run: impl Fn() -> Answer<'a, Result<T, Error>> + Send + Sync + 'a,
    ) -> Result<T, Error> {
        if self.0.load(Ordering::Relaxed) {
            return Err(Error::new(Kind::Store, "the store is down"));
        }
        run().await
    }
}

#[test]
fn a_store_that_is_down_is_told_and_the_rest_of_the_panel_goes_on() {
    each(|on| {
        let (down, clock) = (Arc::new(AtomicBool::new(false)), Clock::manual());
        let store = Settings::backend(Memory::new(clock.clone())).layer(around(Down(Arc::clone(&down))));
        let _larder = testing::isolated_at(clock, [("default", store)]).unwrap();
        let browser = on(open().writable());
        let site = browser.site("outside:<id>");
        square(2);
        let is_away = || browser.json("/api/now")["caches"][0]["away"].clone();
        assert_eq!((is_away(), &browser.json("/api/now")["caches"][0]["store"]), (false.into(), &"outside".into()));
        down.store(true, Ordering::Relaxed);
        square(2);
        let id = &site["id"];
        for path in [format!("/api/keys?site={id}"), format!("/api/entry?site={id}&key=outside:2")] {
            let error = browser.get(&path).error(503);
            assert!(error.contains("the store is down"), "{path}: {error}");
        }
        for wish in [json!({ "what": "entry", "site": id, "key": "outside:2" }), json!({ "what": "site", "site": id })]
        {
            browser.press("/api/invalidate", &wish.to_string()).error(503);
        }
        assert_eq!(is_away(), true);
        assert_eq!(browser.site("outside:<id>")["entries"], Value::Null, "nobody has counted them");
        assert_eq!(browser.get("/api/graph").status, 200);
    });
}

#[test]
fn a_place_that_a_store_never_told_is_the_fault_of_who_asks() {
    each(|on| {
        let folder = tempfile::tempdir().unwrap();
        let files = file::File::new(file::Config::new(folder.path())).unwrap();
        let _larder = testing::isolated_with([("default", Settings::backend(files))]).unwrap();
        let browser = on(open());
        for place in ["0.o-", "7.o-", "0.o-0", "0.o-zz", "0.m-0.0", "0.x"] {
            let error = browser.get(&format!("/api/keys?cache=default&next={place}")).error(400);
            assert!(error.contains("place"), "{place}: {error}");
        }
        let nothing = browser.json("/api/keys?cache=default&next=0.o-ffff");
        assert_eq!((&nothing["keys"], &nothing["next"]), (&json!([]), &Value::Null));
    });
}

#[test]
fn a_store_whose_keys_cannot_be_told_says_why() {
    each(|on| {
        let joined =
            Settings::memory().key_function(|prefix, version, key, name| write!(name, "{key}@{prefix}{version}"));
        let _larder = testing::isolated_with([("default", joined)]).unwrap();
        square(3);
        let browser = on(open().writable());
        let site = browser.site("outside:<id>");
        let keys = browser.json(&format!("/api/keys?site={}", site["id"]));
        assert!(keys["why_none"].as_str().is_some_and(|why| why.contains("cannot be told")), "{keys}");
        assert_eq!((&keys["keys"], &keys["next"]), (&json!([]), &Value::Null));
        let entry = browser.json(&format!("/api/entry?site={}&key=outside:3", site["id"]));
        assert_eq!(entry["value"], "9");
    });
}
