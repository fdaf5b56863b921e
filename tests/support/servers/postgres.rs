//! A PostgreSQL of its own.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::place::Place;
use super::programs::folders;
use super::server::{Listens, Program};
use super::{PASSWORD, Server, certificates, in_url, ports, said};

/// PostgreSQL, as found on this machine.
pub struct Postgres;

impl Postgres {
    /// Returns whether it is here.
    pub fn is_installed() -> bool {
        Self::home().is_some()
    }

    /// Returns where its programs are, those of one version together.
    fn home() -> Option<PathBuf> {
        folders().find(|folder| ["initdb", "postgres"].iter().all(|program| folder.join(program).is_file()))
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
        let home = Self::home().ok_or("PostgreSQL is not installed: there is no `initdb`")?;
        let place = Place::make("pg")?;
        fs::write(place.path("password"), PASSWORD).map_err(said("the password"))?;
        place.run(Command::new(home.join("initdb")).arg("-D").arg(place.path("data")).args(["-U", "larder"]).args(
            [
                "--no-sync",
                "--no-locale",
                "--encoding=UTF8",
                "--auth=password",
                &format!("--pwfile={}", place.path("password").display()),
            ],
        ))?;
        let mut settings = ["fsync=off", "full_page_writes=off"].map(String::from).to_vec();
        if let Some(port) = port {
            certificates::make(&place, "DNS:localhost")?;
            let doors = "local all all password\nhostssl all all 127.0.0.1/32 password\n";
            fs::write(place.path("data/pg_hba.conf"), doors).map_err(said("who may come in"))?;
            settings.extend(["listen_addresses=127.0.0.1".into(), format!("port={port}"), "ssl=on".into()]);
            let file = |name: &str| place.path(name).display().to_string();
            settings.push(format!("ssl_cert_file={}", file("server.pem")));
            settings.push(format!("ssl_key_file={}", file("server.key")));
        } else {
            settings.push("listen_addresses=".into());
        }
        let socket = place.path(&format!(".s.PGSQL.{}", port.unwrap_or(5432)));
        let mut command = vec![home.join("postgres").into(), "-D".into(), place.path("data").into()];
        command.extend(["-k".into(), place.path("").into()]);
        for setting in settings {
            command.extend(["-c".into(), setting.into()]);
        }
        Server::start(
            place,
            Program {
                command,
                // It may be cut off in the midst of whatever it does, like one whose machine dies; what it answers is then no
                // answer to a statement.
                farewell: "QUIT",
                listens: Listens { socket, port },
                is_ready: |server, _| {
                    let status = fs::read_to_string(server.path("data/postmaster.pid")).unwrap_or_default();
                    status.lines().nth(7).is_some_and(|line| line.trim_end() == "ready")
                },
                address: |server, user, password| {
                    format!("postgres://{user}:{password}@localhost/postgres?host={}", in_url(&server.path("")))
                },
            },
        )
    }
}
