//! Limits hold, and nothing that fits is refused.

use super::{name, named, number, put, store_of, store_of_bytes};

const MIB: u64 = 1 << 20;

#[test]
fn a_value_of_one_mebibyte_is_kept_in_a_cache_of_sixty_four() {
    let store = store_of_bytes(64 * MIB);
    for index in 0..64 {
        assert!(put(&store, &name(index), index, MIB));
    }
    assert_eq!((store.len(), store.bytes(), store.evictions()), (64, 64 * MIB, 0));
}

#[test]
fn a_value_may_take_the_whole_cache_for_itself() {
    let store = store_of_bytes(64 * MIB);
    (0..1_000).for_each(|index| assert!(put(&store, &name(index), index, MIB / 100)));
    assert!(put(&store, &named("whole"), 7, 64 * MIB));
    assert_eq!((store.len(), store.bytes()), (1, 64 * MIB));
    assert_eq!(number(&store.get(&named("whole")).unwrap()), 7);
}

#[test]
fn a_value_that_never_fits_is_refused_and_the_old_one_is_gone() {
    let store = store_of_bytes(100);
    assert!(put(&store, &named("neighbour"), 1, 10));
    assert!(put(&store, &named("name"), 2, 10));
    assert!(!put(&store, &named("name"), 3, 101));
    assert!(store.get(&named("name")).is_none(), "an old value is not left where a newer one was refused");
    assert_eq!((store.len(), store.bytes(), store.evictions()), (1, 10, 0));
}

#[test]
fn a_store_for_nothing_keeps_nothing() {
    let store = store_of(0);
    assert!(!put(&store, &named("name"), 1, 0));
    assert_eq!(store.len(), 0);
}

#[test]
fn a_store_without_a_limit_of_entries_can_be_made() {
    let store = store_of(u64::MAX);
    assert!(put(&store, &named("name"), 1, u64::MAX));
    assert_eq!(store.len(), 1);
}

#[test]
fn every_store_holds_as_many_as_it_says() {
    for size in [1, 2, 3, 10, 100, 1_000] {
        let store = store_of(size);
        (0..size).for_each(|index| assert!(put(&store, &name(index), index, 1)));
        assert_eq!((store.len(), store.evictions()), (size, 0), "none goes before the store is full");
        (size..3 * size).for_each(|index| assert!(put(&store, &name(index), index, 1)));
        assert_eq!((store.len(), store.evictions()), (size, 2 * size), "one goes for each that comes");
    }
}

#[test]
fn overwriting_in_a_full_store_evicts_nobody() {
    let store = store_of(100);
    for round in 0..5 {
        (0..100).for_each(|index| assert!(put(&store, &name(index), round, 1)));
    }
    assert_eq!((store.len(), store.bytes(), store.evictions()), (100, 100, 0));
    assert!((0..100).all(|index| number(&store.get(&name(index)).unwrap()) == 4));
}

#[test]
fn a_value_that_grows_makes_others_go_and_one_that_shrinks_makes_room() {
    let store = store_of_bytes(100);
    (0..10).for_each(|index| assert!(put(&store, &name(index), index, 10)));
    assert!(put(&store, &name(3), 3, 60));
    assert_eq!((store.len(), store.bytes(), store.evictions()), (5, 100, 5));
    assert!(put(&store, &name(3), 3, 10));
    assert_eq!((store.bytes(), store.evictions()), (50, 5));
    (20..25).for_each(|index| assert!(put(&store, &name(index), index, 10)));
    assert_eq!((store.len(), store.bytes(), store.evictions()), (10, 100, 5));
    assert!(store.get(&name(3)).is_some(), "what is being written is never its own victim");
}
