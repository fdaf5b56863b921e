//! The environment goes before files, and these before code, word by word.

use larder::{Settings, Ttl, key, testing};
use std::time::Duration;

use crate::{NOTHING, described, of};

fn seconds(number: u64) -> Ttl {
    Ttl::For(Duration::from_secs(number))
}

#[test]
fn each_word_is_the_highest_that_says_it() {
    let code = || larder::builder().cache("default", Settings::memory().ttl(1).key_prefix("code").version("code"));
    let file = "[caches.default]\nttl = 2\nkey_prefix = \"file\"\n";
    let all = code().toml(file).unwrap().environment_of([("LARDER_TTL", "3")]).unwrap().described().unwrap();
    let default = &all[0];
    assert_eq!((default.ttl, &*default.key_prefix, &*default.version), (seconds(3), "file", "code"));
    let without = code().toml(file).unwrap().environment_of(NOTHING).unwrap().described().unwrap();
    assert_eq!(without[0].ttl, seconds(2));
    let alone = code().described().unwrap();
    assert_eq!((alone[0].ttl, &*alone[0].key_prefix), (seconds(1), "code"));
}

#[test]
fn a_variable_moves_a_cache_and_leaves_what_a_file_says_of_it() {
    let file = "[caches.default]\nurl = \"memory://here?max_entries=5\"\nttl = 7\n";
    let moved = of("default", file, &[("LARDER_URL", "null://")]);
    assert_eq!((moved.store.as_str(), moved.ttl), ("null", seconds(7)));
    let bounded = of("default", "[caches.default]\nmax_entries = 5\n", &[("LARDER_URL", "memory://?max_entries=6")]);
    assert_eq!(bounded.max_entries, Some(6), "what stands behind the address of a variable is said by that variable");
    let kept = of("default", "[caches.default]\nurl = \"memory://?max_entries=6\"\n", &[("LARDER_MAX_ENTRIES", "5")]);
    assert_eq!(kept.max_entries, Some(5));
}

#[test]
fn bounds_that_code_says_go_along_when_a_file_moves_the_cache() {
    let builder = larder::builder().cache("pages", Settings::memory().max_entries(3).ttl(9));
    let described = builder.toml("[caches.pages]\nurl = \"memory://elsewhere\"\n").unwrap().described().unwrap();
    assert_eq!((described[1].max_entries, described[1].ttl), (Some(3), seconds(9)));
}

#[test]
fn of_two_files_the_last_one_counts() {
    let first = larder::builder().toml("[caches.default]\nttl = 1\nkey_prefix = \"a\"\n").unwrap();
    let both = first.toml("[caches.default]\nttl = 2\n").unwrap().described().unwrap();
    assert_eq!((both[0].ttl, &*both[0].key_prefix), (seconds(2), "a"));
}

#[test]
fn a_release_leaves_everything_behind_but_what_says_its_own_version() {
    let file = "[caches.sessions]\nversion = 7\n\n[caches.pages]\nttl = 5\n";
    let versions = |variables: &[(&str, &str)]| -> Vec<String> {
        described(file, variables).into_iter().map(|described| described.version).collect()
    };
    assert_eq!(versions(&[("LARDER_VERSION", "r42")]), ["r42", "r42", "7"]);
    assert_eq!(versions(&[]), ["1", "1", "7"]);
    let code = larder::builder().cache("default", Settings::memory().version("own"));
    let described = code.environment_of([("LARDER_VERSION", "r42")]).unwrap().described().unwrap();
    assert_eq!(described[0].version, "own");
}

#[test]
fn entries_of_the_last_release_are_not_seen_by_the_next() {
    let store = std::sync::Arc::new(larder::backend::Memory::new(larder::clock::Clock::manual()));
    let release = |version: &str| {
        let builder = larder::builder().cache("default", Settings::backend(std::sync::Arc::clone(&store)));
        let settings = builder.environment_of([("LARDER_VERSION", version)]).unwrap().settings().unwrap();
        testing::isolated_with([("default", settings[0].1.clone())]).unwrap()
    };
    let options = larder::Options::forever();
    release("r1").cache("default").blocking().set(key!("profile:me"), 1_u8, options).unwrap();
    assert!(release("r1").cache("default").blocking().has(key!("profile:me")).unwrap());
    assert!(!release("r2").cache("default").blocking().has(key!("profile:me")).unwrap());
}

#[test]
fn one_variable_switches_everything_off_and_none_switches_anything_on() {
    let file = "[caches.pages]\noff = true\n";
    let off = |variables: &[(&str, &str)]| -> Vec<bool> {
        described(file, variables).into_iter().map(|described| described.off).collect()
    };
    assert_eq!(off(&[("LARDER_OFF", "1")]), [true, true]);
    assert_eq!(off(&[("LARDER_OFF", "0")]), [false, true]);
    assert_eq!(off(&[("LARDER_CACHES__PAGES__OFF", "no")]), [false, false]);
}

#[test]
fn variables_speak_of_caches_by_names_in_capitals() {
    let file = "[caches.page-parts]\nttl = 5\n";
    let parts = of("page-parts", file, &[("LARDER_CACHES__PAGE_PARTS__KEY_PREFIX", "x")]);
    assert_eq!((&*parts.key_prefix, parts.ttl), ("x", seconds(5)));
    let new = of(
        "sessions",
        file,
        &[("LARDER_CACHES__SESSIONS__URL", "memory://"), ("LARDER_CACHES__SESSIONS__TIMEOUT", "never")],
    );
    assert_eq!(new.ttl, Ttl::Forever, "a cache may be made by variables alone");
}

#[test]
fn the_docs_tell_who_has_the_last_word() {
    let docs = include_str!("../../src/docs/configuration.md");
    let places =
        ["| the environment | files and code |", "| a file", "| code: "].map(|row| docs.find(row).expect("a row"));
    assert!(places.is_sorted());
}
