//! The private servers themselves.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use libtest_mimic::Failed;

use crate::kind::{Kind, Test};
use crate::servers::Server;

pub fn tests<K: Kind>() -> Vec<Test> {
    vec![("a_private_server_comes_and_goes_as_it_is_told", comes_and_goes::<K>)]
}

/// Reads a byte of whatever the server has to say. MariaDB greets whoever comes; PostgreSQL answers what is no greeting
/// with an error.
fn heard(server: &Server, limit: Duration) -> io::Result<usize> {
    let mut socket = UnixStream::connect(server.socket())?;
    socket.set_read_timeout(Some(limit))?;
    socket.write_all(&[0, 0, 0, 8, 0, 0, 0, 0])?;
    socket.read(&mut [0])
}

fn comes_and_goes<K: Kind>() -> Result<(), Failed> {
    const LONG: Duration = Duration::from_secs(30);
    let server = K::start()?;
    assert_eq!(heard(&server, LONG)?, 1);
    server.stop();
    assert!(heard(&server, LONG).is_err(), "it was stopped");
    server.start_again();
    assert_eq!(heard(&server, LONG)?, 1);
    server.freeze();
    assert!(heard(&server, Duration::from_millis(50)).is_err(), "it stands still");
    server.thaw();
    assert_eq!(heard(&server, LONG)?, 1);
    let socket = server.socket().to_owned();
    drop(server);
    assert!(!socket.exists(), "and leaves nothing behind");
    Ok(())
}
