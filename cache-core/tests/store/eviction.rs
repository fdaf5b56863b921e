//! Who has to go first.

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
fn what_was_used_stays_longer_than_what_was_not() {
    let store = store_of(100);
    (0..100).for_each(|index| assert!(put(&store, &name(index), index, 1)));
    (0..100).step_by(2).for_each(|index| drop(store.get(&name(index))));
    (100..150).for_each(|index| assert!(put(&store, &name(index), index, 1)));
    let left = |of: [u64; 50]| of.into_iter().filter(|index| store.peek(&name(*index)).is_some()).count();
    let used = left(std::array::from_fn(|index| 2 * index as u64));
    let unused = left(std::array::from_fn(|index| 2 * index as u64 + 1));
    assert!(used >= 45 && unused <= 25, "{used} of 50 that were used, and {unused} of 50 that were not");
}

#[test]
fn looking_without_marking_saves_nobody() {
    let store = store_of(10);
    (0..10).for_each(|index| assert!(put(&store, &name(index), index, 1)));
    for index in 10..30 {
        assert!(store.peek(&name(index - 10)).is_some() || index > 10);
        assert!(put(&store, &name(index), index, 1));
    }
    assert!((0..10).all(|index| store.peek(&name(index)).is_none()));
}
