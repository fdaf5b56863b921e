//! What cannot be seen from outside; the rest is tested in `tests/store`.

use std::sync::Arc;

use super::limits::Measure;
use super::*;
use crate::record::{Record, Times};

fn store(max_entries: u64) -> Store {
    Store::new(Limits { max_entries, max_bytes: None }, Clock::manual())
}

fn record(value: u64) -> Erased {
    let times = Times { created: Tick::from_nanos(0), fresh_until: Tick::NEVER, kept_until: Tick::NEVER };
    Arc::new(Record::new(1, times, value))
}

fn number(record: &Erased) -> u64 {
    *record.value.downcast_ref().expect("a number")
}

#[test]
fn two_stores_hash_differently() {
    let hash = |store: &Store| store.hash(b"name");
    assert_ne!(hash(&store(10)), hash(&store(10)));
}

#[test]
fn two_names_with_one_hash_are_two_entries() {
    const NOW: Tick = Tick::from_nanos(0);
    let newcomer = |name| Newcomer { hash: 7, name };
    let mut shard = Shard::new(Arc::new(Tuner::new(1)));
    assert!(shard.insert(newcomer(b"one"), record(1), 1, NOW).is_none());
    assert!(shard.get(7, b"other", NOW).is_none());
    assert!(shard.insert(newcomer(b"other"), record(2), 1, NOW).is_none());
    assert_eq!(number(&shard.get(7, b"one", NOW).unwrap()), 1);
    assert_eq!(number(&shard.get(7, b"other", NOW).unwrap()), 2);
    assert!(shard.remove(7, b"other", NOW).is_some());
    assert!(shard.get(7, b"other", NOW).is_none() && shard.get(7, b"one", NOW).is_some());
    assert!(shard.insert(newcomer(b"another"), record(3), 1, NOW).is_none());
    assert!(shard.evict(Reach::Anyone, Measure::Entries, newcomer(b"another"), NOW, |_| true).is_some());
    assert!(shard.peek(7, b"one", NOW).is_none(), "the one that room is made for is told by its name");
}

#[test]
fn a_store_has_a_power_of_two_of_shards_whatever_its_size() {
    assert_eq!((shards(0), shards(127), shards(255)), (1, 1, 1));
    for size in [256, 300, 1_000, 1_000_000, u64::MAX] {
        assert!(shards(size).is_power_of_two() && size / shards(size) as u64 >= 128);
    }
}

#[test]
fn a_panic_under_a_lock_takes_nothing_down() {
    let store = store(10);
    let panicked = thread::scope(|scope| {
        let with_lock = || {
            let _shard = write(&store.shards[0].0);
            panic!("on purpose");
        };
        scope.spawn(with_lock).join().is_err()
    });
    assert!(panicked && store.shards[0].0.is_poisoned());
    assert!(!store.insert(b"name", record(7), 1).refused);
    assert!(store.get(b"name").is_some());
    assert!(store.remove(b"name").is_some());
}
