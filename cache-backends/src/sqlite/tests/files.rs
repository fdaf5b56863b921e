//! The file itself: who may read it, and what becomes of it.

use cache_core::backend::{Backend, Remaining};

use super::super::{Config, Sqlite};
use super::{Ground, has, name, put, run, seconds};

#[cfg(unix)]
fn mode(path: &std::path::Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().unwrap().permissions().mode() & 0o777
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_the_file_or_what_is_beside_it() {
    let ground = Ground::new();
    let folder = ground.folder.path().join("a/b");
    let path = folder.join("cache.db");
    let store = Sqlite::new(Config::new(&path)).unwrap();
    assert!(!folder.exists(), "nothing is made before it is used");
    put(&store, "key", None);
    for file in ["cache.db", "cache.db-wal", "cache.db-shm"] {
        assert_eq!(mode(&folder.join(file)), 0o600, "of {file}");
    }
    assert_eq!([&*folder, folder.parent().unwrap()].map(mode), [0o700; 2]);
    let mut files: Vec<_> = folder.read_dir().unwrap().map(|file| file.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["cache.db", "cache.db-shm", "cache.db-wal"], "and nothing is left of the making");
}

#[test]
fn what_was_kept_is_there_after_a_restart() {
    let ground = Ground::new();
    put(&ground.store(), "key", seconds(60));
    run(ground.store().set(&name("count"), b"41", None));
    ground.clock.advance(seconds(15).unwrap());
    let store = ground.store();
    assert!(has(&store, "key"));
    assert_eq!(run(store.ttl(&name("key"))), seconds(45).map(Remaining::For));
    assert_eq!(run(store.incr(&name("count"), 1)), 42);
}

#[test]
fn closing_takes_the_log_into_the_file_and_the_next_use_opens_it_again() {
    let ground = Ground::new();
    let store = ground.store();
    put(&store, "key", None);
    assert!(has(&store, "key") && ground.folder.path().join("cache.db-wal").exists());
    cache_core::testing::block_on(store.close());
    assert!(!ground.folder.path().join("cache.db-wal").exists());
    assert!(has(&store, "key"));
    put(&store, "another", None);
    assert!(has(&ground.store(), "another"));
}

#[test]
fn times_are_kept_to_the_millisecond() {
    let ground = Ground::new();
    let store = ground.store();
    put(&store, "key", Some(std::time::Duration::from_millis(500)));
    ground.clock.advance(std::time::Duration::from_millis(499));
    assert!(has(&store, "key"));
    ground.clock.advance(std::time::Duration::from_millis(1));
    assert!(!has(&store, "key"), "its time is over, not one tick later");
}

#[test]
fn whoever_prints_a_store_learns_which_table_it_is() {
    let ground = Ground::new();
    let store = Sqlite::new(ground.config().table("pages")).unwrap();
    assert_eq!(format!("{store:?}"), r#"Sqlite { table: "pages", .. }"#);
}
