//! What has expired is never served, and leaves by itself.

use std::time::Duration;

use cache_core::clock::{Clock, Tick};
use cache_core::store::{Limits, Store};

use super::{kept_for, lasting, name, named, number};

fn with_clock(max_entries: u64) -> (Store, Clock) {
    let clock = Clock::manual();
    (Store::new(Limits { max_entries, max_bytes: None }, clock.clone()), clock)
}

#[test]
fn an_entry_is_served_until_its_time_and_not_at_it() {
    let (store, clock) = with_clock(10);
    drop(store.insert(&named("name"), kept_for(&clock, 10, 1), 5));
    clock.advance(Duration::from_nanos(9_999_999_999));
    assert!(store.get(&named("name")).is_some() && store.peek(&named("name")).is_some());
    clock.advance(Duration::from_nanos(1));
    assert!(store.peek(&named("name")).is_none());
    assert_eq!((store.len(), store.bytes(), store.expirations()), (1, 5, 0), "looking removes nothing");
    assert!(store.get(&named("name")).is_none());
    assert_eq!((store.len(), store.bytes(), store.expirations(), store.evictions()), (0, 0, 1, 0));
}

#[test]
fn an_entry_that_was_given_more_time_lives_on() {
    let (store, clock) = with_clock(10);
    drop(store.insert(&named("name"), kept_for(&clock, 10, 1), 0));
    assert!(store.restamp(&named("name"), Tick::NEVER, Tick::NEVER));
    clock.advance(Duration::from_secs(1_000));
    assert!(store.get(&named("name")).is_some());
}

#[test]
fn what_has_expired_leaves_without_being_read_while_others_are_written() {
    let (store, clock) = with_clock(1_024);
    (0..500).for_each(|index| drop(store.insert(&name(index), kept_for(&clock, 10, index), 1)));
    clock.advance(Duration::from_secs(10));
    for _ in 0..10 {
        (500..1_000).for_each(|index| drop(store.insert(&name(index), lasting(index), 1)));
    }
    assert_eq!((store.len(), store.bytes(), store.expirations(), store.evictions()), (500, 500, 500, 0));
}

#[test]
fn what_has_expired_leaves_while_one_entry_is_overwritten() {
    let (store, clock) = with_clock(31);
    (0..30).for_each(|index| drop(store.insert(&name(index), kept_for(&clock, 10, index), 1)));
    clock.advance(Duration::from_secs(10));
    (0..20).for_each(|round| drop(store.insert(&named("counter"), lasting(round), 1)));
    assert_eq!((store.len(), store.expirations()), (1, 30));
}

#[test]
fn what_has_expired_goes_before_what_lives() {
    let (store, clock) = with_clock(10_000);
    for index in 0..10_000 {
        let record = if index % 5 == 0 { kept_for(&clock, 10, index) } else { lasting(index) };
        drop(store.insert(&name(index), record, 1));
    }
    clock.advance(Duration::from_secs(10));
    (10_000..11_000).for_each(|index| drop(store.insert(&name(index), lasting(index), 1)));
    assert!(store.evictions() <= 50, "{} of 1000 that had to go lived, while 2000 had expired", store.evictions());
}

#[test]
fn an_expired_entry_is_replaced_like_another() {
    let (store, clock) = with_clock(2);
    drop(store.insert(&named("name"), kept_for(&clock, 10, 1), 5));
    clock.advance(Duration::from_secs(10));
    drop(store.insert(&named("name"), kept_for(&clock, 10, 2), 7));
    assert_eq!(number(&store.get(&named("name")).unwrap()), 2);
    assert_eq!((store.len(), store.bytes(), store.evictions()), (1, 7, 0));
}

#[test]
fn what_has_expired_leaves_wherever_it_lies_while_one_entry_is_written_again_and_again() {
    let (store, clock) = with_clock(10_000);
    (0..5_000).for_each(|index| drop(store.insert(&name(index), kept_for(&clock, 10, index), 1)));
    clock.advance(Duration::from_secs(100));
    (0..5_000).for_each(|index| drop(store.insert(&named("one"), kept_for(&clock, 10, index), 1)));
    assert_eq!(store.len(), 1);
}
