//! Stores outside the process, against everything that is asked of them, one list of tests for each.
//!
//! A store whose server is not there is ignored, and says why; where `LARDER_REQUIRE_SERVERS` is set, it fails. Not so Valkey,
//! which is not to be had everywhere: what it runs is what Redis runs.

#![allow(clippy::unnecessary_wraps, reason = "whoever runs tests takes them all alike")]

mod conformance;
#[cfg(all(feature = "toml", any(feature = "redis", feature = "memcached")))]
mod connections;
mod differences;
mod engine;
mod faults;
mod fragments;
mod many_at_once;
mod null;
mod races;
mod replay;
#[path = "../support/runs.rs"]
mod runs;
#[path = "../support/servers/mod.rs"]
mod servers;
mod shared;
mod stores;
mod tags;
mod times;
#[cfg(feature = "redis")]
mod told;
mod turns;

use larder::Error;
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use stores::{Kind, Store};

/// A test of a store, and which stores it asks.
struct Test {
    name: &'static str,
    asks: fn(&Kind) -> bool,
    run: fn(&Store) -> Result<(), Error>,
}

/// Lists the tests of a module: functions of a store.
macro_rules! tests {
    ($asks:expr => $($name:ident),+ $(,)?) => {
        pub const TESTS: &[crate::Test] = &[$(crate::Test { name: stringify!($name), asks: $asks, run: $name }),+];
    };
}
pub(crate) use tests;

/// A test of what is written about stores.
type OfDocs = (&'static str, fn());

macro_rules! tests_of_docs {
    ($($name:ident),+ $(,)?) => {
        pub const TESTS_OF_DOCS: &[crate::OfDocs] = &[$((stringify!($name), $name)),+];
    };
}
pub(crate) use tests_of_docs;

const TESTS: &[&[Test]] = &[
    conformance::TESTS,
    engine::TESTS,
    shared::TESTS,
    tags::TESTS,
    turns::TESTS,
    null::TESTS,
    replay::TESTS,
    races::TESTS,
    differences::TESTS,
    fragments::TESTS,
    many_at_once::TESTS,
];

fn main() {
    if races::work() || is_told_of_invalidations() {
        return;
    }
    let arguments = Arguments::from_args();
    let tests = || TESTS.iter().copied().flatten();
    let of = |kind| tests().filter(move |test| (test.asks)(kind)).map(move |test| trial(kind, test));
    let of_docs = |(name, run): &'static OfDocs| {
        Trial::test(format!("docs::{name}"), || {
            run();
            Ok(())
        })
    };
    let of_docs = replay::TESTS_OF_DOCS.iter().map(of_docs);
    let trials = stores::KINDS.iter().flat_map(of).chain(of_docs).chain(faults::trials()).chain(left_out()).collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    times::tell();
    conclusion.exit();
}

/// Does what the environment says, where this is the process that another one tells of invalidations.
fn is_told_of_invalidations() -> bool {
    #[cfg(feature = "redis")]
    {
        told::work()
    }
    #[cfg(not(feature = "redis"))]
    {
        false
    }
}

/// Returns what says that this program was built without some stores, for whoever may think that all were asked. Where all
/// servers are required, those who build it have said which ones they mean.
fn left_out() -> impl Iterator<Item = Trial> {
    let stores = [
        ("sqlite", cfg!(feature = "sqlite")),
        ("postgres", cfg!(feature = "postgres")),
        ("mysql", cfg!(feature = "mysql")),
        ("redis", cfg!(feature = "redis")),
        ("memcached", cfg!(feature = "memcached")),
    ];
    let is_told = std::env::var_os("LARDER_REQUIRE_SERVERS").is_none();
    stores.into_iter().filter(move |(_, is_built)| is_told && !is_built).map(|(feature, _)| {
        let why = format!("built without the feature `{feature}`: add `--features {feature}`");
        Trial::ignorable_test(format!("{feature}::all_of_it"), move || Ok(Completion::ignored_with(why)))
    })
}

fn trial(kind: &'static Kind, test: &'static Test) -> Trial {
    let name = format!("{}::{}", kind.name, test.name);
    Trial::ignorable_test(name.clone(), move || match times::note("a place is made", &name, || kind.open()) {
        Ok(store) => {
            times::note(test.name, kind.name, || (test.run)(&store)).map_err(|error| format!("{error:?}"))?;
            Ok(Completion::Completed)
        }
        Err(why) if std::env::var_os("LARDER_REQUIRE_SERVERS").is_some() && !kind.may_be_missing() => {
            Err(Failed::from(why))
        }
        Err(why) => Ok(Completion::ignored_with(why)),
    })
}
