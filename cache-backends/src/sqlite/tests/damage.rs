//! Files that are not as they should be: refused in a sentence, and left as they are.

use std::fs;

use cache_core::backend::Backend;
use cache_core::error::Kind;
use cache_core::testing::block_on;

use super::super::{Config, Sqlite};
use super::{Ground, failed, has, name, put, run};
use crate::database::client::Client;

#[test]
fn what_is_no_database_is_refused_and_left_alone() {
    let ground = Ground::new();
    let letter = "Dear SQLite,\n".repeat(1_000);
    fs::write(ground.path(), &letter).unwrap();
    let store = ground.store();
    for error in [failed(store.get(&name("key"))), failed(store.set(&name("key"), b"value", None))] {
        assert_eq!(error.kind(), Kind::Configuration);
        assert!(error.to_string().contains("is no SQLite database: name another file"), "{error}");
        assert!(error.to_string().contains("cache.db"), "{error}");
    }
    assert_eq!(fs::read_to_string(ground.path()).unwrap(), letter);
}

#[test]
fn an_empty_file_is_as_good_as_none() {
    let ground = Ground::new();
    fs::write(ground.path(), "").unwrap();
    put(&ground.store(), "key", None);
    assert!(has(&ground.store(), "key"));
}

#[test]
fn a_damaged_file_is_an_error_of_the_call_and_is_not_deleted() {
    let ground = Ground::new();
    let store = ground.store();
    (0..200).for_each(|at| put(&store, &format!("{at}{}", "x".repeat(150)), None));
    block_on(store.close());
    let mut bytes = fs::read(ground.path()).unwrap();
    let size = bytes.len();
    assert!(size > 20 * 4096);
    bytes[2 * 4096..].fill(0xA5);
    fs::write(ground.path(), &bytes).unwrap();
    let errors: Vec<_> =
        (0..200).filter_map(|at| block_on(store.set(&name(&at.to_string()), b"value", None)).err()).collect();
    assert!(errors.iter().any(|error| error.to_string().contains("is damaged: move it away")), "{errors:?}");
    assert_eq!(fs::metadata(ground.path()).unwrap().len(), size as u64);
}

#[test]
fn a_folder_that_cannot_be_is_an_error_of_the_call() {
    let ground = Ground::new();
    fs::write(ground.folder.path().join("file"), "").unwrap();
    let store = Sqlite::new(Config::new(ground.folder.path().join("file/cache.db"))).unwrap();
    let error = failed(store.get(&name("key")));
    assert!(error.is_transient() && error.to_string().contains("cannot be made"), "{error}");
    let store = Sqlite::new(Config::new(ground.folder.path())).unwrap();
    let error = failed(store.set(&name("key"), b"value", None));
    assert!(error.to_string().contains("cannot be opened"), "a folder is no file: {error}");
}

#[test]
fn a_full_disk_fails_the_write_and_nothing_else() {
    let ground = Ground::new();
    let store = ground.store();
    put(&store, "key", None);
    run(store.0.client().tell(&"pragma max_page_count = 1".into(), &[]));
    let error = failed(store.set(&name("large"), &vec![1; 100_000], None));
    assert!(error.is_transient() && error.to_string().contains("the disk is full"), "{error}");
    assert!(has(&store, "key") && !has(&store, "large"));
    run(store.0.client().tell(&"pragma max_page_count = 1000000".into(), &[]));
    run(store.set(&name("large"), &vec![1; 100_000], None));
}

#[test]
fn a_value_that_is_too_large_is_refused_and_takes_what_was_there_with_it() {
    let ground = Ground::new();
    let store = ground.store();
    put(&store, "key", None);
    let large = vec![0; usize::try_from(store.capabilities().max_value_bytes.unwrap() + 1).unwrap()];
    assert_eq!(failed(store.set(&name("key"), &large, None)).kind(), Kind::TooLarge);
    assert!(!has(&store, "key"));
}

/// Runs a test of this name once more, as somebody who is not root, who may write whatever a mode forbids.
#[cfg(unix)]
fn as_nobody(test: &str, folder: &std::path::Path) {
    use std::os::unix::fs::chown;
    use std::os::unix::process::CommandExt;

    const NOBODY: u32 = 65_534;
    let files = folder.read_dir().unwrap().map(|file| file.unwrap().path());
    files.chain([folder.to_owned()]).for_each(|path| chown(path, Some(NOBODY), Some(NOBODY)).unwrap());
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(READ_ONLY, folder).uid(NOBODY).gid(NOBODY);
    let done = command.output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&done.stderr));
}

#[cfg(unix)]
const READ_ONLY: &str = "LARDER_TEST_READ_ONLY";

#[cfg(unix)]
#[test]
fn what_may_only_be_read_is_read() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    if let Some(folder) = std::env::var_os(READ_ONLY) {
        return may_only_be_read(folder.as_ref());
    }
    let ground = Ground::new();
    let store = ground.store();
    put(&store, "key", None);
    block_on(store.close());
    let only = |path: &std::path::Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    only(&ground.path(), 0o400);
    match ground.folder.path().metadata().unwrap().uid() {
        0 => as_nobody("sqlite::tests::damage::what_may_only_be_read_is_read", ground.folder.path()),
        _ => may_only_be_read(ground.folder.path()),
    }
}

#[cfg(unix)]
fn may_only_be_read(folder: &std::path::Path) {
    let store = Sqlite::new(Config::new(folder.join("cache.db")).clock(cache_core::clock::Clock::manual())).unwrap();
    assert!(has(&store, "key") && !has(&store, "another"));
    let error = failed(store.set(&name("key"), b"new", None));
    assert!(error.is_transient() && error.to_string().contains("is where this process may not write"), "{error}");
    assert!(has(&store, "key"), "and is read after that");
}
