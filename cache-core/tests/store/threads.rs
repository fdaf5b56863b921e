//! Many at once: barriers, no sleeping.

use std::sync::Barrier;
use std::thread;

use cache_core::record::Erased;

use super::{name, number, put, store_of, store_of_bytes};

const THREADS: u32 = 4;

/// Runs this on each of the threads, all beginning at once.
fn together(run: impl Fn(u64) + Sync) {
    let start = Barrier::new(usize::try_from(THREADS).unwrap());
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (start, run) = (&start, &run);
            scope.spawn(move || {
                start.wait();
                run(u64::from(thread));
            });
        }
    });
}

/// Numbers that look random, the same in each run.
fn numbers(seed: u64) -> impl Iterator<Item = u64> {
    std::iter::successors(Some(seed + 1), |last| Some(last.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1)))
        .map(|number| number >> 33)
}

#[test]
fn no_reader_sees_the_values_of_a_name_go_backwards() {
    // Each name has one writer, who writes growing numbers; a third of the names fits.
    let store = store_of(100);
    together(|thread| {
        let mut seen = vec![0; 300];
        for (step, random) in numbers(thread).take(40_000).enumerate() {
            let index = random % 300;
            if index % u64::from(THREADS) == thread && step % 3 == 0 {
                put(&store, &name(index), step as u64, 1);
                seen[index as usize] = step as u64;
            } else if random % 50 == 0 {
                drop(store.remove(&name(index)));
            } else if let Some(record) = store.get(&name(index)) {
                let value = number(&record);
                assert!(value >= seen[index as usize], "{value} after {}", seen[index as usize]);
                seen[index as usize] = value;
            }
        }
    });
    assert!(store.len() <= 100);
    assert_eq!(store.bytes(), store.len());
    let len = store.len();
    assert_eq!(store.clear().len() as u64, len);
    assert_eq!((store.len(), store.bytes()), (0, 0));
}

#[test]
fn after_many_wrote_at_once_the_limits_hold_and_every_byte_is_counted() {
    for round in 0..30 {
        let store = store_of_bytes(10_000);
        together(|thread| {
            for random in numbers(100 * round + thread).take(1_000) {
                assert!(put(&store, &name(random % 500), random, random % 40 * (random % 40)));
                if random % 7 == 0 {
                    drop(store.remove(&name(random % 500 + 1)));
                }
            }
        });
        assert!(store.bytes() <= 10_000, "{} bytes", store.bytes());
        let (len, bytes) = (store.len(), store.bytes());
        let left: u64 = (0..500).filter_map(|index| take(&store, &name(index))).map(|record| weight(&record)).sum();
        assert_eq!((left, store.len(), store.bytes()), (bytes, 0, 0), "{len} entries");
    }
}

fn take(store: &cache_core::store::Store, name: &cache_core::key::Name) -> Option<Erased> {
    let record = store.peek(name);
    drop(store.remove(name));
    record
}

fn weight(record: &Erased) -> u64 {
    number(record) % 40 * (number(record) % 40)
}

#[test]
fn large_values_that_come_at_once_leave_the_limits_whole() {
    for round in 0..200 {
        let store = store_of_bytes(1_000);
        together(|thread| {
            for random in numbers(100 * round + thread).take(20) {
                let bytes = if random % 3 == 0 { 900 } else { 20 };
                assert!(put(&store, &name(random % 60), 0, bytes));
            }
        });
        assert!(store.bytes() <= 1_000, "{} bytes", store.bytes());
    }
}

#[test]
fn overwriting_in_a_full_store_evicts_nobody_from_many_threads_either() {
    let store = store_of(64);
    (0..64).for_each(|index| assert!(put(&store, &name(index), 0, 1)));
    together(|thread| {
        for random in numbers(thread).take(20_000) {
            put(&store, &name(random % 64), 1, 1);
        }
    });
    assert_eq!((store.len(), store.evictions()), (64, 0));
}

#[test]
fn of_large_values_that_come_at_once_one_stays() {
    for round in 0..500 {
        let store = store_of_bytes(10_000);
        together(|thread| assert!(put(&store, &name(thread), round, 6_000)));
        assert_eq!((store.len(), store.bytes()), (1, 6_000), "in round {round}");
    }
}
