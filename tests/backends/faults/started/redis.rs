//! Redis, as tests start it.

use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::super::{Needed, own};
use crate::servers::{Cluster, Redis, Replicated, Watched};

const REDIS: Needed = ("redis-server", Redis::is_installed);
const ENCRYPTED: &[Needed] = &[REDIS, ("openssl", || Command::new("openssl").arg("version").output().is_ok())];

own!(ENCRYPTED =>
    a_server_comes_and_goes_as_it_is_told,
    a_server_keeps_what_it_is_to_keep_when_it_is_killed,
    a_guarded_server_lets_nobody_in_without_a_password,
    a_bounded_server_makes_room,
    time_goes_by_for_what_has_an_end_and_for_nothing_else,
    an_encrypted_server_shows_a_certificate_that_the_authority_has_signed,
    a_replica_follows_and_can_be_promoted,
    sentinels_promote_the_replica_when_the_leader_is_gone,
    a_slot_of_a_cluster_moves_with_what_is_in_it,
);

fn a_server_comes_and_goes_as_it_is_told() -> Result<(), String> {
    let server = Redis::setup().on_port().start()?;
    let greets = || TcpStream::connect(("127.0.0.1", server.port())).is_ok();
    server.ask(&["SET", "key", "value"])?;
    assert!(greets());
    server.stop();
    assert!(!greets() && server.ask(&["PING"]).is_err());
    server.start_again();
    assert_eq!((greets(), server.ask(&["GET", "key"])?), (true, Vec::new()), "nothing was kept");
    let folder = server.path("");
    drop(server);
    assert!(!folder.exists(), "and nothing is left behind");
    Ok(())
}

fn a_server_keeps_what_it_is_to_keep_when_it_is_killed() -> Result<(), String> {
    let server = Redis::setup().lasting().start()?;
    server.ask(&["SET", "key", "value"])?;
    server.stop();
    server.start_again();
    assert_eq!(server.ask(&["GET", "key"])?, ["value"]);
    Ok(())
}

fn a_guarded_server_lets_nobody_in_without_a_password() -> Result<(), String> {
    let [open, guarded] = [Redis::setup(), Redis::setup().guarded()].map(|setup| setup.start());
    let said = |server: &Redis| {
        let socket = server.socket().display().to_string();
        let output = Command::new("redis-cli").args(["-s", &socket, "PING"]).output().map_err(|why| why.to_string())?;
        Ok::<_, String>(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    assert_eq!(said(&open?)?, "PONG");
    let guarded = guarded?;
    assert!(said(&guarded)?.starts_with("NOAUTH"));
    assert_eq!(guarded.ask(&["PING"])?, ["PONG"], "with its password it answers");
    Ok(())
}

fn a_bounded_server_makes_room() -> Result<(), String> {
    let server = Redis::setup().max_memory("3mb").start()?;
    let value = "v".repeat(100_000);
    for key in 0..40 {
        server.ask(&["SET", &key.to_string(), &value])?;
    }
    let removed = server.info("stats", "evicted_keys").unwrap_or_default();
    assert!(removed.parse::<u32>().is_ok_and(|removed| removed > 0), "{removed}");
    Ok(())
}

fn time_goes_by_for_what_has_an_end_and_for_nothing_else() -> Result<(), String> {
    let server = Redis::start()?;
    server.ask(&["SET", "short", "value", "PX", "60000"])?;
    server.ask(&["SET", "long", "value", "PX", "600000"])?;
    server.ask(&["SET", "endless", "value"])?;
    Redis::let_time_pass(server.socket(), Duration::from_secs(60))?;
    let left = |key: &str| server.ask(&["PTTL", key]).map(|said| said.concat().parse::<i64>().unwrap_or_default());
    assert_eq!((left("short")?, left("endless")?), (-2, -1));
    assert!((500_000..=540_000).contains(&left("long")?), "{:?}", left("long"));
    Ok(())
}

fn an_encrypted_server_shows_a_certificate_that_the_authority_has_signed() -> Result<(), String> {
    let server = Redis::setup().encrypted().start()?;
    let mut command = Command::new("openssl");
    command.args(["s_client", "-connect", &format!("localhost:{}", server.port()), "-verify_hostname", "localhost"]);
    command.arg("-CAfile").arg(server.path("authority.pem")).arg("-verify_return_error");
    let output = command.stdin(Stdio::null()).output().map_err(|why| why.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("Verify return code: 0 (ok)"), "{said}");
    Ok(())
}

fn a_replica_follows_and_can_be_promoted() -> Result<(), String> {
    let both = Replicated::start()?;
    both.leader.ask(&["SET", "key", "value"])?;
    both.catch_up()?;
    assert_eq!(both.replica.ask(&["GET", "key"])?, ["value"]);
    assert!(both.replica.ask(&["SET", "key", "other"]).is_err_and(|why| why.starts_with("READONLY")));
    both.promote()?;
    assert_eq!(both.replica.ask(&["SET", "key", "other"])?, ["OK"]);
    Ok(())
}

fn sentinels_promote_the_replica_when_the_leader_is_gone() -> Result<(), String> {
    let watched = Watched::start()?;
    assert_eq!(watched.leader().map(|leader| leader.port()), Some(watched.servers.leader.port()));
    watched.servers.leader.stop();
    watched.until_promoted()?;
    assert_eq!(watched.servers.replica.ask(&["SET", "key", "value"])?, ["OK"]);
    Ok(())
}

fn a_slot_of_a_cluster_moves_with_what_is_in_it() -> Result<(), String> {
    let cluster = Cluster::start()?;
    let slot = cluster.slot("key")?;
    let from = cluster.owner(slot).ok_or("a slot without an owner")?;
    let to = (from + 1) % 3;
    cluster.nodes[from].ask(&["SET", "key", "value"])?;
    assert!(cluster.nodes[to].ask(&["GET", "key"]).is_err_and(|why| why.starts_with("MOVED")));
    cluster.begin_move(slot, to)?;
    assert!(cluster.nodes[from].ask(&["GET", "missing{key}"]).is_err_and(|why| why.starts_with("ASK")));
    cluster.finish_move(slot, to)?;
    assert_eq!((cluster.owner(slot), cluster.nodes[to].ask(&["GET", "key"])?), (Some(to), vec!["value".to_owned()]));
    assert!(cluster.nodes[from].ask(&["GET", "key"]).is_err_and(|why| why.starts_with("MOVED")));
    Ok(())
}
