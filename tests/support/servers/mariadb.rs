//! A MariaDB of its own.

use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Command;

use super::place::Place;
use super::programs::find;
use super::server::{Listens, Program};
use super::{PASSWORD, Server, certificates, in_url, ports, said};

/// MariaDB, as found on this machine.
pub struct MariaDb;

impl MariaDb {
    /// Returns whether it is here.
    pub fn is_installed() -> bool {
        Self::programs().is_some()
    }

    /// Returns the program that makes a database, and the one that runs it.
    fn programs() -> Option<(PathBuf, PathBuf)> {
        find("mariadb-install-db").zip(find("mariadbd"))
    }

    /// Starts a server.
    ///
    /// # Errors
    ///
    /// With a sentence that says why there is none: as a rule, since it is not installed.
    pub fn start() -> Result<Server, String> {
        Self::start_at(None)
    }

    /// Starts a server that listens at an address too, for those only who encrypt.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start), and where there is no `openssl` to make certificates.
    pub fn start_encrypted() -> Result<Server, String> {
        ports::with_port(|port| Self::start_at(Some(port)))
    }

    fn start_at(port: Option<u16>) -> Result<Server, String> {
        let (install, server) = Self::programs().ok_or("MariaDB is not installed: there is no `mariadbd`")?;
        let place = Place::make("my")?;
        let set_up = format!(
            "CREATE DATABASE IF NOT EXISTS larder;\n\
             CREATE USER IF NOT EXISTS larder@localhost IDENTIFIED BY '{PASSWORD}';\n\
             GRANT ALL ON *.* TO larder@localhost WITH GRANT OPTION;\n"
        );
        fs::write(place.path("set-up.sql"), set_up).map_err(said("the set-up"))?;
        let data = format!("--datadir={}", place.path("data").display());
        let fast = ["--innodb-flush-method=nosync", "--innodb-log-file-size=4M", "--innodb-doublewrite=0"];
        place.run(
            Command::new(install)
                .args(["--no-defaults", &data, "--skip-test-db", "--skip-name-resolve"])
                .arg("--auth-root-authentication-method=normal")
                .args(fast),
        )?;
        let socket = place.path("socket");
        let mut command: Vec<OsString> = vec![server.into(), "--no-defaults".into(), data.into()];
        command.extend(fast.map(OsString::from));
        command.push("--innodb-flush-log-at-trx-commit=2".into());
        if let Some(port) = port {
            certificates::make(&place, "DNS:localhost")?;
            command.extend(["--bind-address=127.0.0.1", "--require-secure-transport=ON"].map(OsString::from));
            command.push(format!("--port={port}").into());
            command.push(format!("--ssl-cert={}", place.path("server.pem").display()).into());
            command.push(format!("--ssl-key={}", place.path("server.key").display()).into());
        } else {
            command.push("--skip-networking".into());
        }
        command.push(format!("--socket={}", socket.display()).into());
        command.push(format!("--pid-file={}", place.path("pid").display()).into());
        command.push(format!("--init-file={}", place.path("set-up.sql").display()).into());
        Server::start(
            place,
            Program {
                command,
                farewell: "KILL",
                listens: Listens { socket, port },
                // It greets whoever comes.
                is_ready: |server, _| {
                    let greets = |mut socket: UnixStream| socket.read_exact(&mut [0]).is_ok();
                    UnixStream::connect(server.socket()).is_ok_and(greets)
                },
                address: |server, user, password| {
                    format!("mysql://{user}:{password}@localhost/larder?socket={}", in_url(server.socket()))
                },
            },
        )
    }
}
