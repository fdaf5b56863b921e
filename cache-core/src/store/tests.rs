//! What cannot be seen from outside; the rest is tested in `tests/store`.

use std::sync::{Arc, OnceLock};

use super::limits::Measure;
use super::*;
use crate::column::LONG;
use crate::key::RAW;
use crate::record::{Record, Times};
use crate::value::{LocalValue, Value};

/// Of which type values are said to be, whatever they are.
const OF: TypeId = TypeId::of::<u64>();

fn store(max_entries: u64) -> Store {
    Store::new(Limits { max_entries, max_bytes: None }, Clock::manual())
}

fn marked(mark: u64, value: u64) -> Erased {
    let times = Times { created: Tick::from_nanos(0), fresh_until: Tick::NEVER, kept_until: Tick::NEVER };
    Arc::new(Record::new(mark, times, value))
}

fn record(value: u64) -> Erased {
    marked(RAW, value)
}

fn number(record: &Erased) -> u64 {
    *record.value.downcast_ref().expect("a number")
}

fn scope() -> Scope {
    Scope::new("", "1", None).unwrap()
}

#[test]
fn two_names_with_one_hash_are_two_entries() {
    const NOW: Tick = Tick::from_nanos(0);
    let scope = scope();
    let [one, other, another] = [&[1], &[2], &[3]].map(|words| Address::new(&scope, RAW, words, 8));
    let newcomer = |address| Newcomer { hash: 7, address };
    let mut shard = Shard::new(Arc::new(Tuner::new(1)));
    assert!(shard.insert(newcomer(one), record(1), 1, NOW).is_none());
    assert!(shard.get(7, other, NOW).is_none());
    assert!(shard.insert(newcomer(other), record(2), 1, NOW).is_none());
    assert_eq!(number(&shard.get(7, one, NOW).unwrap()), 1);
    assert_eq!(number(&shard.get(7, other, NOW).unwrap()), 2);
    assert!(shard.remove(7, other, NOW).is_some());
    assert!(shard.get(7, other, NOW).is_none() && shard.get(7, one, NOW).is_some());
    assert!(shard.insert(newcomer(another), record(3), 1, NOW).is_none());
    assert!(shard.evict(Reach::Anyone, Measure::Entries, newcomer(another), NOW, |_| true).is_some());
    assert!(shard.peek(7, one, NOW).is_none(), "the one that room is made for is told by its address");
}

#[test]
fn keys_of_two_scopes_and_entries_of_two_patterns_are_told_apart() {
    const NOW: Tick = Tick::from_nanos(0);
    let (one, other) = (scope(), Scope::new("", "2", None).unwrap());
    let at = |scope, mark| Address::new(scope, mark, &[1], 8);
    let clock = Clock::manual();
    let mut shard = Shard::new(Arc::new(Tuner::new(1)));
    assert!(shard.insert(Newcomer { hash: 7, address: at(&one, 8) }, marked(8, 1), 1, NOW).is_none());
    assert!(shard.get(7, at(&other, 8), NOW).is_none());
    assert!(shard.seek(7, at(&one, 8), &OF, &clock).is_some() && shard.seek(7, at(&one, 9), &OF, &clock).is_none());
    // One text is one entry, whoever writes it.
    assert!(shard.insert(Newcomer { hash: 7, address: at(&one, 9) }, marked(9, 2), 1, NOW).is_some());
    assert!(shard.seek(7, at(&one, 9), &OF, &clock).is_some() && shard.seek(7, at(&one, 8), &OF, &clock).is_none());
    assert!(shard.remove(7, at(&one, 8), NOW).is_some());
}

#[test]
fn keys_that_begin_alike_are_told_apart_by_what_follows_and_by_their_scope() {
    const NOW: Tick = Tick::from_nanos(0);
    let (one, other) = (scope(), Scope::new("", "2", None).unwrap());
    let all = [
        (1, Address::new(&one, RAW, &[1, 2, 3], 24)),
        (2, Address::new(&one, RAW, &[1, 2, 4], 24)),
        (3, Address::new(&other, RAW, &[1, 2, 3], 24)),
    ];
    let (mut shard, clock) = (Shard::new(Arc::new(Tuner::new(1))), Clock::manual());
    for (value, address) in all {
        assert!(shard.insert(Newcomer { hash: 7, address }, record(value), 1, NOW).is_none());
    }
    for (value, address) in all {
        let stand = shard.seek(7, address, &OF, &clock).unwrap();
        assert!(matches!(shard.lying(stand), Some(Lying::Record(found)) if number(found) == value));
    }
}

#[test]
fn where_key_functions_join_one_name_is_one_entry_whoever_writes_it() {
    fn key_alone(_: &str, _: &str, key: &str, out: &mut dyn std::fmt::Write) -> std::fmt::Result {
        out.write_str(key)
    }
    let [one, other] = ["a", "b"].map(|prefix| Scope::new(prefix, "1", Some(key_alone)).unwrap());
    let store = store(10);
    drop(store.insert(&one.name(&"k".into()), record(1), 1));
    assert_eq!(number(&store.get(&other.name(&"k".into())).unwrap()), 1);
    assert!(store.get(&scope().name(&"k".into())).is_none());
}

#[test]
fn a_store_has_a_power_of_two_of_shards_whatever_its_size() {
    assert_eq!((shards(0), shards(127), shards(255)), (1, 1, 1));
    for size in [256, 300, 1_000, 1_000_000, u64::MAX] {
        assert!(shards(size).is_power_of_two() && size / shards(size) as u64 >= 128);
    }
}

/// A text of so many bytes, as caches wrap it.
fn text(bytes: usize) -> Erased {
    let times = Times { created: Tick::from_nanos(0), fresh_until: Tick::NEVER, kept_until: Tick::NEVER };
    String::keep().record(RAW, times, "x".repeat(bytes))
}

#[test]
fn a_short_text_stands_in_a_column_and_a_long_one_keeps_its_record() {
    const NOW: Tick = Tick::from_nanos(0);
    let (scope, clock) = (scope(), Clock::manual());
    let address = Address::new(&scope, RAW, &[1], 8);
    let mut shard = Shard::new(Arc::new(Tuner::new(1)));
    // Whatever stood there before leaves nothing behind.
    for bytes in [10, LONG + 1, LONG, 0, LONG + 2, LONG + 1, 11] {
        let before = shard.insert(Newcomer { hash: 7, address }, text(bytes), 1, NOW);
        drop(before);
        let stand = shard.seek(7, address, &OF, &clock).unwrap();
        let lying = shard.lying(stand).unwrap();
        assert_eq!(matches!(lying, Lying::Column(..)), bytes <= LONG, "{bytes} bytes");
        assert_eq!(String::read_here(lying).map(|text| text.len()), Some(bytes));
        let record = shard.get(7, address, NOW).unwrap();
        assert_eq!(record.value.downcast_ref::<String>().map(String::len), Some(bytes));
    }
    assert!(shard.remove(7, address, NOW).is_some() && shard.seek(7, address, &OF, &clock).is_none());
}

#[test]
fn a_text_that_is_replaced_or_removed_is_handed_out_to_be_dropped_outside_of_the_lock() {
    const NOW: Tick = Tick::from_nanos(0);
    let scope = scope();
    let address = Address::new(&scope, RAW, &[1], 8);
    let mut shard = Shard::new(Arc::new(Tuner::new(1)));
    let mut put = |bytes| shard.insert(Newcomer { hash: 7, address }, text(bytes), 1, NOW);
    assert!(put(10).is_none());
    let mut gone = [put(LONG + 1), put(11), put(12)].map(Option::unwrap).map(|taken| format!("{taken:?}")).to_vec();
    gone.extend(shard.remove(7, address, NOW).map(|taken| format!("{taken:?}")));
    let whole = gone.iter().zip(["Value(Some(", "Record(Some(", "Value(Some(", "Value(Some("]);
    assert!(gone.len() == 4 && whole.into_iter().all(|(gone, what)| gone.contains(what)), "{gone:?}");
}

#[test]
fn a_long_text_is_copied_when_the_lock_is_let_go_and_a_short_one_where_it_lies() {
    static STORE: OnceLock<Store> = OnceLock::new();
    fn is_locked(_: Lying<'_>) -> Option<bool> {
        STORE.get().map(|store| store.shards.iter().any(|shard| shard.0.try_write().is_err()))
    }
    let (store, scope) = (STORE.get_or_init(|| store(10)), scope());
    for (key, bytes) in [("short", LONG), ("long", LONG + 1)] {
        let name = scope.name(&key.into());
        drop(store.insert(&name, text(bytes), 1));
        let is_short = bytes <= LONG;
        assert_eq!(store.seek(name.address(), &OF).unwrap().read(is_locked, true), Some(is_short), "{key}");
    }
}

#[test]
fn a_panic_under_a_lock_takes_nothing_down() {
    let store = store(10);
    let panicked = thread::scope(|scope| {
        let with_lock = || {
            let _shard = write_seldom(&store.shards[0].0);
            panic!("on purpose");
        };
        scope.spawn(with_lock).join().is_err()
    });
    assert!(panicked && store.shards[0].0.is_poisoned());
    let name = scope().name(&"name".into());
    assert!(!store.insert(&name, record(7), 1).refused);
    assert!(store.get(&name).is_some());
    assert!(store.remove(&name).is_some());
}

/// There values are asked for ahead.
#[test]
fn of_many_entries_of_several_types_each_is_found_whatever_type_it_is_said_to_be() {
    let (store, scope) = (store(1_000_000), scope());
    let names: Vec<_> = (0..40_000_u64).map(|key| scope.name(&key.to_string().into())).collect();
    for (name, number) in names.iter().zip(0..) {
        let times = Times { created: Tick::from_nanos(0), fresh_until: Tick::NEVER, kept_until: Tick::NEVER };
        let value = match number % 3 {
            0 => u64::keep().record(RAW, times, number),
            1 => String::keep().record(RAW, times, number.to_string()),
            _ => Vec::<String>::keep().record(RAW, times, vec![number.to_string()]),
        };
        drop(store.insert(name, value, 1));
    }
    assert!(store.shards.len() * 1_024 < names.len() && store.len() == 40_000);
    for of in [TypeId::of::<u64>(), TypeId::of::<String>(), TypeId::of::<Vec<String>>()] {
        for (name, number) in names.iter().zip(0_u64..) {
            let read = |lying: Lying<'_>| match number % 3 {
                0 => u64::read_here(lying).map(|number| number.to_string()),
                1 => String::read_here(lying),
                _ => Vec::<String>::read_here(lying).map(|texts| texts.concat()),
            };
            let found = store.seek(name.address(), &of).unwrap();
            assert_eq!(found.lying().and_then(read), Some(number.to_string()));
        }
    }
}
