//! From bytes to operations, done to a store and to a plain map beside it.
//!
//! [`run`] is a pure function, so that a fuzzer can drive it as well as a property test: it panics where the two differ.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cache_core::clock::{Clock, Tick};
use cache_core::key::{Name, Scope};
use cache_core::record::{Erased, Record, Times};
use cache_core::store::{Limits, Store};

/// Does what the bytes say; when they have run out, it is over.
pub fn run(bytes: &[u8]) {
    let mut source = Source { bytes, version: RUNS.fetch_add(1, Ordering::Relaxed).to_string() };
    let limits = source.limits();
    let mut pair = Pair::new(limits);
    while !source.bytes.is_empty() {
        pair.step(&mut source);
        pair.compare();
    }
    pair.clear();
    assert_eq!((pair.store.len(), pair.store.bytes()), (0, 0), "nothing is counted that is not there");
}

/// How many runs there were: each has scopes of its own. Entries are spread by a hash that is seeded by the scope, so that
/// each run has its own order.
static RUNS: AtomicU64 = AtomicU64::new(0);

/// Bytes to decide by.
struct Source<'a> {
    bytes: &'a [u8],
    version: String,
}

impl Source<'_> {
    fn below(&mut self, end: u64) -> u64 {
        let Some((byte, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        u64::from(*byte) % end
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        let Some((byte, rest)) = self.bytes.split_first() else { return all[0] };
        self.bytes = rest;
        all[usize::from(*byte) % all.len()]
    }

    fn limits(&mut self) -> Limits {
        // From a store of one entry to one with many shards; few bytes, so that they run out as well.
        let max_entries = self.one_of(&[1, 2, 5, 40, 130, 1_000]);
        let max_bytes = self.one_of(&[None, Some(1), Some(30), Some(200), Some(5_000)]);
        Limits { max_entries, max_bytes }
    }

    fn scope(&mut self) -> Scope {
        Scope::new(self.one_of(&["a", "ab", "b"]), &self.version, None).expect("a short prefix")
    }

    /// Keys of one to sixteen words; those of one length differ in the first word, or in the last.
    fn name(&mut self) -> Name {
        let (scope, number) = (self.scope(), self.below(100));
        let more = "x".repeat([0, 9, 26, 120][(number % 4) as usize]);
        let key = if number < 50 { format!("{number}{more}") } else { format!("{more}{number}") };
        scope.name(&key.as_str().into())
    }

    fn bytes(&mut self) -> u64 {
        match self.below(8) {
            0 => 0,
            1..=5 => self.below(10),
            6 => self.below(60),
            _ => 40 * self.below(256),
        }
    }
}

/// What the living values are, counted by themselves: whatever the store holds, and nothing else.
#[derive(Default)]
struct Census {
    records: AtomicU64,
    bytes: AtomicU64,
}

struct Value {
    number: u64,
    bytes: u64,
    census: Arc<Census>,
}

impl Drop for Value {
    fn drop(&mut self) {
        self.census.records.fetch_sub(1, Ordering::Relaxed);
        self.census.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[derive(Clone, Copy, Debug)]
struct Known {
    number: u64,
    bytes: u64,
    kept_until: Tick,
}

struct Pair {
    limits: Limits,
    clock: Clock,
    store: Store,
    census: Arc<Census>,
    /// What the store may hold: everything that was written and neither removed nor seen to have left.
    model: HashMap<Name, Known>,
    writes: u64,
    /// How many evictions have been accounted for.
    evicted: u64,
}

impl Pair {
    fn new(limits: Limits) -> Self {
        let clock = Clock::manual();
        let store = Store::new(limits, clock.clone());
        Self { limits, clock, store, census: Arc::default(), model: HashMap::new(), writes: 0, evicted: 0 }
    }

    fn step(&mut self, source: &mut Source<'_>) {
        match source.below(32) {
            0..=15 => self.insert(source),
            16..=21 => self.read(&source.name(), true),
            22..=23 => self.read(&source.name(), false),
            24..=26 => self.remove(&source.name()),
            27 => self.restamp(source),
            28 => {
                let start = source.one_of(&["", "1", "26xxxxxxxxxxxxxxxxxxx", "xxx", "c"]);
                self.remove_starting_with(&source.scope(), start);
            }
            29 if source.below(8) == 0 => self.clear(),
            _ => self.clock.advance(Duration::from_secs(source.below(6))),
        }
    }

    fn in_seconds(&self, seconds: u64) -> Tick {
        if seconds == 0 { Tick::NEVER } else { self.clock.now().after(Duration::from_secs(seconds - 1)) }
    }

    fn record(&self, known: Known) -> Erased {
        self.census.records.fetch_add(1, Ordering::Relaxed);
        self.census.bytes.fetch_add(known.bytes, Ordering::Relaxed);
        let times = Times { created: self.clock.now(), fresh_until: known.kept_until, kept_until: known.kept_until };
        let value = Value { number: known.number, bytes: known.bytes, census: Arc::clone(&self.census) };
        Arc::new(Record::new(1, times, value))
    }

    fn insert(&mut self, source: &mut Source<'_>) {
        let (name, bytes, kept_until) = (source.name(), source.bytes(), self.in_seconds(source.below(12)));
        self.writes += 1;
        let known = Known { number: self.writes, bytes, kept_until };
        let evictions = self.store.evictions();
        let has_room = self.has_room(&name, bytes);
        let refused = self.store.insert(&name, self.record(known), bytes).refused;
        assert_eq!(refused, self.limits.max_bytes.is_some_and(|max| bytes > max), "only what never fits is refused");
        if refused {
            self.model.remove(&name);
        } else {
            self.model.insert(name.clone(), known);
            assert!(kept_until <= self.clock.now() || self.store.peek(&name).is_some(), "what was just written stays");
        }
        assert!(!has_room || self.store.evictions() == evictions, "nothing live goes while there is room");
    }

    /// Returns whether a record can be kept without another one having to go.
    fn has_room(&self, name: &Name, bytes: u64) -> bool {
        let there = self.model.get(name).filter(|known| known.kept_until > self.clock.now());
        let entries = self.store.len() + u64::from(there.is_none());
        let bytes = self.store.bytes() - there.map_or(0, |known| known.bytes) + bytes;
        entries <= self.limits.max_entries && self.limits.max_bytes.is_none_or(|max| bytes <= max)
    }

    fn read(&mut self, name: &Name, using: bool) {
        let record = if using { self.store.get(name) } else { self.store.peek(name) };
        let live = self.model.get(name).filter(|known| known.kept_until > self.clock.now());
        match (record, live) {
            (Some(record), Some(known)) => assert_eq!(value(&record).number, known.number, "the last one written"),
            (Some(record), None) => panic!("{} should not be there", value(&record).number),
            (None, Some(known)) => panic!("{known:?} is not there, and had not left"),
            (None, None) => {}
        }
    }

    fn remove(&mut self, name: &Name) {
        let removed = self.store.peek(name);
        assert!(self.store.remove(name).is_some() || removed.is_none());
        let known = self.model.remove(name);
        match (removed, known) {
            (Some(record), Some(known)) => assert_eq!(value(&record).number, known.number),
            (Some(record), None) => panic!("{} should not have been there", value(&record).number),
            (None, Some(known)) => assert!(known.kept_until <= self.clock.now(), "{known:?} was not there"),
            (None, None) => {}
        }
    }

    fn restamp(&mut self, source: &mut Source<'_>) {
        let (name, kept_until) = (source.name(), self.in_seconds(source.below(12)));
        if self.store.restamp(&name, kept_until, kept_until) {
            self.model.get_mut(&name).expect("what is there is known").kept_until = kept_until;
        }
    }

    fn remove_starting_with(&mut self, scope: &Scope, start: &str) {
        let whole = format!("{}{start}", scope.text().expect("no key function"));
        let is_meant = |name: &Name| name.as_str().starts_with(&whole);
        let live = self.live().filter(|(name, _)| is_meant(name)).count();
        let removed = self.store.remove_starting_with(scope, start).len();
        let known = self.model.extract_if(|name, _| is_meant(name)).count();
        assert!(live <= removed && removed <= known, "{live} live of {known} known, and {removed} removed");
    }

    fn clear(&mut self) {
        let before = self.store.len();
        assert_eq!(self.store.clear().len() as u64, before);
        self.model.clear();
    }

    fn live(&self) -> impl Iterator<Item = (&Name, &Known)> {
        let now = self.clock.now();
        self.model.iter().filter(move |(_, known)| known.kept_until > now)
    }

    /// Compares all that can be seen from outside, and forgets what had to go.
    fn compare(&mut self) {
        let (store, now) = (&self.store, self.clock.now());
        assert_eq!(store.len(), self.census.records.load(Ordering::Relaxed), "every record is counted, and no other");
        assert_eq!(store.bytes(), self.census.bytes.load(Ordering::Relaxed), "every byte is counted, and no other");
        assert!(store.len() <= self.limits.max_entries);
        assert!(self.limits.max_bytes.is_none_or(|max| store.bytes() <= max));
        let known = self.model.len();
        self.model.retain(|name, known| known.kept_until <= now || store.peek(name).is_some());
        let gone = (known - self.model.len()) as u64;
        assert_eq!(gone, store.evictions() - self.evicted, "live records go by being counted as evicted");
        self.evicted = store.evictions();
    }
}

fn value(record: &Erased) -> &Value {
    record.value.downcast_ref().expect("a value of this test")
}
