//! Servers that sentinels watch over.

use std::fs;
use std::time::Duration;

use cache_backends::redis::{Config, Redis};
use cache_core::backend::Backend;
use cache_core::error::Kind;
use cache_core::testing::block_on;

use crate::listening::{Ear, next};
use crate::server::{Server, free_port};
use crate::single::{PATIENCE, name, store};

pub const TESTS: &[(&str, fn())] = &[
    ("when_another_server_leads_it_is_asked_and_forgets_nothing_that_was_removed", promoted),
    ("those_that_sentinels_know_of_are_read", followers),
    ("sentinels_that_know_nothing_of_it_say_so", unknown),
    ("who_is_a_sentinel_and_who_is_none_is_told_with_the_address_to_write", taken_for_each_other),
    ("behind_sentinels_whoever_asks_for_a_password_is_told_of_by_the_option_that_it_stands_in", guarded),
];

/// A leader, one that follows it, and a sentinel. One alone may have the other take its place.
struct Watched {
    leader: Server,
    follower: Server,
    sentinel: Server,
}

impl Watched {
    fn start() -> Self {
        let leader = Server::start(&[]);
        let port = leader.port.to_string();
        let follower = Server::start(&["--replicaof", "127.0.0.1", &port, "--replica-read-only", "no"]);
        follower.wait_until(|follower| follower.say(&["INFO", "replication"]).contains("master_link_status:up"));
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sentinel.conf");
        let settings = format!(
            "sentinel monitor shop 127.0.0.1 {port} 1\nsentinel down-after-milliseconds shop 500\n\
             sentinel failover-timeout shop 5000\n"
        );
        fs::write(&path, settings).expect("a file");
        let sentinel = Server::start_sentinel(free_port(), folder, &path);
        sentinel.wait_until(|sentinel| {
            sentinel.say(&["SENTINEL", "REPLICAS", "shop"]).lines().skip_while(|line| *line != "flags").nth(1)
                == Some("slave")
        });
        Self { leader, follower, sentinel }
    }

    fn url(&self) -> String {
        format!("redis+sentinel://127.0.0.1:{}/shop", self.sentinel.port)
    }
}

fn taken_for_each_other() {
    let watched = Watched::start();
    let refused = |url: &str| {
        let error = block_on(store(url).get(&name("key"))).unwrap_err();
        assert_eq!(error.kind(), Kind::Configuration, "{error}");
        error.to_string()
    };
    for database in ["", "/1"] {
        let said = refused(&format!("redis://127.0.0.1:{}{database}", watched.sentinel.port));
        assert!(said.contains(" is a sentinel: ") && said.contains("`redis+sentinel://host/mymaster`"), "{said}");
    }
    let said = refused(&format!("redis+sentinel://127.0.0.1:{}/shop", watched.leader.port));
    assert!(said.contains(" is no sentinel: ") && said.contains("`redis://`") && said.contains("26379"), "{said}");
}

fn guarded() {
    let watched = Watched::start();
    let refused = |url: &str| block_on(store(url).get(&name("key"))).unwrap_err();
    watched.leader.say(&["CONFIG", "SET", "requirepass", "secret"]);
    let error = refused(&watched.url());
    assert_eq!(error.kind(), Kind::Configuration, "{error}");
    assert!(error.to_string().contains("`redis+sentinel://:password@host/mymaster`"), "{error}");
    watched.sentinel.say(&["CONFIG", "SET", "requirepass", "other"]);
    watched.sentinel.say(&["ACL", "SETUSER", "default", "resetpass", ">other"]);
    let error = refused(&watched.url());
    assert!(error.kind() == Kind::Configuration && error.to_string().contains("`sentinel_password`"), "{error}");
    let url = format!("redis+sentinel://:secret@127.0.0.1:{}/shop?sentinel_password=other", watched.sentinel.port);
    assert_eq!(get(&store(&url), "key"), None, "and with both it is found");
    assert!(block_on(store(&url).get(&name("key"))).is_ok());
}

fn get(store: &Redis, key: &str) -> Option<String> {
    block_on(store.get(&name(key))).ok()?.and_then(|bytes| String::from_utf8(bytes).ok())
}

fn promoted() {
    let mut watched = Watched::start();
    let (store, (ear, heard)) = (store(&watched.url()), Ear::pair());
    let _listening = store.listen("shop:", ear).unwrap();
    assert_eq!(next(&heard), "regained");
    for key in ["key", "other"] {
        block_on(store.set(&name(key), b"value", None)).unwrap();
        assert_eq!(next(&heard), name(key).as_str());
        watched.follower.wait_until(|follower| !follower.say(&["GET", name(key).as_str()]).is_empty());
    }
    watched.follower.say(&["COPY", name("key").as_str(), "before"]);
    assert!(block_on(store.delete(&name("key"))).unwrap());
    assert_eq!(next(&heard), name("key").as_str());
    watched.follower.wait_until(|follower| follower.say(&["GET", name("key").as_str()]).is_empty());
    // As if it had not heard of the removal in time.
    watched.follower.say(&["RENAME", "before", name("key").as_str()]);
    watched.leader.kill();
    assert_eq!(next(&heard), "lost");
    assert_eq!(next(&heard), "regained");
    watched.follower.wait_until(|_| get(&store, "other").is_some());
    assert_eq!(get(&store, "other").as_deref(), Some("value"));
    assert_eq!(get(&store, "key"), None);
    assert!(watched.follower.say(&["ROLE"]).starts_with("master"));
    block_on(store.set(&name("new"), b"value", None)).unwrap();
}

fn followers() {
    let watched = Watched::start();
    let config = Config::new(&(watched.url() + "?read_replicas=true")).unwrap().read_your_writes(Duration::ZERO);
    let config = config.response_timeout(PATIENCE);
    let store = Redis::new(config).unwrap();
    watched.follower.say(&["SET", name("key").as_str(), "of the follower"]);
    assert_eq!(get(&store, "key").as_deref(), Some("of the follower"));
    assert!(!block_on(store.delete(&name("key"))).unwrap(), "it is not there where it would be written");
}

fn unknown() {
    let watched = Watched::start();
    let store = store(&watched.url().replace("/shop", "/shops"));
    let error = block_on(store.get(&name("key"))).unwrap_err();
    assert!(error.kind() == Kind::Configuration && error.to_string().contains("`shops`"), "{error}");
}
