//! A cache as it has been described so far.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::time::Duration;

use cache_backends::place::{Given, Location};
use cache_core::policy::Ttl;
use cache_core::registry::Settings;

use super::fault::Faults;
use super::origin::{Origin, Said};
use super::word::Word;
use super::written::{self, Value, Written};

/// A cache as it has been described so far.
#[derive(Clone, Default)]
pub(super) struct Draft {
    /// What was said in code, without a file.
    pub(super) base: Option<Said<Settings>>,
    words: BTreeMap<Word, Said<Value>>,
    pub(super) options: BTreeMap<String, Said<Given>>,
    /// Whether an address was said that is none: nobody knows what its store takes.
    pub(super) is_lost: bool,
}

/// The caches by name, as one source describes them.
pub(super) type Drafts = BTreeMap<String, Draft>;

impl Draft {
    /// Makes one of what was said in code.
    pub(super) fn of(base: Settings, origin: Origin) -> Self {
        Self { base: Some(Said::new(base, origin)), ..Self::default() }
    }

    /// Notes what is written behind a word.
    pub(super) fn say(&mut self, word: Word, written: &Said<Written>, faults: &mut Faults) {
        let Some(value) = written::read(word, written, faults) else {
            self.is_lost |= word == Word::Url;
            return;
        };
        match self.words.entry(word) {
            Entry::Vacant(place) => {
                place.insert(Said::new(value, written.origin.clone()));
            }
            Entry::Occupied(before) => {
                let row = word.row();
                let both = row.alias.map(|alias| format!(": `{}` and `{alias}` are one", row.name)).unwrap_or_default();
                let sentence = format!("this was said at {} already{both}", before.get().origin);
                faults.add(&written.origin, sentence);
            }
        }
    }

    /// Notes what its store is told.
    pub(super) fn tell(&mut self, name: &str, given: Said<Given>, faults: &mut Faults) {
        match self.options.get(name) {
            Some(before) => faults.add(&given.origin, format!("this was said at {} already", before.origin)),
            None => {
                self.options.insert(name.to_owned(), given);
            }
        }
    }

    /// Puts what a source says over what those below it have said, word by word.
    pub(super) fn put_over(&mut self, above: Self) {
        self.base = above.base.or(self.base.take());
        self.words.extend(above.words);
        self.options.extend(above.options);
        self.is_lost |= above.is_lost;
    }

    pub(super) fn locations(&self) -> Option<&[Said<Location>]> {
        match &self.words.get(&Word::Url)?.value {
            Value::Places(places) => Some(places),
            _ => None,
        }
    }

    pub(super) fn ttl(&self) -> Option<Ttl> {
        match self.words.get(&Word::Ttl)?.value {
            Value::Time(ttl) => Some(ttl),
            _ => None,
        }
    }

    pub(super) fn number(&self, word: Word) -> Option<Said<u64>> {
        let said = self.words.get(&word)?;
        match said.value {
            Value::Number(number) => Some(Said::new(number, said.origin.clone())),
            _ => None,
        }
    }

    pub(super) fn text(&self, word: Word) -> Option<Said<&str>> {
        let said = self.words.get(&word)?;
        match &said.value {
            Value::Text(text) => Some(Said::new(text, said.origin.clone())),
            _ => None,
        }
    }

    pub(super) fn span(&self, word: Word) -> Option<Said<Duration>> {
        let said = self.words.get(&word)?;
        match said.value {
            Value::Span(time) => Some(Said::new(time, said.origin.clone())),
            _ => None,
        }
    }

    pub(super) fn keys(&self, word: Word) -> Option<&[Said<String>]> {
        match &self.words.get(&word)?.value {
            Value::Keys(keys) => Some(keys),
            _ => None,
        }
    }

    pub(super) fn flag(&self, word: Word) -> Option<bool> {
        match self.words.get(&word)?.value {
            Value::Flag(flag) => Some(flag),
            _ => None,
        }
    }

    /// Returns every place where something of it was said, in order and each once.
    pub(super) fn origins(&self) -> Vec<&Origin> {
        let words = self.words.values().map(|said| &said.origin);
        let base = self.base.iter().map(|said| &said.origin);
        let mut origins: Vec<_> = base.chain(words).chain(self.options.values().map(|said| &said.origin)).collect();
        origins.sort_by_key(|origin| origin.place());
        origins
    }
}
