//! Keys that entries are sealed with, as a configuration says them.

use std::sync::Arc;

use larder::backend::Memory;
use larder::clock::Clock;
use larder::testing::Isolated;
use larder::{Options, Settings};

use crate::lines::lines;
use crate::{NOTHING, read, wrong};

const RIGHT: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const WRONG: &str = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";

/// Opens a store as a file says that has these words for its cache.
fn with(store: &Arc<Memory>, name: &str, words: &str) -> Isolated {
    let builder = larder::builder().cache(name, Settings::backend(Arc::clone(store)));
    let builder = builder.toml(format!("[caches.{name}]\n{words}")).unwrap();
    crate::stores::isolated(&builder.environment_of([("KEY", RIGHT), ("OTHER", WRONG)]).unwrap())
}

#[test]
fn what_is_encrypted_with_a_key_of_a_file_is_not_read_without_it() {
    let store = Arc::new(Memory::new(Clock::manual()));
    let with = |words: &str| with(&store, "default", words);
    with("encrypt = \"${KEY}\"").cache("default").blocking().set("key", 1_u8, Options::forever()).unwrap();
    let read = |words: &str| with(words).cache("default").blocking().get::<u8>("key").unwrap();
    assert_eq!((read("encrypt = [\"${KEY}\"]"), read("")), (Some(1), None));
}

#[test]
fn a_wrong_key_is_a_figure_of_its_cache_and_is_told_once() {
    let store = Arc::new(Memory::new(Clock::manual()));
    let right = with(&store, "sealed", "encrypt = \"${KEY}\"");
    for key in ["a", "b", "c"] {
        right.cache("sealed").blocking().set(key, 1_u8, Options::forever()).unwrap();
    }
    assert_eq!(right.cache("sealed").blocking().get::<u8>("a").unwrap(), Some(1));
    assert_eq!(right.cache("sealed").stats().unopened, 0);
    let lines = lines();
    for (number, words) in ["encrypt = \"${OTHER}\"", "sign = \"${KEY}\""].into_iter().enumerate() {
        let larder = with(&store, "sealed", words);
        let cache = larder.cache("sealed");
        assert!(["a", "b", "c"].into_iter().all(|key| cache.blocking().get::<u8>(key).unwrap().is_none()), "{words}");
        assert!(cache.stats().unopened >= 3, "{words}: {:?}", cache.stats());
        let lines = lines.lock().unwrap();
        let told: Vec<_> = lines.iter().filter(|line| line.contains("cache `sealed`: ")).collect();
        assert_eq!(told.len(), number + 1, "{words}: {told:?}");
        assert!(told[number].starts_with("WARN larder ") && told[number].contains("another key"), "{told:?}");
        assert!(!told[number].contains(WRONG) && !told[number].contains(RIGHT));
    }
}

#[test]
fn a_key_that_is_none_says_how_to_draw_one() {
    for words in ["encrypt = \"password\"", "sign = \"0123456789\"", "encrypt = 5"] {
        let wrong = wrong(&format!("[caches.default]\n{words}\n"), &NOTHING);
        assert!(wrong.contains("`openssl rand -hex 32`"), "{words}: {wrong}");
    }
    assert!(read("[caches.default]\nencrypt = \"${KEY}\"\n", &[("KEY", RIGHT)]).unwrap().described().is_ok());
}
