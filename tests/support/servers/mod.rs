//! Private servers for tests: each in a folder of its own and on a socket of its own, and gone with its test.
//!
//! A server is the child of a small shell that holds the other end of a pipe: when the test is killed, the pipe ends, and
//! the shell takes server and folder along. Where root runs the tests, a server runs as `nobody`, since none of them will
//! run as root.

#![allow(dead_code, unused_imports, reason = "not every program needs all servers, and each of their faults")]

mod certificates;
mod chromium;
mod keeper;
mod mariadb;
mod memcached;
mod place;
mod ports;
mod postgres;
mod programs;
mod redis;
mod server;

use std::path::Path;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

pub use certificates::can_certify;
pub use chromium::Chromium;
pub use mariadb::MariaDb;
pub use memcached::Memcached;
pub use postgres::Postgres;
pub use redis::{Cluster, Redis, Replicated, Watched};
use server::PATIENCE;
pub use server::Server;

/// The password of the user `larder` on every server here.
pub const PASSWORD: &str = "not-for-others";

fn said(what: &'static str) -> impl Fn(std::io::Error) -> String {
    move |error| format!("{what}: {error}")
}

/// Returns a path as it stands in an address.
fn in_url(path: &Path) -> String {
    path.display().to_string().replace('/', "%2F")
}

/// Waits until a server has started that another thread starts meanwhile.
fn started<T>(start: JoinHandle<Result<T, String>>) -> Result<T, String> {
    start.join().unwrap_or_else(|_| Err("a server that could not be started".to_owned()))
}

/// Waits until something is so.
pub fn until(what: &str, is_so: impl Fn() -> bool) -> Result<(), String> {
    let begun = Instant::now();
    while !is_so() {
        if begun.elapsed() > PATIENCE {
            return Err(format!("never: {what}"));
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}
