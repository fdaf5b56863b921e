//! A hit from a store outside the process beside the bare question to the same store.
//!
//! `cargo run --release --manifest-path benches/stores/Cargo.toml -- [--quick] [memcached|redis|both]`
//!
//! Prints Markdown. PostgreSQL, MariaDB, Memcached and Redis are started if they are installed; with `memcached` or `redis`, that
//! alone is measured, and with `both` these two. What they are held against stands in the last table, with what is missed.

mod aims;
mod crowd;
mod entries;
mod files;
mod hits;
mod memcached;
mod redis;
#[path = "../../src/report.rs"]
#[allow(dead_code, reason = "other programs print more")]
mod report;
mod rounds;
#[path = "../../../tests/support/servers/mod.rs"]
#[allow(dead_code, reason = "tests do more with them")]
mod servers;
mod sqlite;
mod stores;
mod tables;

use std::process::ExitCode;

use rounds::Effort;
use stores::Stores;

fn main() -> ExitCode {
    let (mut effort, mut only) = (Effort::Full, None);
    for argument in std::env::args().skip(1) {
        match &*argument {
            "--quick" => effort = Effort::Quick,
            "memcached" | "redis" | "both" => only = Some(argument),
            _ => {
                eprintln!("there are --quick, memcached, redis and both");
                return ExitCode::FAILURE;
            }
        }
    }
    let is_wanted = |name: &str| only.as_deref().is_none_or(|only| only == name || only == "both");
    let stores = Stores::open(only.is_none());
    println!("A hit of {} bytes, from a store of {} entries.", entries::BYTES, entries::ENTRIES);
    if only.is_none() {
        print(&stores, effort);
    }
    let mut aims = Vec::new();
    if let Some(memcached) = stores.memcached.as_ref().filter(|_| is_wanted("memcached")) {
        aims.extend(memcached.print(effort));
    }
    if let Some(redis) = stores.redis.as_ref().filter(|_| is_wanted("redis")) {
        aims.extend(redis.print(effort));
    }
    aims::print(&aims);
    ExitCode::SUCCESS
}

fn print(stores: &Stores, effort: Effort) {
    rounds::print("Files", &files::candidates(&stores.files), effort);
    rounds::print("SQLite", &sqlite::candidates(&stores.sqlite), effort);
    for (callers, title) in [(1, "one caller"), (tables::MANY, "64 callers")] {
        if let Some(postgres) = &stores.postgres {
            rounds::print(&format!("PostgreSQL, {title}"), &postgres.candidates(callers), effort);
        }
        if let Some(mariadb) = &stores.mariadb {
            rounds::print(&format!("MariaDB, {title}"), &mariadb.candidates(callers), effort);
        }
    }
}
