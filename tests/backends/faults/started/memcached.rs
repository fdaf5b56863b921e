//! Memcached, as tests start it.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use super::super::{Needed, own};
use crate::servers::Memcached;

const MEMCACHED: &[Needed] = &[("memcached", Memcached::is_installed)];

own!(MEMCACHED =>
    a_server_comes_and_goes_as_it_is_told,
    servers_listen_on_ports_of_their_own,
    a_guarded_server_lets_nobody_in_without_a_password,
    a_bounded_server_makes_room_and_refuses_what_is_too_large,
    seconds_go_by_for_what_has_an_end_and_for_nothing_else,
);

fn a_server_comes_and_goes_as_it_is_told() -> Result<(), String> {
    let server = Memcached::start()?;
    assert_eq!(server.ask("ms key 5\r\nvalue")?, ["HD"]);
    assert_eq!(server.ask("mg key v")?, ["VA 5", "value"]);
    server.stop();
    assert!(server.ask("mg key v").is_err());
    server.start_again();
    assert_eq!(server.ask("mg key v")?, ["EN"], "nothing was kept");
    let folder = server.path("");
    drop(server);
    assert!(!folder.exists(), "and nothing is left behind");
    Ok(())
}

fn servers_listen_on_ports_of_their_own() -> Result<(), String> {
    let servers = [(); 3].map(|()| Memcached::setup().on_port().start());
    let [one, two, three] = servers;
    let servers = [one?, two?, three?];
    for (at, server) in servers.iter().enumerate() {
        server.ask(&format!("ms key 1\r\n{at}"))?;
    }
    for (at, server) in servers.iter().enumerate() {
        assert_eq!(server.ask("mg key v")?, ["VA 1".to_owned(), at.to_string()]);
    }
    Ok(())
}

fn a_guarded_server_lets_nobody_in_without_a_password() -> Result<(), String> {
    let server = Memcached::setup().guarded().start()?;
    let mut socket = UnixStream::connect(server.socket()).map_err(|why| why.to_string())?;
    let mut said = [0; 6];
    socket.write_all(b"mn\r\n").and_then(|()| socket.read_exact(&mut said)).map_err(|why| why.to_string())?;
    assert_eq!(&said, b"CLIENT", "an error, and not MN");
    assert_eq!(server.ask("mg key v")?, ["EN"], "with its password it answers");
    Ok(())
}

fn a_bounded_server_makes_room_and_refuses_what_is_too_large() -> Result<(), String> {
    let server = Memcached::setup().max_memory(2).max_item(512).start()?;
    let value = "v".repeat(40_000);
    for key in 0..100 {
        assert_eq!(server.ask(&format!("ms key{key} {}\r\n{value}", value.len()))?, ["HD"]);
    }
    assert!(server.stat("evictions").is_some_and(|removed| removed > 0));
    let value = "v".repeat(600_000);
    assert_eq!(server.ask(&format!("ms key {}\r\n{value}", value.len()))?, ["SERVER_ERROR object too large for cache"]);
    Ok(())
}

fn seconds_go_by_for_what_has_an_end_and_for_nothing_else() -> Result<(), String> {
    let server = Memcached::start()?;
    server.ask("ms short 1 T60\r\n1\r\nms long%20 1 T600\r\n1\r\nms endless 1\r\n1")?;
    server.let_time_pass(60)?;
    let left = server.ask("mg short t\r\nmg endless t\r\nmg long%20 t")?;
    let [short, endless, long] = &left[..] else { return Err(format!("{left:?}")) };
    assert_eq!([&**short, endless], ["EN", "HD t-1"]);
    assert!(long.strip_prefix("HD t").is_some_and(|left| matches!(left.parse(), Ok(500..=540))), "{long}");
    Ok(())
}
