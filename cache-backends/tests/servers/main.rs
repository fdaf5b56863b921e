//! Stores on live servers: what is asked of each, and what comes of it when its server is away, slow or new.

mod faults;
mod keeper;
mod kind;
mod races;
#[path = "../../../tests/support/servers/mod.rs"]
mod servers;
mod stores;

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
    let is_ignored = !K::is_installed() && env::var_os("LARDER_REQUIRE_SERVERS").is_none();
    let tests = [keeper::tests::<K>(), stores::tests::<K>(), races::tests::<K>(), faults::tests::<K>()].concat();
    let trial = |(name, test): Test| Trial::test(format!("{}::{name}", K::NAME), test).with_ignored_flag(is_ignored);
    tests.into_iter().map(trial).collect()
}
