//! What one cache says of its store: bounds and options, in words of their own and behind the `?` of an address.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use cache_backends::place::{Given, Location, shown};

use super::draft::Draft;
use super::fault::Faults;
use super::origin::Said;
use super::word::Word;
use super::written::{self, Value, Written};

/// What is said of a store.
#[derive(Default)]
pub(super) struct Wishes {
    pub(super) bounds: BTreeMap<Word, Said<u64>>,
    pub(super) options: BTreeMap<String, Said<Given>>,
}

/// The words that are said of a store, and not of the cache in it: these may stand behind the `?` of an address too.
pub(super) const BOUNDS: [Word; 3] = [Word::MaxEntries, Word::MaxBytes, Word::CullFrequency];

impl Wishes {
    /// Gathers what a cache at these addresses says.
    pub(super) fn of(draft: &Draft, locations: &[Said<Location>], faults: &mut Faults) -> Self {
        let mut wishes = Self { options: draft.options.clone(), ..Self::default() };
        if let Some(base) = &draft.base {
            let (entries, bytes) = base.value.bounds();
            for (word, bound) in [(Word::MaxEntries, entries), (Word::MaxBytes, bytes)] {
                wishes.bounds.extend(bound.map(|bound| (word, Said::new(bound, base.origin.clone()))));
            }
        }
        wishes.bounds.extend(BOUNDS.into_iter().filter_map(|word| Some((word, draft.number(word)?))));
        for location in locations {
            for (name, value) in location.value.query() {
                wishes.hear(name, Said::new(value.to_owned(), location.origin.clone()), faults);
            }
        }
        wishes
    }

    /// Takes what stands behind the `?` of an address.
    fn hear(&mut self, name: &str, said: Said<String>, faults: &mut Faults) {
        match Word::named(name).filter(|word| BOUNDS.contains(word)) {
            None => {
                let given = Said::new(Given::Text(said.value), said.origin);
                put(&mut self.options, name.to_owned(), name, given, faults);
            }
            Some(word) => {
                let written = Said::new(Written::Text(said.value), said.origin.clone());
                if let Some(Value::Number(number)) = written::read(word, &written, faults) {
                    put(&mut self.bounds, word, name, Said::new(number, said.origin), faults);
                }
            }
        }
    }
}

/// Puts something over what was said below it; what one source says twice is a mistake.
fn put<K: Ord, T>(all: &mut BTreeMap<K, Said<T>>, key: K, name: &str, said: Said<T>, faults: &mut Faults) {
    match all.entry(key) {
        Entry::Vacant(place) => {
            place.insert(said);
        }
        Entry::Occupied(mut before) => match before.get().origin.rank().cmp(&said.origin.rank()) {
            std::cmp::Ordering::Less => {
                before.insert(said);
            }
            std::cmp::Ordering::Equal => {
                let sentence =
                    format!("its address says `{}`, which was said at {} already", shown(name), before.get().origin);
                faults.add(&said.origin, sentence);
            }
            std::cmp::Ordering::Greater => {}
        },
    }
}
