//! A cluster.

use std::collections::BTreeSet;

use cache_backends::redis::Redis;
use cache_core::backend::{Backend, Entry, Names};
use cache_core::error::Kind;
use cache_core::testing::block_on;

use crate::listening::{Ear, next};
use crate::server::Server;
use crate::single::{assert_conforms, name, store};

pub const TESTS: &[(&str, fn())] = &[
    ("over_a_cluster_the_store_is_what_the_engine_relies_on", conforms),
    ("a_name_that_moves_to_another_server_is_found_there_all_the_time", moved),
    ("a_list_misses_no_name_that_moves_to_a_server_that_was_listed_before", list_moved),
    ("when_a_server_of_a_cluster_is_lost_another_takes_its_place", lost),
    ("one_server_of_a_cluster_says_that_it_is_one", one_alone),
];

/// The settings of a server that finds out soon that another one is away.
const SETTINGS: &[&str] =
    &["--cluster-enabled", "yes", "--cluster-node-timeout", "500", "--cluster-replica-validity-factor", "0"];

/// Starts three servers that share the names among them.
fn three() -> Vec<Server> {
    let servers: Vec<_> = (0..3).map(|_| Server::start(SETTINGS)).collect();
    let slots = [("0", "5460"), ("5461", "10922"), ("10923", "16383")];
    for (server, (from, to)) in servers.iter().zip(slots) {
        server.say(&["CLUSTER", "ADDSLOTSRANGE", from, to]);
        server.say(&["CLUSTER", "MEET", "127.0.0.1", &servers[0].port.to_string()]);
    }
    for server in &servers {
        server.wait_until(|server| is_whole(server, 3));
    }
    servers
}

fn is_whole(server: &Server, known: usize) -> bool {
    let info = server.say(&["CLUSTER", "INFO"]);
    info.contains("cluster_state:ok") && info.contains(&format!("cluster_known_nodes:{known}"))
}

fn url(servers: &[Server]) -> String {
    // The first one alone: it knows the others.
    format!("redis+cluster://127.0.0.1:{}", servers[0].port)
}

fn id(server: &Server) -> String {
    server.say(&["CLUSTER", "MYID"])
}

fn get(store: &Redis, key: &str) -> Option<Vec<u8>> {
    block_on(store.get(&name(key))).expect("a live server")
}

fn conforms() {
    let servers = three();
    for tells in ["tracking", "bus"] {
        assert_conforms(&store(&format!("{}?tells={tells}", url(&servers))));
    }
}

fn moved() {
    let servers = three();
    let store = store(&url(&servers));
    let keys: Vec<_> = (0..50).map(|number| format!("{{tag}}{number}")).collect();
    let entry = |key: &String| Entry { name: name(key), value: key.clone().into_bytes(), time: None };
    let all: Vec<_> = keys.iter().map(entry).collect();
    assert!(block_on(store.set_many(&all)).iter().all(Result::is_ok));
    let slot = servers[0].say(&["CLUSTER", "KEYSLOT", name(&keys[0]).as_str()]);
    let holds = |server: &Server| server.say(&["CLUSTER", "COUNTKEYSINSLOT", &slot]) == "50";
    let from = servers.iter().position(holds).expect("one of them");
    let to = (from + 1) % 3;
    servers[to].say(&["CLUSTER", "SETSLOT", &slot, "IMPORTING", &id(&servers[from])]);
    servers[from].say(&["CLUSTER", "SETSLOT", &slot, "MIGRATING", &id(&servers[to])]);
    let port = servers[to].port.to_string();
    for key in &keys[..20] {
        let moved = servers[from].say(&["MIGRATE", "127.0.0.1", &port, name(key).as_str(), "0", "5000"]);
        assert_eq!(moved, "OK");
    }
    let names: Vec<_> = keys.iter().map(|key| name(key)).collect();
    let found = |store: &Redis| block_on(store.get_many(&names)).unwrap().into_iter().flatten().count();
    assert_eq!(found(&store), 50, "half of them are here and half are there");
    assert!(block_on(store.delete(&names[0])).unwrap() && block_on(store.delete(&names[49])).unwrap());
    block_on(store.set(&names[0], b"again", None)).unwrap();
    assert_eq!(get(&store, &keys[0]), Some(b"again".to_vec()));
    for key in &keys[20..49] {
        servers[from].say(&["MIGRATE", "127.0.0.1", &port, name(key).as_str(), "0", "5000"]);
    }
    for server in [&servers[to], &servers[from]] {
        server.say(&["CLUSTER", "SETSLOT", &slot, "NODE", &id(&servers[to])]);
    }
    assert_eq!(found(&store), 49, "all are there");
    block_on(store.clear_scope("shop:1:{tag}")).unwrap();
    assert_eq!(found(&store), 0);
}

fn list_moved() {
    let servers = three();
    let store = store(&url(&servers));
    // All of them are on the last server, which is listed last.
    let slot_of = |tag: &u32| servers[0].say(&["CLUSTER", "KEYSLOT", &format!("{{{tag}}}")]);
    let tag = (0..1_000).find(|tag| slot_of(tag).parse::<u16>().is_ok_and(|slot| slot > 10_922)).expect("a tag");
    let names: Vec<_> = (0..50).map(|number| name(&format!("{{{tag}}}{number}"))).collect();
    for name in &names {
        block_on(store.set(name, b"value", None)).unwrap();
    }
    let (mut told, mut behind) = (BTreeSet::new(), None);
    for step in 0.. {
        assert!(step < 100, "it comes to no end");
        let Names { names: some, next } = block_on(store.list("shop:1:", behind.as_deref())).unwrap();
        told.extend(some);
        behind = next;
        if behind.is_none() {
            break;
        }
        if step == 1 {
            assert!(told.is_empty(), "it has not come to the last server");
            let (slot, port) = (slot_of(&tag), servers[0].port.to_string());
            servers[0].say(&["CLUSTER", "SETSLOT", &slot, "IMPORTING", &id(&servers[2])]);
            servers[2].say(&["CLUSTER", "SETSLOT", &slot, "MIGRATING", &id(&servers[0])]);
            for name in &names {
                assert_eq!(servers[2].say(&["MIGRATE", "127.0.0.1", &port, name.as_str(), "0", "5000"]), "OK");
            }
            for server in &servers {
                server.say(&["CLUSTER", "SETSLOT", &slot, "NODE", &id(&servers[0])]);
            }
        }
    }
    assert_eq!(told.len(), 50);
}

fn lost() {
    let mut servers = three();
    let follower = Server::start(SETTINGS);
    follower.say(&["CLUSTER", "MEET", "127.0.0.1", &servers[0].port.to_string()]);
    servers.iter().chain([&follower]).for_each(|server| server.wait_until(|server| is_whole(server, 4)));
    follower.wait_until(|follower| follower.say(&["CLUSTER", "REPLICATE", &id(&servers[2])]) == "OK");
    follower.wait_until(|follower| follower.say(&["INFO", "replication"]).contains("master_link_status:up"));
    let (store, (ear, heard)) = (store(&url(&servers)), Ear::pair());
    let _listening = store.listen("shop:", ear).unwrap();
    assert_eq!(next(&heard), "regained");
    let holds = |key: &String| {
        let slot: u16 = follower.say(&["CLUSTER", "KEYSLOT", name(key).as_str()]).parse().unwrap();
        slot > 10_922
    };
    let mut keys = (0..100).map(|number| number.to_string()).filter(holds);
    let [kept, removed] = [keys.next().unwrap(), keys.next().unwrap()];
    for key in [&kept, &removed] {
        block_on(store.set(&name(key), b"value", None)).unwrap();
        assert_eq!(next(&heard), name(key).as_str());
    }
    let before = format!("{{{}}}", name(&removed));
    servers[2].say(&["COPY", name(&removed).as_str(), &before]);
    assert!(block_on(store.delete(&name(&removed))).unwrap());
    assert_eq!(next(&heard), name(&removed).as_str());
    let replicated = |follower: &Server| follower.say(&["DBSIZE"]) == "2";
    follower.wait_until(replicated);
    servers[2].kill();
    assert_eq!(next(&heard), "lost");
    // A removal that it never heard of is made up for: the connection to it is new.
    follower.wait_until(|follower| follower.say(&["ROLE"]).starts_with("master"));
    follower.say(&["RENAME", &before, name(&removed).as_str()]);
    follower.wait_until(|_| matches!(block_on(store.get(&name(&kept))), Ok(Some(_))));
    assert_eq!(get(&store, &removed), None);
    loop {
        if next(&heard) == "regained" {
            break;
        }
    }
    block_on(store.set(&name(&kept), b"other", None)).unwrap();
    assert_eq!(next(&heard), name(&kept).as_str());
}

fn one_alone() {
    let servers = three();
    let store = store(&servers[0].url());
    let mut answers = (0..20).map(|number| block_on(store.get(&name(&number.to_string()))));
    let error = answers.find_map(Result::err).expect("two in three names are elsewhere");
    assert!(error.kind() == Kind::Configuration && error.to_string().contains("redis+cluster://"), "{error}");
}
