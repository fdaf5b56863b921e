//! What the store inside the process promises: never a wrong or an expired value, never over its limits, and what goes
//! first when there is no room.

mod bounds;
mod drops;
mod eviction;
mod expiry;
mod linear;
mod model;
mod threads;

use std::sync::Arc;
use std::time::Duration;

use cache_core::clock::{Clock, Tick};
use cache_core::key::{Name, Scope};
use cache_core::record::{Erased, Record, Times};
use cache_core::store::{Limits, Store};
use proptest::collection::vec;
use proptest::prelude::*;

fn kept_until(kept_until: Tick, value: u64) -> Erased {
    let created = Tick::from_nanos(0);
    Arc::new(Record::new(1, Times { created, fresh_until: kept_until, kept_until }, value))
}

/// A record that never expires.
fn lasting(value: u64) -> Erased {
    kept_until(Tick::NEVER, value)
}

fn kept_for(clock: &Clock, seconds: u64, value: u64) -> Erased {
    kept_until(clock.now().after(Duration::from_secs(seconds)), value)
}

fn number(record: &Erased) -> u64 {
    *record.value.downcast_ref().expect("a number")
}

fn scope() -> Scope {
    Scope::new("", "1", None).expect("a short version")
}

fn named(text: &str) -> Name {
    scope().name(&text.into())
}

fn name(index: u64) -> Name {
    named(&format!("name:{index}"))
}

fn store_of(max_entries: u64) -> Store {
    Store::new(Limits { max_entries, max_bytes: None }, Clock::manual())
}

fn store_of_bytes(max_bytes: u64) -> Store {
    Store::new(Limits { max_entries: 1_000_000, max_bytes: Some(max_bytes) }, Clock::manual())
}

/// Writes a record of so many bytes, and drops what had to go for it; says whether it was kept.
fn put(store: &Store, name: &Name, value: u64, bytes: u64) -> bool {
    !store.insert(name, lasting(value), bytes).refused
}

/// Reads a name, and writes it when it is not there; says whether it was.
fn read_or_write(store: &Store, index: u64) -> bool {
    let hit = store.get(&name(index)).is_some();
    if !hit {
        put(store, &name(index), index, 1);
    }
    hit
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn whatever_is_done_to_it_it_agrees_with_a_map(bytes in vec(any::<u8>(), 0..1_200)) {
        model::run(&bytes);
    }
}
