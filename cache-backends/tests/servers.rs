//! The private servers that tests of stores run on.

#[path = "../../tests/support/servers.rs"]
mod servers;

use std::os::unix::net::UnixStream;
use std::time::Duration;
use std::{env, io};

use libtest_mimic::{Arguments, Failed, Trial};
use servers::{MariaDb, Postgres, Server};

fn main() {
    let arguments = Arguments::from_args();
    let trials = [
        ("postgres", Postgres::start as fn() -> Result<Server, String>, Postgres::is_installed()),
        ("mariadb", MariaDb::start, MariaDb::is_installed()),
    ];
    let trials = trials.into_iter().map(|(kind, start, is_installed)| {
        let trial =
            Trial::test(format!("{kind}: a_server_comes_and_goes_as_it_is_told"), move || comes_and_goes(start));
        trial.with_ignored_flag(!is_installed && env::var_os("LARDER_REQUIRE_SERVERS").is_none())
    });
    libtest_mimic::run(&arguments, trials.collect()).exit();
}

fn comes_and_goes(start: fn() -> Result<Server, String>) -> Result<(), Failed> {
    let server = start()?;
    let connect = || UnixStream::connect(server.socket());
    connect()?;
    server.stop();
    assert!(connect().is_err(), "it was stopped");
    server.start_again();
    // A greeting of MariaDB waits for nothing; PostgreSQL answers what is no greeting with an error.
    let greeted = |limit| -> io::Result<usize> {
        let mut socket = connect()?;
        socket.set_read_timeout(Some(limit))?;
        io::Write::write_all(&mut socket, &[0, 0, 0, 8, 0, 0, 0, 0])?;
        io::Read::read(&mut socket, &mut [0])
    };
    assert_eq!(greeted(Duration::from_secs(10))?, 1);
    server.freeze();
    assert!(greeted(Duration::from_millis(100)).is_err(), "it stands still");
    server.thaw();
    assert_eq!(greeted(Duration::from_secs(10))?, 1);
    let socket = server.socket().to_owned();
    drop(server);
    assert!(!socket.exists(), "and leaves nothing behind");
    Ok(())
}
