//! Redis goes away, breaks off, stands still, makes room, changes its leader, and moves its slots.

use larder::stores::redis::{Config, Redis as Store};
use larder::testing::{Isolated, Larder};
use larder::{Error, Settings};

use super::load::{LIMIT, Source, caches, is_well_again, under_load, wait};
use super::proxy::Proxy;
use super::{Needed, own};
use crate::servers::{Cluster, PASSWORD, Redis, Watched};

const REDIS: &[Needed] = &[("redis-server", Redis::is_installed)];

own!(REDIS =>
    a_server_is_killed_under_load_and_comes_back_with_what_it_kept,
    a_server_is_killed_under_load_and_comes_back_empty,
    connections_break_in_the_midst_of_answers,
    all_connections_are_cut_and_none_is_taken_for_a_while,
    a_server_stands_still_for_a_while,
    answers_are_held_back_for_a_while,
    a_server_that_is_full_makes_room_under_load,
    a_replica_is_promoted_under_load,
    slots_of_a_cluster_move_under_load,
    a_node_of_a_cluster_is_killed_under_load_and_comes_back,
    a_replica_of_a_cluster_takes_the_place_of_its_leader_under_load,
);

fn said(error: &Error) -> String {
    format!("{error:?}")
}

fn settings(url: &str) -> Result<Settings, String> {
    let store = Config::new(url).and_then(|config| Store::new(config.response_timeout(LIMIT)));
    store.map(Settings::backend).map_err(|error| said(&error))
}

/// Makes caches as two processes have them: one that is under load, and one that looks on.
fn two(url: &str, other: &str) -> Result<(Isolated, Larder), String> {
    let other = caches(settings(other)?).map_err(|error| said(&error))?.handle();
    Ok((caches(settings(url)?).map_err(|error| said(&error))?, other))
}

fn url_at(port: u16) -> String {
    format!("redis://larder:{PASSWORD}@127.0.0.1:{port}")
}

fn killed(fault: &str, server: &Redis) -> Result<(), String> {
    let (larder, other) = two(&server.url(), &server.url())?;
    let source = Source::new();
    for _ in 0..3 {
        under_load(&larder, &source, |progress| {
            server.stop();
            progress.more_calls(300);
            server.start_again();
        });
        is_well_again(&source, &[&larder, &other]);
    }
    assert!(larder.cache("default").stats().trouble > 0, "the cache has counted that its store was away");
    source.seen.row("Redis", fault, &larder);
    Ok(())
}

fn a_server_is_killed_under_load_and_comes_back_with_what_it_kept() -> Result<(), String> {
    killed(
        "three times the server is killed, and comes back after 300 calls with what it kept",
        &Redis::setup().lasting().start()?,
    )
}

fn a_server_is_killed_under_load_and_comes_back_empty() -> Result<(), String> {
    killed("three times the server is killed, and comes back empty after 300 calls", &Redis::start()?)
}

fn connections_break_in_the_midst_of_answers() -> Result<(), String> {
    let server = Redis::setup().on_port().start()?;
    let proxy = Proxy::before_port(server.port()).map_err(|error| error.to_string())?;
    let (larder, other) = two(&url_at(proxy.port()), &server.url())?;
    let source = Source::padded(2_000);
    under_load(&larder, &source, |progress| {
        for bytes in [0, 1, 5, 100, 1_000, 2_000, 5_000, 20_000] {
            proxy.cut_after(bytes);
            let before = proxy.counts().connections;
            proxy.until(|counts| counts.connections > before);
            progress.more_calls(200);
        }
    });
    is_well_again(&source, &[&larder, &other]);
    let (stats, counts) = (larder.cache("default").stats(), proxy.counts());
    assert!(stats.trouble > 0 && counts.connections > 8, "{stats:?}, {counts:?}");
    source.seen.row("Redis", "eight times a connection breaks, after 0 to 20,000 bytes of an answer", &larder);
    Ok(())
}

fn all_connections_are_cut_and_none_is_taken_for_a_while() -> Result<(), String> {
    let server = Redis::setup().on_port().start()?;
    let proxy = Proxy::before_port(server.port()).map_err(|error| error.to_string())?;
    let (larder, other) = two(&url_at(proxy.port()), &server.url())?;
    let source = Source::new();
    under_load(&larder, &source, |progress| {
        proxy.refuse();
        proxy.cut();
        progress.more_calls(500);
        proxy.accept();
    });
    is_well_again(&source, &[&larder, &other]);
    assert!(proxy.counts().refused > 0, "{:?}", proxy.counts());
    source.seen.row("Redis", "all connections are cut, and none is taken for 500 calls", &larder);
    Ok(())
}

fn a_server_stands_still_for_a_while() -> Result<(), String> {
    let server = Redis::start()?;
    let (larder, other) = two(&server.url(), &server.url())?;
    let source = Source::new();
    under_load(&larder, &source, |progress| {
        server.freeze();
        progress.more_calls(60);
        server.thaw();
    });
    is_well_again(&source, &[&larder, &other]);
    assert!(larder.cache("default").stats().trouble > 0, "the cache has counted that its store was silent");
    source.seen.row("Redis", "the server stands still (`SIGSTOP`) for 60 calls", &larder);
    Ok(())
}

fn answers_are_held_back_for_a_while() -> Result<(), String> {
    let server = Redis::setup().on_port().start()?;
    let proxy = Proxy::before_port(server.port()).map_err(|error| error.to_string())?;
    let (larder, other) = two(&url_at(proxy.port()), &server.url())?;
    let source = Source::new();
    under_load(&larder, &source, |progress| {
        for _ in 0..3 {
            proxy.hold();
            proxy.until_held();
            progress.more_calls(20);
            // What was asked and given up long ago reaches the server now.
            proxy.let_go();
            progress.more_calls(200);
        }
    });
    is_well_again(&source, &[&larder, &other]);
    source.seen.row("Redis", "three times all that is said is held back for 20 calls, and then arrives", &larder);
    Ok(())
}

fn a_server_that_is_full_makes_room_under_load() -> Result<(), String> {
    let server = Redis::setup().max_memory("3mb").start()?;
    let (larder, _) = two(&server.url(), &server.url())?;
    let source = Source::padded(200_000);
    under_load(&larder, &source, |progress| progress.more_calls(2_000));
    let removed = server.info("stats", "evicted_keys").unwrap_or_default();
    assert!(removed.parse::<u32>().is_ok_and(|removed| removed > 0), "{removed}");
    assert!(larder.cache("default").stats().hits > 0, "and some values stayed");
    source.seen.row("Redis", "the server is full, and makes room", &larder);
    Ok(())
}

fn a_replica_is_promoted_under_load() -> Result<(), String> {
    let watched = Watched::start()?;
    let (larder, other) = two(&watched.url(), &watched.url())?;
    let source = Source::new();
    under_load(&larder, &source, |progress| {
        watched.servers.leader.stop();
        watched.until_promoted().expect("sentinels that agree");
        progress.more_calls(500);
    });
    is_well_again(&source, &[&larder, &other]);
    source.seen.row("Redis", "the leader is killed, and sentinels promote its replica", &larder);
    Ok(())
}

fn slots_of_a_cluster_move_under_load() -> Result<(), String> {
    let cluster = Cluster::start()?;
    let (larder, other) = two(&cluster.url(), &cluster.url())?;
    let source = Source::new();
    under_load(&larder, &source, |progress| {
        let keys = |node: &Redis| node.ask(&["KEYS", "*"]).expect("a server that works");
        let mut slots = Vec::new();
        wait("there is something to move", || {
            slots = keys(&cluster.nodes[0]).iter().map(|key| cluster.slot(key).expect("a slot")).collect();
            !slots.is_empty()
        });
        for slot in slots.into_iter().take(8) {
            cluster.begin_move(slot, 1).expect("a slot that begins to move");
            progress.more_calls(100);
            cluster.finish_move(slot, 1).expect("a slot that has moved");
            progress.more_calls(100);
        }
    });
    is_well_again(&source, &[&larder, &other]);
    source.seen.row("Redis", "eight slots of a cluster move to another server", &larder);
    Ok(())
}

fn a_node_of_a_cluster_is_killed_under_load_and_comes_back() -> Result<(), String> {
    let cluster = Cluster::start()?;
    let (larder, other) = two(&cluster.url(), &cluster.url())?;
    let source = Source::new();
    under_load(&larder, &source, |progress| {
        cluster.nodes[2].stop();
        progress.more_calls(100);
        cluster.nodes[2].start_again();
        cluster.settle().expect("a cluster that is whole again");
    });
    is_well_again(&source, &[&larder, &other]);
    source.seen.row("Redis", "one of three servers of a cluster is killed, and comes back", &larder);
    Ok(())
}

fn a_replica_of_a_cluster_takes_the_place_of_its_leader_under_load() -> Result<(), String> {
    let cluster = Cluster::start_replicated()?;
    let (larder, other) = two(&cluster.url(), &cluster.url())?;
    let source = Source::new();
    under_load(&larder, &source, |progress| {
        cluster.nodes[1].stop();
        cluster.until_replaced(1).expect("a cluster that is whole again");
        progress.more_calls(500);
    });
    is_well_again(&source, &[&larder, &other]);
    source.seen.row("Redis", "one of three leaders of a cluster is killed, and its replica is promoted", &larder);
    Ok(())
}
