//! Folders of all kinds, and what somebody may have written for one.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use cache_core::backend::Backend;
use cache_core::error::Kind;
use cache_core::testing::block_on;

use super::*;
use crate::place::{Given, Location, Place};

fn rights(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o7777
}

fn give_rights(paths: &[PathBuf], mode: u32) {
    for path in paths {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
    }
}

fn works(config: Config) -> File {
    let (store, key) = (File::new(config).expect("a store"), name("key"));
    assert_eq!(get(&store, &key), None);
    set(&store, &key, b"value", None);
    assert_eq!(get(&store, &key).as_deref(), Some(&b"value"[..]));
    assert!(block_on(store.delete(&key)).expect("it is removed"));
    set(&store, &key, b"value", None);
    store
}

#[test]
fn missing_folders_are_made_for_their_owner_alone_and_others_keep_their_rights() {
    let base = folder();
    fs::set_permissions(base.path(), fs::Permissions::from_mode(0o755)).expect("its rights");
    let deep = base.path().join("a/b/c");
    let store = File::new(Config::new(&deep)).expect("a store");
    assert!(!base.path().join("a").exists(), "nothing is made before the first write");
    assert_eq!(get(&store, &name("key")), None);
    works(Config::new(&deep));
    let made = [base.path().join("a"), base.path().join("a/b"), deep.clone()];
    let drawers = fs::read_dir(&deep).expect("a folder").map(|drawer| drawer.expect("a drawer").path());
    assert!(made.into_iter().chain(drawers).all(|folder| rights(&folder) == 0o700));
    assert!(files(&deep).iter().all(|file| rights(file) == 0o600));
    assert_eq!(rights(base.path()), 0o755);
}

#[test]
fn the_mask_of_a_process_takes_nothing_from_the_owner() {
    if let Some(folder) = given() {
        works(Config::new(&folder));
        assert_eq!(rights(&folder), 0o700);
        return;
    }
    let base = folder();
    let program = env::current_exe().expect("a program");
    let test = "places::the_mask_of_a_process_takes_nothing_from_the_owner";
    let shell = ["sh", "-c", "umask 0177; exec \"$@\"", "sh"];
    let output = output(&shell, &program, test, &base.path().join("a/b"));
    assert!(output.contains("1 passed"), "{output}");
    assert_eq!([base.path().join("a"), base.path().join("a/b")].map(|path| rights(&path)), [0o700; 2]);
}

#[test]
fn a_file_where_the_folder_is_to_be_is_an_error_that_names_it() {
    let base = folder();
    let file = base.path().join("file");
    fs::write(&file, b"mine").expect("a file");
    let refused = File::new(Config::new(&file)).expect_err("a file");
    assert!(refused.kind() == Kind::Configuration && refused.to_string().contains("/file`"), "{refused}");
    let store = File::new(Config::new(file.join("below"))).expect("nobody has looked");
    let refused = block_on(store.set(&name("key"), b"value", None)).expect_err("below a file");
    assert!(refused.kind() == Kind::Store && refused.to_string().contains("/file/below/"), "{refused}");
    assert!(refused.to_string().contains("a file is where a folder is to be"), "{refused}");
}

#[test]
fn a_relative_path_is_made_absolute_when_the_store_is_opened() {
    let store = File::new(Config::new("target/folder")).expect("a store");
    let folder = &store.folder().config.folder;
    assert!(folder.is_absolute() && folder.ends_with("target/folder"), "{}", folder.display());
    assert_eq!(File::new(Config::new("")).map_err(|error| error.kind()).err(), Some(Kind::Configuration));
}

#[test]
fn a_path_that_is_no_text_and_a_folder_behind_a_link_are_folders_like_others() {
    let base = folder();
    works(Config::new(base.path().join(OsStr::from_bytes(b"\xFF\xFE"))));
    let (link, real) = (base.path().join("link"), base.path().join("real"));
    fs::create_dir(&real).and_then(|()| symlink(&real, &link)).expect("a link");
    works(Config::new(&link));
    assert!(entries(&real).len() == 1 && link.is_symlink());
    let dangling = base.path().join("dangling");
    symlink(base.path().join("nowhere"), &dangling).expect("a link");
    let refused = block_on(File::new(Config::new(&dangling)).expect("a store").set(&name("key"), b"", None));
    assert_eq!(refused.map_err(|error| error.kind()), Err(Kind::Store));
}

#[test]
fn a_folder_removed_under_a_running_store_is_made_again() {
    let base = folder();
    let (folder, key) = (base.path().join("a/b"), name("key"));
    let store = works(Config::new(&folder));
    for removed in ["a", "a/b"] {
        fs::remove_dir_all(base.path().join(removed)).expect("it was there");
        assert_eq!(get(&store, &key), None);
        assert_eq!(block_on(store.ttl(&key)).expect("an answer"), None);
        assert!(!block_on(store.delete(&key)).expect("an answer"));
        set(&store, &key, b"again", None);
        assert_eq!(get(&store, &key).as_deref(), Some(&b"again"[..]));
    }
    fs::remove_dir_all(base.path().join("a")).expect("it was there");
    block_on(store.clear_store()).expect("there is nothing");
    assert!(block_on(store.add(&key, b"41", None)).expect("an answer"));
    assert_eq!(block_on(store.incr(&key, 1)).expect("a count"), 42);
}

#[test]
fn where_somebody_removes_the_folder_all_the_time_every_call_ends() {
    let base = folder();
    let (folder, key) = (base.path().join("store"), name("key"));
    let store = File::new(Config::new(&folder)).expect("a store");
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let write = |_| block_on(store.set(&key, b"value", None)).map_err(|error| error.kind());
            (0..500).map(write).all(|written| written.is_ok() || written == Err(Kind::Store))
        });
        while !writer.is_finished() {
            drop(fs::remove_dir_all(&folder));
        }
        assert!(writer.join().expect("no panic"));
    });
    set(&store, &key, b"value", None);
    assert_eq!(get(&store, &key).as_deref(), Some(&b"value"[..]));
}

/// Nothing is read-only to root: the test runs itself as nobody, from where nobody can read it.
#[test]
fn a_folder_that_is_read_only_can_be_read_and_says_so_when_it_is_written() {
    if let Some(folder) = given() {
        return in_a_read_only_folder(&folder);
    }
    let base = folder();
    let (program, folder) = (base.path().join("program"), base.path().join("store"));
    works(Config::new(&folder));
    fs::copy(env::current_exe().expect("a program"), &program).expect("a copy");
    let mut closed = vec![base.path().to_owned(), folder.clone()];
    closed.extend(fs::read_dir(&folder).expect("a folder").map(|drawer| drawer.expect("a drawer").path()));
    give_rights(&closed, 0o555);
    give_rights(&files(&folder), 0o444);
    let test = "places::a_folder_that_is_read_only_can_be_read_and_says_so_when_it_is_written";
    let is_root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    let output = output(if is_root { &[AS_NOBODY] } else { &[] }, &program, test, &folder);
    give_rights(&closed, 0o755);
    assert!(output.contains("1 passed"), "{output}");
}

fn in_a_read_only_folder(folder: &Path) {
    let (store, key, other) = (File::new(Config::new(folder)).expect("a store"), name("key"), name("other"));
    assert_eq!(get(&store, &key).as_deref(), Some(&b"value"[..]));
    assert_eq!(get(&store, &other), None);
    for name in [&key, &other] {
        let ticket = block_on(store.begin_fill(name)).expect("reading goes on");
        let refused = [
            block_on(store.set(name, b"new", None)),
            block_on(store.delete(name)).map(drop),
            block_on(store.touch(name, None)).map(drop),
            block_on(store.incr(name, 1)).map(drop),
        ];
        let filled = block_on(store.set_if(name, b"new", None, &ticket)).map(drop);
        // Without a book there is no ticket worth anything, and what is refused anyway is not tried.
        let filled = if name == &key { vec![filled] } else { vec![] };
        for refused in refused.into_iter().chain(filled) {
            let refused = refused.expect_err("it is read-only");
            let (text, path) = (refused.to_string(), folder.to_str().expect("a path"));
            assert!(refused.kind() == Kind::Store && text.contains(path), "{text}");
            assert!(text.contains("give the user of this program the right to"), "{text}");
        }
    }
    assert_eq!(get(&store, &key).as_deref(), Some(&b"value"[..]), "it is as it was");
}

fn place(address: &str) -> Place {
    Place { locations: vec![Location::parse(address).expect("an address")], ..Place::default() }
}

#[test]
fn an_address_says_where_the_folder_is_and_whatever_else_says_how_to() {
    let config = Config::from_place(place("file:///var/cache/shop")).expect("a configuration");
    assert_eq!(config.folder, Path::new("/var/cache/shop"));
    let relative = Config::from_place(place("file://./cache")).expect("a configuration").folder;
    assert!(relative.is_absolute() && relative.ends_with("cache"), "{}", relative.display());
    for wrong in ["file:///", "sqlite:///var/cache", "memory://"] {
        let refused = Config::from_place(place(wrong)).expect_err(wrong);
        assert!(refused.kind() == Kind::Configuration, "{refused}");
        assert!(refused.to_string().contains("`file:///var/cache/shop`"), "{refused}");
    }
    assert!(Config::from_place(Place::default()).is_err());
}

#[test]
fn bounds_and_options_are_taken_and_unknown_ones_refused() {
    let mut given = place("file:///var/cache/shop");
    given.max_entries = Some(7);
    given.max_bytes = Some(8_000);
    given.cull_frequency = Some(3);
    given.options.give("max_value_bytes", Given::Text("9 kB".into()));
    given.options.give("lock_timeout", Given::Text("500 ms".into()));
    let config = Config::from_place(given.clone()).expect("a configuration");
    assert_eq!((config.max_entries, config.max_bytes, config.cull_frequency), (Some(7), Some(8_000), 3));
    assert_eq!((config.max_value_bytes, config.largest()), (9_000, 8_000));
    assert_eq!(config.lock_timeout, Duration::from_millis(500));
    let for_ever = Config::new("/var/cache/shop").lock_timeout(Duration::MAX).checked().expect("a configuration");
    assert_eq!(for_ever.lock_timeout, Duration::from_secs(86_400));
    given.options.give("max_value_byte", Given::Number(1));
    assert!(Config::from_place(given.clone()).expect_err("unknown").to_string().contains("max_value_byte"));
    let never = Place { cull_frequency: Some(0), ..place("file:///var/cache/shop") };
    assert!(Config::from_place(never).expect_err("none at all").to_string().contains("cull_frequency"));
}
