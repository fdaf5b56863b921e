//! Transactions of sqlx on live servers: what is told and invalidated when one is committed, rolled back or left.
//!
//! The servers are those that sqlx has drivers for here: its SQLite needs another one than `larder::stores::sqlite`, and a
//! program has room for one. What is not there is ignored; where `LARDER_REQUIRE_SERVERS` is set, it fails.

mod kind;
#[path = "../support/servers/mod.rs"]
mod servers;
mod transactions;

use std::env;
use std::pin::Pin;

use kind::{Kind, MariaDb, Postgres};
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime;

/// A test, by its name.
type Test = (&'static str, fn() -> Running);

type Running = Pin<Box<dyn Future<Output = Result<(), sqlx::Error>>>>;

fn main() {
    let arguments = Arguments::from_args();
    let tests =
        [trials::<Postgres>(transactions::tests::<Postgres>()), trials::<MariaDb>(transactions::tests::<MariaDb>())];
    let of_postgres = trials::<Postgres>(transactions::tests_of_postgres());
    libtest_mimic::run(&arguments, tests.into_iter().flatten().chain(of_postgres).collect()).exit();
}

fn trials<K: Kind>(tests: Vec<Test>) -> Vec<Trial> {
    let is_ignored = !K::is_installed() && env::var_os("LARDER_REQUIRE_SERVERS").is_none();
    let trial = |(name, test): Test| {
        Trial::test(format!("{}::{name}", K::NAME), move || run(test)).with_ignored_flag(is_ignored)
    };
    tests.into_iter().map(trial).collect()
}

/// Runs a test on a runtime of one thread, whose tasks see the caches of the test.
fn run(test: fn() -> Running) -> Result<(), Failed> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(test()).map_err(Failed::from)
}
