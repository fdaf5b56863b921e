//! One server that is written to, and one that follows it.

use std::time::{Duration, Instant};

use cache_backends::redis::{Config, Redis};
use cache_core::backend::Backend;
use cache_core::testing::block_on;

use crate::server::Server;
use crate::single::{PATIENCE, assert_conforms, name};

pub const TESTS: &[(&str, fn())] = &[
    ("with_one_that_follows_the_store_is_what_the_engine_relies_on", conforms),
    ("those_that_follow_are_read_and_never_written", spread),
    ("what_this_process_has_written_is_read_where_it_was_written_for_a_while", own_writes),
    ("where_none_follows_any_more_the_leader_is_read", follower_away),
    ("where_none_follows_any_more_the_leader_is_asked_for_many_at_once", follower_away_of_many),
    ("where_one_that_follows_stands_still_the_leader_is_read_in_time", follower_still),
    ("where_all_stand_still_nobody_waits_longer_than_for_one", all_still),
];

/// A leader and one that follows it, in which a test may write behind everybody's back.
fn pair() -> (Server, Server) {
    let leader = Server::start(&[]);
    let port = leader.port.to_string();
    let follower = Server::start(&["--replicaof", "127.0.0.1", &port, "--replica-read-only", "no"]);
    follower.wait_until(|follower| follower.say(&["INFO", "replication"]).contains("master_link_status:up"));
    (leader, follower)
}

fn store((leader, follower): &(Server, Server), read_your_writes: Duration) -> Redis {
    let config = Config::new(&format!("{}?replicas=127.0.0.1:{}", leader.url(), follower.port)).expect("an address");
    Redis::new(config.read_your_writes(read_your_writes).response_timeout(PATIENCE)).expect("a store")
}

/// Returns the text that the store finds.
fn get(store: &Redis, key: &str) -> Option<String> {
    block_on(store.get(&name(key))).expect("a live server").and_then(|bytes| String::from_utf8(bytes).ok())
}

fn conforms() {
    let pair = pair();
    assert_conforms(&store(&pair, Duration::from_secs(1_000)));
}

fn spread() {
    let pair = pair();
    let store = store(&pair, Duration::ZERO);
    let (leader, follower) = &pair;
    block_on(store.set(&name("key"), b"of the leader", None)).unwrap();
    follower.wait_until(|_| get(&store, "key").is_some());
    follower.say(&["SET", name("key").as_str(), "of the follower"]);
    assert_eq!(get(&store, "key").as_deref(), Some("of the follower"));
    let names = ["key", "other"].map(name);
    assert_eq!(block_on(store.get_many(&names)).unwrap(), [Some(b"of the follower".to_vec()), None]);
    assert!(leader.say(&["GET", name("key").as_str()]).starts_with("of the leader"));
    let ticket = block_on(store.begin_fill(&name("key"))).unwrap();
    assert!(block_on(store.set_if(&name("key"), b"filled", None, &ticket)).unwrap(), "whether it may is asked there");
}

fn own_writes() {
    let pair = pair();
    let store = store(&pair, Duration::from_secs(1_000));
    let follower = &pair.1;
    block_on(store.set(&name("key"), b"of the leader", None)).unwrap();
    for key in ["key", "other"] {
        follower.say(&["SET", name(key).as_str(), "of the follower"]);
    }
    assert_eq!(get(&store, "key").as_deref(), Some("of the leader"));
    assert_eq!(get(&store, "other").as_deref(), Some("of the follower"));
    let names = ["key", "other"].map(name);
    let both = ["of the leader", "of the follower"].map(|text| Some(text.as_bytes().to_vec()));
    assert_eq!(block_on(store.get_many(&names)).unwrap(), both);
}

fn follower_away() {
    let mut pair = pair();
    let store = store(&pair, Duration::ZERO);
    block_on(store.set(&name("key"), b"value", None)).unwrap();
    pair.1.kill();
    assert_eq!(get(&store, "key").as_deref(), Some("value"));
    let found = block_on(store.get_many(&["key", "other"].map(name))).unwrap();
    assert_eq!(found, [Some(b"value".to_vec()), None]);
}

/// How long a call may take where servers stand still.
const LIMIT: Duration = Duration::from_secs(2);

fn impatient((leader, follower): &(Server, Server)) -> Redis {
    let config = Config::new(&format!("{}?replicas=127.0.0.1:{}", leader.url(), follower.port)).expect("an address");
    Redis::new(config.read_your_writes(Duration::ZERO).response_timeout(LIMIT)).expect("a store")
}

fn follower_away_of_many() {
    let (leader, mut follower) = pair();
    let names: Vec<_> = (0..500).map(|number| name(&number.to_string())).collect();
    let url = format!("{}?replicas=127.0.0.1:{}", leader.url(), follower.port);
    let store = Config::new(&url).and_then(Redis::new).expect("a store");
    block_on(store.set(&names[7], b"value", None)).unwrap();
    follower.kill();
    let reads = || -> u64 {
        let stats = leader.say(&["INFO", "stats"]);
        let reads = stats.lines().find_map(|line| line.strip_prefix("total_reads_processed:"));
        reads.expect("a count of reads").trim().parse().expect("a number")
    };
    let before = reads();
    let found = block_on(store.get_many(&names[..])).unwrap();
    assert_eq!(found.iter().flatten().count(), 1);
    let reads = reads() - before;
    assert!(reads < 50, "{reads} times something was asked of the leader");
}

fn follower_still() {
    let pair = pair();
    let stores = [(); 2].map(|()| impatient(&pair));
    block_on(stores[0].set(&name("key"), b"value", None)).unwrap();
    pair.1.wait_until(|_| get(&stores[0], "key").is_some());
    pair.1.stand_still();
    // One store has a connection to it, and the other opens one.
    for store in &stores {
        assert_eq!(get(store, "key").as_deref(), Some("value"));
        assert_eq!(block_on(store.get_many(&[name("key")])).unwrap(), [Some(b"value".to_vec())]);
    }
}

fn all_still() {
    let pair = pair();
    pair.0.stand_still();
    pair.1.stand_still();
    let times = || {
        let (one, many) = (impatient(&pair), impatient(&pair));
        let begun = Instant::now();
        let error = block_on(one.get(&name("key"))).unwrap_err();
        let one_took = begun.elapsed();
        assert!(block_on(many.get_many(&["key", "other"].map(name))).is_err());
        assert!(error.is_transient() && error.to_string().contains("not answered within"), "{error}");
        [one_took, begun.elapsed()]
    };
    // Each server alone would have had the whole time, whenever one asks. Half as much again is for a machine that is busy; one
    // that stands still for longer says nothing, and is asked once more.
    let is_in_time = |[one, both]: &[Duration; 2]| *one < LIMIT * 3 / 2 && *both < LIMIT * 3;
    let mut took = Vec::new();
    while took.len() < 5 && !took.last().is_some_and(is_in_time) {
        took.push(times());
    }
    assert!(took.last().is_some_and(is_in_time), "{took:?}");
}
