//! A store on live servers of Memcached: the suite, and what comes of it when a server is away, new, strict or small.

mod faults;
mod meanings;
#[path = "../../../tests/support/servers/mod.rs"]
mod servers;
mod suite;

use std::env;
use std::time::Duration;

use cache_backends::memcached::{Config, Memcached};
use cache_core::key::{Name, Scope};
use libtest_mimic::{Arguments, Trial};

/// A test, with its name.
type Test = (&'static str, fn());

fn main() {
    let arguments = Arguments::from_args();
    let is_ignored = !servers::Memcached::is_installed() && env::var_os("LARDER_REQUIRE_SERVERS").is_none();
    let trial = |(name, test): Test| {
        let run = move || {
            test();
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(is_ignored)
    };
    let tests = [suite::TESTS, meanings::TESTS, faults::TESTS].concat();
    libtest_mimic::run(&arguments, tests.into_iter().map(trial).collect()).exit();
}

/// A machine that is busy is no fault of a store.
const PATIENCE: Duration = Duration::from_secs(60);

fn store(url: &str) -> Memcached {
    let config = Config::new(url).expect("an address").response_timeout(PATIENCE);
    Memcached::new(config).expect("a store")
}

fn name(key: &str) -> Name {
    Scope::new("shop", "1", None).expect("a scope").name(&key.into())
}
