//! A hit from a store outside the process beside the bare question to the same store.
//!
//! `cargo run --release --manifest-path benches/stores/Cargo.toml -- [--quick] [memcached]`
//!
//! Prints Markdown. PostgreSQL, MariaDB and Memcached are started if they are installed; with `memcached`, that alone is measured.

mod entries;
mod files;
mod hits;
mod memcached;
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
    let (mut effort, mut is_whole) = (Effort::Full, true);
    for argument in std::env::args().skip(1) {
        match &*argument {
            "--quick" => effort = Effort::Quick,
            "memcached" => is_whole = false,
            _ => {
                eprintln!("there are --quick, and memcached");
                return ExitCode::FAILURE;
            }
        }
    }
    let stores = Stores::open(is_whole);
    println!("A hit of {} bytes, from a store of {} entries.", entries::BYTES, entries::ENTRIES);
    if is_whole {
        print(&stores, effort);
    }
    if let Some(memcached) = &stores.memcached {
        memcached.print(effort);
    }
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
