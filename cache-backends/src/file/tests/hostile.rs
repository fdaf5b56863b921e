//! Files that nobody of this store has written, or that are torn.

use std::fs;

use cache_core::backend::Backend;
use cache_core::error::Kind;
use cache_core::key::{Key, Scope};
use cache_core::testing::block_on;
use proptest::prelude::*;

use super::super::head::Head;
use super::*;

/// Asks that what stands there is nothing for anybody, and is no obstacle either.
fn is_nothing(ground: &Ground, key: &cache_core::key::Name) {
    let store = &ground.store;
    assert_eq!(get(store, key), None);
    assert_eq!(block_on(store.ttl(key)).expect("an answer"), None);
    assert!(!block_on(store.touch(key, None)).expect("an answer"));
    assert_eq!(block_on(store.incr(key, 1)).map_err(|error| error.kind()), Err(Kind::Missing));
    assert!(block_on(store.add(key, b"added", None)).expect("an answer"), "its place is free");
    assert_eq!(get(store, key).as_deref(), Some(&b"added"[..]));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_in_place_of_an_entry_are_nothing(bytes: Vec<u8>) {
        let (ground, key) = (Ground::new(), name("key"));
        set(&ground.store, &key, b"value", None);
        fs::write(ground.file(&key), bytes).expect("a file");
        is_nothing(&ground, &key);
    }

    #[test]
    fn a_file_cut_off_anywhere_or_with_any_byte_changed_is_nothing(length in 1..9_000_usize, at: usize, bit in 0..8, is_cut: bool) {
        let (ground, key) = (Ground::new(), name("key"));
        set(&ground.store, &key, &vec![b'v'; length], None);
        let mut bytes = fs::read(ground.file(&key)).expect("a file");
        let at = at % bytes.len();
        if is_cut { bytes.truncate(at) } else { bytes[at] ^= 1_u8 << bit }
        fs::write(ground.file(&key), bytes).expect("a file");
        is_nothing(&ground, &key);
    }

    #[test]
    fn a_value_of_any_size_is_read_back(length in 0..20_000_usize, byte: u8) {
        let (ground, key) = (Ground::new(), name("key"));
        set(&ground.store, &key, &vec![byte; length], None);
        prop_assert_eq!(get(&ground.store, &key), Some(vec![byte; length]));
    }
}

#[test]
fn an_entry_of_another_name_with_the_same_digest_is_never_read() {
    let (ground, key, other) = (Ground::new(), name("key"), name("other"));
    set(&ground.store, &key, b"value", None);
    set(&ground.store, &other, b"other's", None);
    fs::copy(ground.file(&other), ground.file(&key)).expect("a file");
    is_nothing(&ground, &key);
    assert_eq!(get(&ground.store, &other).as_deref(), Some(&b"other's"[..]));
}

#[test]
fn a_head_that_states_a_large_value_takes_no_memory() {
    let (ground, key) = (Ground::new(), name("key"));
    set(&ground.store, &key, b"value", None);
    for length in [1 << 20, 64 << 20, 65 << 20, u64::MAX] {
        let head = Head { length, ..Head::new(b"value", u64::MAX, 7, 0) };
        fs::write(ground.file(&key), head.write(key.as_bytes())).expect("a file");
        assert_eq!(get(&ground.store, &key), None);
    }
}

#[test]
fn a_value_over_the_limit_is_not_read_and_one_over_the_bounds_is_refused() {
    let (ground, key) = (Ground::new(), name("key"));
    set(&ground.store, &key, &[b'v'; 1_000], None);
    let small = File::new(ground.store_config().max_value_bytes(999)).expect("a store");
    assert_eq!(get(&small, &key), None);
    let full = File::new(ground.store_config().max_bytes(999)).expect("a store");
    assert_eq!(full.capabilities().max_value_bytes, Some(999), "it would be the first to go");
    let refused = block_on(full.set(&key, &[b'v'; 1_000], None)).expect_err("it is too large");
    assert!(refused.kind() == Kind::TooLarge && get(&ground.store, &key).is_none(), "{refused}");
}

#[test]
fn an_entry_stays_readable_that_was_written_once() {
    let (ground, key) = (Ground::new(), name("key"));
    set(&ground.store, &key, b"", None);
    let bytes = [&Head::new(b"a value", u64::MAX, 7, 1_700_000_000_000).write(key.as_bytes())[..], b"a value"].concat();
    assert_eq!(bytes.escape_ascii().to_string(), SAMPLE.escape_ascii().to_string());
    fs::write(ground.file(&key), SAMPLE).expect("a file");
    assert_eq!(get(&ground.store, &key).as_deref(), Some(&b"a value"[..]));
    let later = [&SAMPLE[..4], &[2], &SAMPLE[5..]].concat();
    fs::write(ground.file(&key), later).expect("a file");
    is_nothing(&ground, &key);
}

const SAMPLE: &[u8] =
    b"Lrdr\x01\x00\n\x00\xff\xff\xff\xff\xff\xff\xff\xff\x07\x00\x00\x00\x00\x00\x00\x00\x00h\xe5\xcf\
        \x8b\x01\x00\x00\x07\x00\x00\x00\x00\x00\x00\x00\x02$i0R\xc5d:)\xbeF\xb0\xbf\x08\xef\xc3shop:1:k\
        eya value";

#[test]
fn names_of_250_bytes_are_entries_like_others_and_case_counts() {
    let scope = Scope::new(&"p".repeat(47), "v", None).expect("a prefix that just fits");
    let names = ["a", "A", "b"].map(|end| scope.name(&Key::from(format!("{}{end}", "x".repeat(199)).as_str())));
    let ground = Ground::new();
    for name in &names {
        assert_eq!(name.as_bytes().len(), 250);
        set(&ground.store, name, &name.as_bytes()[240..], None);
    }
    for name in &names {
        assert_eq!(get(&ground.store, name).as_deref(), Some(&name.as_bytes()[240..]));
    }
}

#[test]
fn a_folder_in_place_of_an_entry_is_nothing_and_says_where_it_is() {
    let (ground, key) = (Ground::new(), name("key"));
    fs::create_dir_all(ground.file(&key)).expect("a folder");
    assert_eq!(get(&ground.store, &key), None);
    let refused = block_on(ground.store.set(&key, b"value", None)).expect_err("it is in the way");
    let path = ground.file(&key);
    assert!(refused.kind() == Kind::Store && refused.to_string().contains(path.to_str().expect("a path")), "{refused}");
}

#[test]
fn files_of_others_are_never_touched() {
    let (ground, key) = (Ground::with(|config| config.max_entries(1)), name("key"));
    set(&ground.store, &key, b"value", None);
    let digits = "ab".repeat(16);
    let foreign = ["notes.txt", "book.larder.bak", ".larder", "x.larder-new", &format!("{digits}.larder")];
    let folders = [ground.folder.path().to_owned(), ground.drawer_of(&key)];
    let paths: Vec<_> = folders.iter().flat_map(|folder| foreign.map(|file| folder.join(file))).collect();
    for path in &paths {
        fs::write(path, b"mine").expect("a file");
        let old = std::time::SystemTime::now() - MINUTE * 60 * 24 * 30;
        fs::File::options().write(true).open(path).and_then(|file| file.set_modified(old)).expect("its time");
    }
    ground.clock.advance(MINUTE * 60);
    for number in 0..300 {
        set(&ground.store, &name(&number.to_string()), b"value", Some(MINUTE));
    }
    block_on(ground.store.clear_store()).expect("it is cleared");
    for path in paths {
        assert_eq!(fs::read(&path).expect("it is there"), b"mine", "{}", path.display());
    }
}

#[test]
fn a_link_in_place_of_a_book_leads_to_no_file_of_others() {
    let (ground, key) = (Ground::new(), name("key"));
    set(&ground.store, &key, b"value", None);
    let elsewhere = folder();
    let (there, missing) = (elsewhere.path().join("there"), elsewhere.path().join("missing"));
    fs::write(&there, b"mine").expect("a file");
    for target in [&there, &missing] {
        fs::remove_file(ground.book(&key)).expect("what was there");
        std::os::unix::fs::symlink(target, ground.book(&key)).expect("a link");
        let refused = block_on(ground.store.set(&key, b"other", None)).expect_err("nobody knows where it leads");
        assert!(refused.kind() == Kind::Store && refused.to_string().contains("a link"), "{refused}");
        assert_eq!(get(&ground.store, &key).as_deref(), Some(&b"value"[..]), "reading takes no book");
    }
    assert_eq!(fs::read(&there).expect("it is there"), b"mine");
    assert!(!missing.exists(), "nothing was made in its place");
}

#[test]
fn a_pipe_in_place_of_a_file_holds_nobody_up() {
    let (ground, key) = (Ground::new(), name("key"));
    set(&ground.store, &key, b"value", None);
    pipe(&ground.file(&key));
    is_nothing(&ground, &key);
    pipe(&ground.book(&key));
    let refused = block_on(ground.store.set(&key, b"other", None)).expect_err("there is no book");
    assert_eq!(refused.kind(), Kind::Store);
    block_on(ground.store.begin_fill(&key)).expect("a ticket that is worth nothing");
}

/// Puts a pipe in the place of a file: whoever opens it waits for somebody at its other end.
fn pipe(path: &std::path::Path) {
    fs::remove_file(path).expect("what was there");
    let made = std::process::Command::new("mkfifo").arg(path).status();
    assert!(made.expect("a program that makes pipes").success());
}
