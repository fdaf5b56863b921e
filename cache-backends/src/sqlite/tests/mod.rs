//! The store on files.

mod crowd;
mod damage;
mod files;
mod moved;
mod room;
mod tables;
mod tickets;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cache_core::backend::Backend;
use cache_core::clock::Clock;
use cache_core::error::Error;
use cache_core::key::{Name, Scope};
use cache_core::testing::block_on;
use rusqlite::Connection;
use tempfile::TempDir;

use super::{Config, Sqlite};

/// A folder, a file in it, and a clock.
struct Ground {
    folder: TempDir,
    clock: Clock,
}

impl Ground {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), clock: Clock::manual() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("cache.db")
    }

    fn config(&self) -> Config {
        Config::new(self.path()).clock(self.clock.clone())
    }

    fn store(&self) -> Sqlite {
        Sqlite::new(self.config()).unwrap()
    }

    /// Opens the file as another program would.
    fn stranger(&self) -> Connection {
        stranger(&self.path())
    }
}

fn stranger(path: &Path) -> Connection {
    Connection::open(path).unwrap()
}

fn name(key: &str) -> Name {
    Scope::new("shop", "1", None).unwrap().name(&key.into())
}

fn run<T>(work: impl Future<Output = Result<T, Error>>) -> T {
    block_on(work).unwrap()
}

fn failed<T>(work: impl Future<Output = Result<T, Error>>) -> Error {
    block_on(work).map(drop).expect_err("it fails")
}

#[expect(clippy::unnecessary_wraps, reason = "it is what stores take")]
fn seconds(seconds: u64) -> Option<Duration> {
    Some(Duration::from_secs(seconds))
}

/// Puts an entry under this key, with the key as its value.
fn put(store: &Sqlite, key: &str, time: Option<Duration>) {
    run(store.set(&name(key), key.as_bytes(), time));
}

fn has(store: &Sqlite, key: &str) -> bool {
    run(store.get(&name(key))).is_some()
}

/// Returns the number that a question comes to.
fn number(connection: &Connection, question: &str) -> i64 {
    connection.query_row(question, [], |row| row.get(0)).unwrap()
}
