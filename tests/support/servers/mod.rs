//! Private database servers for tests: each in a folder of its own and on a socket of its own, and gone with its test.
//!
//! A server is the child of a small shell that holds the other end of a pipe: when the test is killed, the pipe ends, and
//! the shell takes server and folder along. Where root runs the tests, a server runs as `nobody`, since none of them will
//! run as root.

#![allow(dead_code, unused_imports, reason = "not every program needs all servers, and each of their faults")]

mod keeper;
mod mariadb;
mod place;
mod postgres;
mod programs;
mod server;

pub use mariadb::MariaDb;
pub use postgres::Postgres;
pub use server::Server;

/// The password of the user `larder` on every server here.
pub const PASSWORD: &str = "not-for-others";

fn said(what: &'static str) -> impl Fn(std::io::Error) -> String {
    move |error| format!("{what}: {error}")
}
