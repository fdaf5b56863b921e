//! A hit from a store outside the process beside the bare question to the same store.
//!
//! `cargo run --release --manifest-path benches/stores/Cargo.toml -- [--quick]`
//!
//! Prints Markdown. PostgreSQL and MariaDB are started if they are installed.

mod entries;
mod files;
mod hits;
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
    let effort = match std::env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => Effort::Full,
        [quick] if quick == "--quick" => Effort::Quick,
        _ => {
            eprintln!("the only option is --quick");
            return ExitCode::FAILURE;
        }
    };
    let stores = Stores::open();
    println!("A hit of {} bytes, from a store of {} entries.", entries::BYTES, entries::ENTRIES);
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
    ExitCode::SUCCESS
}
