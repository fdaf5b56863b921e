//! What comes of a store on Redis that its server does something to.

mod cluster;
mod listening;
#[path = "../../../tests/support/servers/ports.rs"]
#[allow(dead_code, reason = "servers here are told their ports")]
mod ports;
mod replicas;
mod sentinel;
mod server;
mod single;
mod snapshot;

use std::env;

use libtest_mimic::{Arguments, Trial};
use server::Server;

fn main() {
    let arguments = Arguments::from_args();
    let is_ignored = !Server::is_installed() && env::var_os("LARDER_REQUIRE_SERVERS").is_none();
    let tests =
        [single::TESTS, snapshot::TESTS, replicas::TESTS, listening::TESTS, sentinel::TESTS, cluster::TESTS].concat();
    let trial = |(name, test): (&'static str, fn())| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
        .with_ignored_flag(is_ignored)
    };
    libtest_mimic::run(&arguments, tests.into_iter().map(trial).collect()).exit();
}
