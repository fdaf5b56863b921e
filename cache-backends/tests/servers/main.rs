//! Stores on live servers: what their tables and connections are, and what comes of it when a server is away, slow or new.
//!
//! What is asked of every store is asked in `tests/backends` of the crate `larder`.

mod faults;
mod keeper;
mod kind;
#[path = "../../../tests/support/servers/mod.rs"]
mod servers;
mod stores;
#[cfg(feature = "tls")]
mod tls;

use std::env;

use kind::{Kind, MariaDb, Postgres, Test};
use libtest_mimic::{Arguments, Trial};

fn main() {
    let arguments = Arguments::from_args();
    let both = [trials::<Postgres>(), trials::<MariaDb>()];
    libtest_mimic::run(&arguments, both.into_iter().flatten().collect()).exit();
}

/// Returns all tests for one kind of server: ignored where there is none, unless it must be there.
fn trials<K: Kind>() -> Vec<Trial> {
    let may_be_missing = env::var_os("LARDER_REQUIRE_SERVERS").is_none();
    let trials = |tests: Vec<Test>, is_missing: bool| {
        let is_ignored = is_missing && may_be_missing;
        let trial =
            move |(name, test): Test| Trial::test(format!("{}::{name}", K::NAME), test).with_ignored_flag(is_ignored);
        tests.into_iter().map(trial)
    };
    let tests = [keeper::tests::<K>(), stores::tests::<K>(), faults::tests::<K>()].concat();
    let tests = trials(tests, !K::is_installed());
    #[cfg(feature = "tls")]
    let tests = tests.chain(trials(tls::tests::<K>(), !K::is_installed() || !servers::can_certify()));
    tests.collect()
}
