//! A server that starts again with what it had saved some time ago.

use cache_backends::redis::Redis;
use cache_core::backend::Backend;
use cache_core::key::{Key, Name, Scope};
use cache_core::testing::block_on;

use crate::server::Server;
use crate::single::{name, store};

pub const TESTS: &[(&str, fn())] = &[
    ("what_was_removed_or_written_over_does_not_come_back_with_an_older_snapshot", removed),
    ("what_another_process_has_removed_is_removed_again_also_if_nobody_asks_that_one", removed_by_another),
    ("what_was_cleared_does_not_come_back_with_an_older_snapshot", cleared),
    ("in_an_emptied_store_nothing_comes_back_with_an_older_snapshot", emptied),
    ("where_a_server_has_not_forgotten_a_clear_nothing_is_cleared_again", not_forgotten),
];

fn other(key: &str) -> Name {
    Scope::new("shop", "2", None).expect("a scope").name(&Key::from(key))
}

fn set(store: &Redis, name: &Name, value: &str) {
    block_on(store.set(name, value.as_bytes(), None)).expect("a live server");
}

/// Returns the text that is found, once the server answers.
fn get(store: &Redis, server: &Server, name: &Name) -> Option<String> {
    server.wait_until(|_| block_on(store.get(name)).is_ok());
    block_on(store.get(name)).expect("a live server").and_then(|bytes| String::from_utf8(bytes).ok())
}

fn removed() {
    let mut server = Server::start(&[]);
    let [removed, over, many, kept] = ["removed", "over", "many", "kept"].map(name);
    let (ours, another) = (store(&server.url()), store(&server.url()));
    for name in [&removed, &over, &many, &kept] {
        set(&ours, name, "old");
    }
    server.say(&["SAVE"]);
    block_on(ours.delete(&removed)).unwrap();
    set(&ours, &over, "new");
    let entry = cache_core::backend::Entry { name: many.clone(), value: b"new".to_vec(), time: None };
    block_on(ours.set_many(&[entry])).pop().unwrap().unwrap();
    server.crash_and_start_again();
    assert_eq!(get(&ours, &server, &kept).as_deref(), Some("old"), "this is the older snapshot");
    for store in [&ours, &another] {
        for name in [&removed, &over, &many] {
            assert_eq!(get(store, &server, name), None, "{name}");
        }
    }
}

fn removed_by_another() {
    let mut server = Server::start(&[]);
    let (another, ours, key) = (store(&server.url()), store(&server.url()), name("key"));
    set(&another, &key, "old");
    server.say(&["SAVE"]);
    block_on(another.delete(&key)).unwrap();
    server.crash_and_start_again();
    server.wait_until(|_| block_on(ours.get(&key)).is_ok_and(|found| found.is_none()));
}

fn cleared() {
    let mut server = Server::start(&[]);
    let store = store(&server.url());
    let names: Vec<_> = (0..20_000).map(|number| number.to_string()).collect();
    for names in names.chunks(1_000) {
        let entry = |key: &String| cache_core::backend::Entry { name: other(key), value: b"old".to_vec(), time: None };
        block_on(store.set_many(&names.iter().map(entry).collect::<Vec<_>>()));
    }
    set(&store, &name("kept"), "old");
    server.say(&["SAVE"]);
    block_on(store.clear_scope("shop:2:")).unwrap();
    server.crash_and_start_again();
    assert_eq!(get(&store, &server, &name("kept")).as_deref(), Some("old"), "this is the older snapshot");
    let names: Vec<_> = names.iter().map(|key| other(key)).collect();
    assert_eq!(block_on(store.get_many(&names)).unwrap().iter().flatten().count(), 0);
}

fn emptied() {
    let mut server = Server::start(&[]);
    let store = store(&server.url());
    set(&store, &name("key"), "old");
    server.say(&["SAVE"]);
    block_on(store.clear_store()).unwrap();
    server.crash_and_start_again();
    assert_eq!(get(&store, &server, &name("key")), None);
}

fn not_forgotten() {
    let mut server = Server::start(&[]);
    let store = store(&server.url());
    block_on(store.clear_store()).unwrap();
    set(&store, &name("key"), "value");
    block_on(store.clear_scope("shop:2:")).unwrap();
    set(&store, &other("key"), "value");
    server.say(&["SAVE"]);
    server.crash_and_start_again();
    for name in [name("key"), other("key")] {
        assert_eq!(get(&store, &server, &name).as_deref(), Some("value"), "{name}");
    }
}
