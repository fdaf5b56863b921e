//! One server.

use std::collections::BTreeSet;
use std::time::Duration;

use cache_backends::redis::{Config, Redis};
use cache_core::backend::{Backend, Names};
use cache_core::error::{Error, Kind};
use cache_core::key::{Key, Name, Scope};
use cache_core::testing::block_on;
use cache_core::testing::conformance::Suite;

use crate::server::Server;

pub const TESTS: &[(&str, fn())] = &[
    ("the_store_is_what_the_engine_relies_on", conforms),
    ("a_name_is_another_one_in_another_database", databases),
    ("a_socket_of_this_machine_is_as_good_as_a_port", socket),
    ("a_server_that_forgot_the_scripts_is_taught_them_again", scripts_forgotten),
    ("whoever_is_not_let_in_is_told_so", refused),
    ("a_host_that_nobody_knows_is_told_to_be_none", nowhere),
    ("a_server_that_is_full_says_so_and_still_removes", full),
    ("what_was_removed_a_moment_ago_is_removed_again_where_that_was_forgotten_and_nothing_else", forgotten),
    ("a_clear_ends_in_its_time_and_says_how_far_it_came", clear_in_time),
    ("a_clear_of_a_server_that_stands_still_is_given_up_as_a_call_is", clear_still),
    ("what_another_program_wrote_is_read_and_taken_over", others),
    ("a_list_begins_anew_where_a_connection_was_lost_and_misses_nothing", list_lost),
    ("a_list_that_is_lost_again_and_again_is_an_error", list_lost_again),
    ("a_list_has_no_name_under_which_a_server_was_said_to_be_cleared", list_cleared),
];

/// A machine that is busy is no fault of a store.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub fn store(url: &str) -> Redis {
    Config::new(url).and_then(|config| Redis::new(config.response_timeout(PATIENCE))).expect(url)
}

/// Holds a store against the suite. No time of an entry is over before it is let pass.
pub fn assert_conforms(store: &Redis) {
    let pass = |time| block_on(store.let_time_pass(time)).expect("live servers");
    let report = Suite::new(store, &pass).unit(Duration::from_secs(60)).run();
    assert!(report.failures.is_empty(), "{report}");
}

pub fn name(key: &str) -> Name {
    Scope::new("shop", "1", None).expect("a scope").name(&Key::from(key))
}

fn get(store: &Redis, key: &str) -> Result<Option<Vec<u8>>, Error> {
    block_on(store.get(&name(key)))
}

fn set(store: &Redis, key: &str, value: &str) -> Result<(), Error> {
    block_on(store.set(&name(key), value.as_bytes(), None))
}

fn conforms() {
    let server = Server::start(&[]);
    assert_conforms(&store(&server.url()));
}

fn databases() {
    let server = Server::start(&[]);
    let [one, two] = ["", "/2"].map(|path| store(&(server.url() + path)));
    set(&one, "key", "value").unwrap();
    assert_eq!(get(&two, "key").unwrap(), None);
    set(&two, "key", "other").unwrap();
    block_on(two.clear_store()).unwrap();
    assert_eq!(get(&one, "key").unwrap(), Some(b"value".to_vec()));
    let error = get(&store(&(server.url() + "/99")), "key").unwrap_err();
    assert_eq!(error.kind(), Kind::Configuration, "{error}");
}

fn socket() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let _server = Server::start(&["--unixsocket", path.to_str().unwrap()]);
    let store = store(&format!("redis+unix://{}", path.display()));
    set(&store, "key", "value").unwrap();
    assert_eq!(get(&store, "key").unwrap(), Some(b"value".to_vec()));
}

fn scripts_forgotten() {
    let server = Server::start(&[]);
    let store = store(&server.url());
    let names = ["a", "b", "c"].map(name);
    set(&store, "a", "1").unwrap();
    assert!(block_on(store.delete(&names[0])).unwrap());
    server.say(&["SCRIPT", "FLUSH"]);
    set(&store, "a", "1").unwrap();
    set(&store, "b", "1").unwrap();
    assert_eq!(block_on(store.delete_many(&names)).unwrap(), 2);
}

fn refused() {
    let server = Server::start(&["--requirepass", "secret"]);
    let at = |who: &str| format!("redis://{who}127.0.0.1:{}", server.port);
    for url in [at(""), at(":wrong@"), at("nobody:secret@")] {
        let error = get(&store(&url), "key").unwrap_err();
        assert_eq!(error.kind(), Kind::Configuration, "{error}");
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
    assert_eq!(get(&store(&at(":secret@")), "key").unwrap(), None);
    server.say(&["-a", "secret", "ACL", "SETUSER", "shop", "on", ">secret", "~shop:*", "+@read", "+@connection"]);
    let error = set(&store(&at("shop:secret@")), "key", "value").unwrap_err();
    assert_eq!(error.kind(), Kind::Configuration, "{error}");
    assert!(error.to_string().contains("let this user run `evalsha`"), "{error}");
    server.say(&["-a", "secret", "ACL", "SETUSER", "shop", "resetkeys", "~other:*"]);
    let error = get(&store(&at("shop:secret@")), "key").unwrap_err();
    assert!(error.kind() == Kind::Configuration && error.to_string().contains("`~PREFIX:*`"), "{error}");
    server.say(&["-a", "secret", "ACL", "SETUSER", "shop", "~shop:*"]);
    server.say(&["-a", "secret", "ACL", "SETUSER", "shop", "+@write", "+@scripting"]);
    let shop = store(&at("shop:secret@"));
    set(&shop, "key", "value").unwrap();
    assert!(block_on(shop.delete(&name("key"))).unwrap(), "these rights are enough, as the error says");
    block_on(shop.clear_scope("shop:1:")).unwrap();
}

fn full() {
    let server = Server::start(&["--maxmemory-policy", "noeviction"]);
    let store = store(&server.url());
    set(&store, "key", "value").unwrap();
    server.say(&["CONFIG", "SET", "maxmemory", "1"]);
    let error = set(&store, "key", "other").unwrap_err();
    assert!(error.kind() == Kind::Store && error.to_string().contains("allkeys-lfu"), "{error}");
    let error = block_on(store.begin_fill(&name("new"))).unwrap_err();
    assert!(error.to_string().contains("allkeys-lfu"), "in a script it is the same: {error}");
    assert!(block_on(store.delete(&name("key"))).unwrap());
    assert_eq!(get(&store, "key").unwrap(), None);
}

fn forgotten() {
    let server = Server::start(&[]);
    let (store, another) = (store(&server.url()), store(&server.url()));
    for key in ["key", "other"] {
        set(&store, key, "old").unwrap();
        server.say(&["COPY", name(key).as_str(), key]);
        block_on(store.delete(&name(key))).unwrap();
    }
    // As it stands where nobody has heard of the removal; and something that was kept since.
    server.say(&["RENAME", "key", name("key").as_str()]);
    set(&another, "other", "new").unwrap();
    server.say(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
    server.wait_until(|_| get(&store, "other").is_ok());
    assert_eq!(get(&store, "key").unwrap(), None);
    assert_eq!(get(&store, "other").unwrap(), Some(b"new".to_vec()));
}

fn clear_in_time() {
    let server = Server::start(&[]);
    server.say(&["DEBUG", "POPULATE", "200000", "shop:1"]);
    let error = block_on(store(&(server.url() + "?clear_timeout=20ms")).clear_scope("shop:1:")).unwrap_err();
    assert!(error.kind() == Kind::Store && error.to_string().contains("within 20ms"), "{error}");
    let said = error.to_string();
    let removed = said.split_whitespace().find_map(|word| word.parse::<u64>().ok());
    assert!(removed.is_some_and(|removed| removed < 200_000), "{error}");
    block_on(store(&server.url()).clear_scope("shop:1:")).unwrap();
    assert_eq!(server.say(&["EXISTS", "shop:1:0", "shop:1:199999"]), "0");
}

fn clear_still() {
    let server = Server::start(&[]);
    let config = Config::new(&server.url()).expect("an address").response_timeout(Duration::from_secs(1));
    let store = Redis::new(config).expect("a store");
    set(&store, "key", "value").unwrap();
    server.stand_still();
    let error = block_on(store.clear_scope("shop:1:")).unwrap_err();
    assert!(error.to_string().contains("0 entries") && error.to_string().contains("within 1s"), "{error}");
}

fn others() {
    let server = Server::start(&[]);
    let store = store(&server.url());
    server.say(&["SET", name("key").as_str(), "41"]);
    assert_eq!(get(&store, "key").unwrap(), Some(b"41".to_vec()));
    assert_eq!(block_on(store.incr(&name("key"), 1)).unwrap(), 42);
    assert_eq!(server.say(&["GET", name("key").as_str()]), "42", "it is left as it was written");
    let ticket = block_on(store.begin_fill(&name("key"))).unwrap();
    assert!(block_on(store.set_if(&name("key"), b"ours", None, &ticket)).unwrap());
    assert_eq!(get(&store, "key").unwrap(), Some(b"ours".to_vec()));
    server.say(&["RPUSH", name("list").as_str(), "x"]);
    let error = get(&store, "list").unwrap_err();
    assert!(error.kind() == Kind::Configuration && error.to_string().contains("prefix"), "{error}");
    set(&store, "list", "ours").unwrap();
    assert_eq!(get(&store, "list").unwrap(), Some(b"ours".to_vec()));
}

fn nowhere() {
    // No name has a part of more than 63 letters, so that nobody has to be asked.
    let host = "x".repeat(64);
    let error = get(&store(&format!("redis://shop:secret@{host}")), "key").unwrap_err();
    assert!(
        error.kind() == Kind::Store
            && error
                .to_string()
                .contains("its host was not found: is the name written as it should be, and does DNS answer?"),
        "{error}"
    );
}

/// Loses all connections of a store, and waits until it has another one.
fn lose(server: &Server, store: &Redis) {
    server.say(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
    server.wait_until(|_| get(store, "other").is_ok());
}

fn list_lost() {
    let server = Server::start(&[]);
    server.say(&["DEBUG", "POPULATE", "5000", "shop:1"]);
    let store = store(&server.url());
    let (mut told, mut behind) = (BTreeSet::new(), None);
    for step in 0.. {
        assert!(step < 100, "it comes to no end");
        let Names { names, next } = block_on(store.list("shop:1:", behind.as_deref())).unwrap();
        told.extend(names);
        behind = next;
        if behind.is_none() {
            break;
        }
        if step == 2 {
            lose(&server, &store);
        }
    }
    assert_eq!(told.len(), 5_000);
}

fn list_lost_again() {
    let server = Server::start(&[]);
    server.say(&["DEBUG", "POPULATE", "5000", "shop:1"]);
    let store = store(&server.url());
    let mut behind = None;
    for _ in 0..50 {
        match block_on(store.list("shop:1:", behind.as_deref())) {
            Ok(Names { next, .. }) => behind = Some(next.expect("it is not at its end")),
            Err(error) => return assert!(error.to_string().contains("again and again"), "{error}"),
        }
        lose(&server, &store);
    }
    panic!("it goes on for ever");
}

fn list_cleared() {
    let server = Server::start(&[]);
    let store = store(&server.url());
    set(&store, "key", "value").unwrap();
    block_on(store.clear_scope("shop:1:")).unwrap();
    assert_ne!(server.say(&["DBSIZE"]), "0", "it is noted that it was cleared");
    set(&store, "later", "value").unwrap();
    let listed = block_on(store.list("shop:1:", None)).unwrap();
    assert_eq!(listed, Names { names: vec![name("later").as_bytes().to_vec()], next: None });
    let most = usize::MAX;
    for place in ["nobody gave this out", "0 0 0 0 no-cursor", "0 0 0 0 0 more", &format!("0 {most} 0 0 ")] {
        let error = block_on(store.list("shop:1:", Some(place.as_bytes()))).unwrap_err();
        assert_eq!(error.kind(), Kind::Configuration, "{place}: {error}");
    }
    let beyond = block_on(store.list("shop:1:", Some(format!("0 0 {most} 0 ").as_bytes())));
    assert_eq!(beyond.unwrap(), Names::default());
}
