//! A recorder that remembers what it was told.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder as Records,
    SharedString, Unit,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Counter,
    Gauge,
    Histogram,
}

#[derive(Clone, Debug, Default)]
pub struct Recorder(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    told: Mutex<Told>,
    more: Condvar,
}

#[derive(Debug, Default)]
struct Told {
    numbers: BTreeMap<Key, (Kind, u64)>,
    times: BTreeMap<Key, Vec<(f64, usize)>>,
    described: BTreeMap<String, Kind>,
}

struct Place(Arc<Inner>, Key, Kind);

impl Kind {
    pub fn named(name: &str) -> Self {
        match name {
            "counter" => Self::Counter,
            "gauge" => Self::Gauge,
            "histogram" => Self::Histogram,
            _ => panic!("`{name}` is no kind"),
        }
    }
}

impl Recorder {
    /// The one that threads of the program tell.
    pub fn of_the_program() -> Self {
        let recorder = Self::default();
        metrics::set_global_recorder(recorder.clone()).expect("there is one test that has one");
        recorder
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keys(&self) -> Vec<(Key, Kind)> {
        let told = self.told();
        let numbers = told.numbers.iter().map(|(key, (kind, _))| (key.clone(), *kind));
        numbers.chain(told.times.keys().map(|key| (key.clone(), Kind::Histogram))).collect()
    }

    /// What each name is, and which labels it has.
    pub fn shapes(&self) -> BTreeMap<String, (Kind, Vec<String>)> {
        let mut shapes = BTreeMap::new();
        for (key, kind) in self.keys() {
            let shape = (kind, key.labels().map(|label| label.key().to_owned()).collect());
            let before = shapes.insert(key.name().to_owned(), shape.clone());
            assert!(before.is_none_or(|before| before == shape), "{key}");
        }
        shapes
    }

    pub fn described(&self) -> BTreeMap<String, Kind> {
        self.told().described.clone()
    }

    /// All names and labels.
    pub fn text(&self) -> String {
        let names: Vec<_> = self.keys().iter().map(|(key, _)| key.to_string()).collect();
        names.join("\n")
    }

    /// The one number of this name that has these labels.
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> u64 {
        let told = self.told();
        let mut found = told.numbers.iter().filter(|(key, _)| is(key, name, labels)).map(|(_, (_, value))| *value);
        let value = found.next().unwrap_or_else(|| panic!("{name} {labels:?} is not told"));
        assert!(found.next().is_none(), "{name} {labels:?} is told twice");
        value
    }

    /// How many of which length.
    pub fn times(&self, name: &str, labels: &[(&str, &str)]) -> Vec<(f64, usize)> {
        let told = self.told();
        told.times.iter().filter(|(key, _)| is(key, name, labels)).flat_map(|(_, times)| times.clone()).collect()
    }

    pub fn wait_until_told(&self, name: &str) {
        let is_missing = |told: &mut Told| !told.times.keys().any(|key| key.name() == name);
        let limit = Duration::from_secs(60);
        let (_told, waited) = self.0.more.wait_timeout_while(self.told(), limit, is_missing).unwrap();
        assert!(!waited.timed_out(), "{name} is not told");
    }
}

fn is(key: &Key, name: &str, labels: &[(&str, &str)]) -> bool {
    let has = |(of, value): &(&str, &str)| key.labels().any(|label| label.key() == *of && label.value() == *value);
    key.name() == name && labels.iter().all(has)
}

impl Place {
    fn stand_at(&self, value: u64) {
        self.0.told.lock().unwrap().numbers.insert(self.1.clone(), (self.2, value));
    }
}

impl CounterFn for Place {
    fn increment(&self, _: u64) {
        panic!("numbers are told as they stand");
    }

    fn absolute(&self, value: u64) {
        self.stand_at(value);
    }
}

impl GaugeFn for Place {
    fn increment(&self, _: f64) {
        panic!("numbers are told as they stand");
    }

    fn decrement(&self, _: f64) {
        panic!("numbers are told as they stand");
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "no gauge of ours has parts, or is negative"
    )]
    fn set(&self, value: f64) {
        self.stand_at(value as u64);
    }
}

impl HistogramFn for Place {
    fn record(&self, value: f64) {
        self.record_many(value, 1);
    }

    fn record_many(&self, value: f64, count: usize) {
        self.0.told.lock().unwrap().times.entry(self.1.clone()).or_default().push((value, count));
    }
}

impl Records for Recorder {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, says: SharedString) {
        self.describe(&name, Kind::Counter, unit, &says);
    }

    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, says: SharedString) {
        self.describe(&name, Kind::Gauge, unit, &says);
    }

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, says: SharedString) {
        self.describe(&name, Kind::Histogram, unit, &says);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(Arc::new(self.place(key, Kind::Counter)))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(Arc::new(self.place(key, Kind::Gauge)))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        self.told().times.entry(key.clone()).or_default();
        self.0.more.notify_all();
        Histogram::from_arc(Arc::new(self.place(key, Kind::Histogram)))
    }
}

impl Recorder {
    fn place(&self, key: &Key, kind: Kind) -> Place {
        Place(Arc::clone(&self.0), key.clone(), kind)
    }

    fn describe(&self, name: &KeyName, kind: Kind, unit: Option<Unit>, says: &str) {
        let ends = [("_bytes", Unit::Bytes), ("_seconds", Unit::Seconds)];
        let named = ends.iter().find(|(end, _)| name.as_str().ends_with(end)).map_or(Unit::Count, |(_, unit)| *unit);
        assert_eq!(unit, Some(named), "{} is in what its name says", name.as_str());
        assert!(!says.is_empty());
        self.told().described.insert(name.as_str().to_owned(), kind);
    }
}
