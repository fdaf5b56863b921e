//! A file that is taken away, or put in the place of another, while it is open.

use std::fs;

use super::super::Sqlite;
use super::{Ground, has, put, seconds};

fn remove(ground: &Ground) {
    for file in ["cache.db", "cache.db-wal", "cache.db-shm"] {
        fs::remove_file(ground.folder.path().join(file)).unwrap();
    }
}

#[test]
fn after_the_file_was_removed_the_next_write_makes_another() {
    let ground = Ground::new();
    let store = ground.store();
    put(&store, "old", None);
    assert!(has(&store, "old"));
    remove(&ground);
    put(&store, "new", None);
    assert!(!has(&store, "old"), "the cache was emptied so");
    assert!(has(&store, "new") && has(&ground.store(), "new"), "others find it too");
}

#[test]
fn readers_notice_within_a_second_and_make_another() {
    let ground = Ground::new();
    let store = ground.store();
    put(&store, "old", None);
    assert!(has(&store, "old"));
    remove(&ground);
    ground.clock.advance(seconds(1).unwrap());
    assert!(!has(&store, "old"));
    assert!(ground.path().exists());
}

#[test]
fn a_file_that_was_put_in_its_place_is_the_one_that_is_read() {
    let (ground, other) = (Ground::new(), Ground::new());
    let (store, prepared) = (ground.store(), other.store());
    put(&store, "old", None);
    put(&prepared, "new", None);
    cache_core::testing::block_on(prepared.close());
    remove(&ground);
    fs::rename(other.path(), ground.path()).unwrap();
    ground.clock.advance(seconds(1).unwrap());
    assert!(has(&store, "new") && !has(&store, "old"));
}

#[test]
fn a_table_that_was_dropped_is_made_again() {
    let ground = Ground::new();
    let store: Sqlite = ground.store();
    put(&store, "old", None);
    ground.stranger().execute_batch("drop table larder_cache; drop table larder_cache_cleared").unwrap();
    assert!(!has(&store, "old"));
    ground.stranger().execute_batch("drop table larder_cache; drop table larder_cache_cleared").unwrap();
    put(&store, "new", None);
    assert!(has(&store, "new"));
}

#[test]
fn what_was_left_beside_a_removed_file_does_not_come_back() {
    let ground = Ground::new();
    let stores = [ground.store(), ground.store()];
    put(&stores[0], "old", None);
    assert!(has(&stores[1], "old"));
    fs::remove_file(ground.path()).unwrap();
    put(&stores[0], "new", None);
    put(&stores[1], "newer", None);
    for store in stores.iter().chain([&ground.store()]) {
        ground.clock.advance(seconds(1).unwrap());
        assert_eq!(["old", "new", "newer"].map(|key| has(store, key)), [false, true, true]);
    }
}
