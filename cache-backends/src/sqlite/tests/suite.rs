//! The conformance suite.

use cache_core::clock::Clock;
use cache_core::testing::conformance;

use super::super::{Config, Sqlite};

#[test]
fn it_holds_what_is_asked_of_a_store() {
    let (clock, folder) = (Clock::manual(), tempfile::tempdir().unwrap());
    let store = Sqlite::new(Config::new(folder.path().join("cache.db")).clock(clock.clone())).unwrap();
    conformance::check(&store, |time| clock.advance(time));
}

#[test]
fn it_holds_the_same_in_memory() {
    let clock = Clock::manual();
    let store = Sqlite::new(Config::in_memory().clock(clock.clone())).unwrap();
    conformance::check(&store, |time| clock.advance(time));
}
