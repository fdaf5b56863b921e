//! Who has to go first.

use cache_core::store::Store;

use super::{name, put, read_or_write, store_of, store_of_bytes};

#[test]
fn a_scan_does_not_flush_a_hot_set_that_is_being_read() {
    for size in [10, 100, 1_000] {
        let store = store_of(size);
        let hot = size / 2;
        (0..hot).for_each(|index| assert!(put(&store, &name(index), index, 1)));
        let mut hits = 0;
        for scanned in 0..10 * size {
            hits += u64::from(read_or_write(&store, scanned % hot));
            put(&store, &name(1_000_000 + scanned), 0, 1);
        }
        assert!(hits * 100 >= 98 * 10 * size, "{hits} of {} reads of the hot set hit in a store of {size}", 10 * size);
    }
}

#[test]
fn a_scan_does_not_flush_a_hot_set_that_was_read_before_it() {
    let store = store_of(1_000);
    for _ in 0..3 {
        (0..500).for_each(|index| _ = read_or_write(&store, index));
    }
    (0..10_000).for_each(|scanned| assert!(put(&store, &name(1_000_000 + scanned), 0, 1)));
    let hits = (0..500).filter(|index| store.peek(&name(*index)).is_some()).count();
    assert!(hits >= 490, "{hits} of 500");
}

#[test]
fn a_scan_of_large_values_does_not_flush_a_hot_set_of_small_ones() {
    let store = store_of_bytes(1_000_000);
    (0..500).for_each(|index| assert!(put(&store, &name(index), index, 1_000)));
    assert!((0..500).all(|index| store.get(&name(index)).is_some()));
    let mut hits = 0;
    for scanned in 0..1_000 {
        (0..5).for_each(|step| hits += u64::from(read_or_write(&store, (scanned * 5 + step) % 500)));
        put(&store, &name(1_000_000 + scanned), 0, 50_000);
    }
    assert!(hits >= 4_900, "{hits} of 5000");
}

/// What was hot yesterday must not hold its places for ever.
#[test]
fn a_hot_set_that_moves_is_followed() {
    let store = store_of(1_000);
    for _ in 0..20 {
        (0..800).for_each(|index| _ = read_or_write(&store, index));
    }
    let pass = |_| (10_000..10_800).filter(|index| read_or_write(&store, *index)).count();
    let hits: Vec<_> = (0..20).map(pass).collect();
    assert!(hits[10..].iter().all(|hits| *hits >= 640), "of 800 in each pass there were {hits:?}");
}

#[test]
fn most_of_a_loop_that_is_longer_than_the_store_stays() {
    let store = store_of(1_000);
    let pass = || (0..1_100).filter(|index| read_or_write(&store, *index)).count();
    let hits: Vec<_> = (0..10).map(|_| pass()).collect();
    assert!(hits[5..].iter().all(|hits| *hits >= 900), "of 1100 in each pass there were {hits:?}");
}

#[test]
fn what_was_used_stays_longer_than_what_was_not() {
    let store = store_of(100);
    (0..100).for_each(|index| assert!(put(&store, &name(index), index, 1)));
    (0..100).step_by(2).for_each(|index| drop(store.get(&name(index))));
    for _ in 0..5 {
        (100..150).for_each(|index| _ = read_or_write(&store, index));
    }
    let (used, unused) = (left(&store, (0..100).step_by(2)), left(&store, (1..100).step_by(2)));
    assert!(used >= 35 && unused <= 15, "{used} of 50 that were used, and {unused} of 50 that were not");
    assert!(left(&store, 100..150) >= 48, "what is asked for again and again gets its place");
}

#[test]
fn looking_without_using_saves_nobody() {
    for size in [10, 100, 1_000] {
        let store = store_of(size);
        (0..size).for_each(|index| assert!(put(&store, &name(index), index, 1)));
        for _ in 0..5 {
            (0..size / 2).for_each(|index| drop(store.peek(&name(index))));
            (size / 2..size).for_each(|index| drop(store.get(&name(index))));
            (size..size / 10 * 14).for_each(|index| _ = read_or_write(&store, index));
        }
        let (looked_at, used) = (left(&store, 0..size / 2), left(&store, size / 2..size));
        assert!(looked_at * 3 <= used, "{looked_at} were looked at, {used} were used, of {} each", size / 2);
        assert!(used * 100 >= 98 * (size / 2), "{used} of {} that were used", size / 2);
    }
}

/// How many of these are there. Nothing is noted by that.
fn left(store: &Store, of: impl Iterator<Item = u64>) -> u64 {
    of.map(|index| u64::from(store.peek(&name(index)).is_some())).sum()
}
