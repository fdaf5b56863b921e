//! The stores of a program: caches with one address share one.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::path::{self, PathBuf};

use cache_backends::place::{Given, Location, Options, Place, WrongBounds, WrongOption, usual_scheme};
use cache_core::error::Error;
use cache_core::registry::Settings;

use super::draft::Draft;
use super::fault::Faults;
use super::origin::{Origin, Said};
use super::schemes::Schemes;
use super::wishes::Wishes;
use super::word::Word;

/// The stores of a program, each with what is said of it.
#[derive(Default)]
pub(super) struct Stores(Vec<Store>);

/// One store, and what all caches in it have said of it.
struct Store {
    identity: String,
    locations: Vec<Said<Location>>,
    bounds: BTreeMap<Word, Bound>,
    options: BTreeMap<String, Said<Given>>,
    /// The bounds that were said below an address, where that may have been another.
    moved: Vec<Moved>,
    /// What of that does nothing here, each with the cache that it was said of.
    idle: Vec<(String, String)>,
    caches: Vec<String>,
    made: Option<Settings>,
}

/// A bound of a store.
struct Bound {
    said: Said<u64>,
    /// Whether it was said beside an address of its cache, or over it.
    is_meant: bool,
}

/// A bound that was said below the address of its cache.
struct Moved {
    cache: String,
    word: Word,
    bound: Origin,
    address: Origin,
}

impl Stores {
    /// Takes a cache into the store at its address, if it has one.
    pub(super) fn take(&mut self, cache: &str, draft: &Draft, faults: &mut Faults) {
        let Some(locations) = draft.locations() else { return };
        let identity = identity(cache, locations);
        let at = self.0.iter().position(|store| store.identity == identity).unwrap_or_else(|| {
            self.0.push(Store::at(identity, locations.to_vec()));
            self.0.len() - 1
        });
        self.0[at].take(cache, locations, Wishes::of(draft, locations, faults), faults);
    }

    /// Makes all of them.
    pub(super) fn make(&mut self, schemes: &Schemes, faults: &mut Faults) {
        for store in &mut self.0 {
            store.make(schemes, faults);
        }
    }

    /// Returns where each is, with the caches that are in it.
    pub(super) fn places(&self) -> impl Iterator<Item = (Vec<String>, Place)> {
        self.0.iter().map(|store| (store.caches.clone(), store.place()))
    }

    /// Returns what a cache in the store at its address is to be like.
    pub(super) fn settings_of(&self, cache: &str) -> Option<&Settings> {
        self.of(cache)?.made.as_ref()
    }

    /// Returns the other caches in the store of this one.
    pub(super) fn beside<'a>(&'a self, cache: &'a str) -> impl Iterator<Item = &'a str> {
        let caches = self.of(cache).map_or(&[][..], |store| &store.caches);
        caches.iter().map(String::as_str).filter(move |other| *other != cache)
    }

    /// Returns a bound that is said of the store of a cache.
    pub(super) fn bound(&self, cache: &str, word: Word) -> Option<u64> {
        self.of(cache)?.bounds.get(&word).map(|bound| bound.said.value)
    }

    /// Returns what was said of a cache below its address, and does nothing there.
    pub(super) fn idle(&self, cache: &str) -> Vec<String> {
        let idle = self.of(cache).map_or(&[][..], |store| &store.idle);
        idle.iter().filter(|(whose, _)| whose == cache).map(|(_, sentence)| sentence.clone()).collect()
    }

    fn of(&self, cache: &str) -> Option<&Store> {
        self.0.iter().find(|store| store.caches.iter().any(|other| other == cache))
    }
}

/// Returns what is the same for two caches exactly where they are in one store. Memory without a name is of one cache.
fn identity(cache: &str, locations: &[Said<Location>]) -> String {
    let texts: Vec<_> = locations.iter().map(|said| address(&said.value)).collect();
    let own = if texts == ["memory://"] { cache } else { "" };
    format!("{} {own}", texts.join(" "))
}

fn address(location: &Location) -> String {
    if let Some(path) = path(location) {
        return format!("{}://{}", location.scheme(), path.display());
    }
    let rest = location.without_query().split_once("://").map_or("", |(_, rest)| rest);
    format!("{}://{}", usual_scheme(location.scheme()), rest.trim_end_matches('/'))
}

/// Returns where a file or a folder is, however its path was written. What a `..` leads to, the disk alone knows.
fn path(location: &Location) -> Option<PathBuf> {
    let path = matches!(location.scheme(), "file" | "sqlite").then(|| location.path())?;
    let is_on_disk = path.contains('/');
    is_on_disk.then(|| path::absolute(path).ok()).flatten().map(|path| path.components().collect())
}

impl Store {
    fn at(identity: String, locations: Vec<Said<Location>>) -> Self {
        let (bounds, options) = (BTreeMap::new(), BTreeMap::new());
        let (moved, idle, caches) = (Vec::new(), Vec::new(), Vec::new());
        Self { identity, locations, bounds, options, moved, idle, caches, made: None }
    }

    /// Takes a cache in, and what it says of the store: the same as those before it, or something that they leave open.
    fn take(&mut self, cache: &str, at: &[Said<Location>], wishes: Wishes, faults: &mut Faults) {
        let mut differ = Vec::new();
        for (word, said) in wishes.bounds {
            let mover = at.iter().map(|address| &address.origin).find(|address| address.moves(&said.origin));
            let is_meant = mover.is_none();
            if let Some(address) = mover {
                let (cache, bound, address) = (cache.to_owned(), said.origin.clone(), address.clone());
                self.moved.push(Moved { cache, word, bound, address });
            }
            let before = self.bounds.entry(word).or_insert_with(|| Bound { said: said.clone(), is_meant });
            if before.said.value != said.value {
                differ.push((format!("its `{}`", word.name()), said.origin));
            } else if is_meant && !before.is_meant {
                // Where a mistake is told of it, that is not told of one that is allowed.
                *before = Bound { said, is_meant };
            }
        }
        for (name, given) in wishes.options {
            let before = self.options.entry(name.clone()).or_insert_with(|| given.clone());
            if text_of(&before.value) != text_of(&given.value) {
                differ.push(("an option".to_owned(), given.origin));
            }
        }
        let first = self.caches.first().map_or(cache, String::as_str);
        for (what, origin) in differ {
            let sentence =
                format!("`{first}` and `{cache}` are in one store, and say different things of {what}: say it once");
            faults.add(&origin, sentence);
        }
        self.caches.push(cache.to_owned());
    }

    fn make(&mut self, schemes: &Schemes, faults: &mut Faults) {
        let Some(first) = self.locations.first() else { return };
        let scheme = usual_scheme(first.value.scheme()).to_owned();
        if let Some(other) = self.locations.iter().find(|said| usual_scheme(said.value.scheme()) != scheme) {
            return faults.add(&other.origin, "the addresses of one cache are of one kind of store");
        }
        let scheme = first.value.scheme().to_owned();
        // One try for each word that is wrong, so that all of them are told.
        loop {
            match schemes.make(&scheme, self.place()) {
                Ok(settings) => return self.made = Some(settings),
                Err(error) if self.leaves_aside(&error) => {}
                Err(error) => {
                    faults.add(&self.origin_of(&error), self.sentence_of(&error));
                    if !self.forget(&error) {
                        return;
                    }
                }
            }
        }
    }

    /// Leaves bounds aside that this store does not have and that were said below its address: a cache moves by that alone.
    fn leaves_aside(&mut self, error: &Error) -> bool {
        let Some(wrong) = bounds_of(error) else { return false };
        let is_below = |word: &Word| self.bounds.get(word).is_some_and(|bound| !bound.is_meant);
        let below: Vec<_> = words_of(wrong).filter(is_below).collect();
        for Moved { cache, word, bound, address } in self.moved.extract_if(.., |moved| below.contains(&moved.word)) {
            let (name, why) = (word.name(), wrong.why());
            let sentence = format!("`{name}` at {bound} does nothing at the address of {address}, since {why}");
            self.idle.push((cache, sentence));
        }
        self.bounds.retain(|word, _| !below.contains(word));
        !below.is_empty()
    }

    /// Forgets the words that an error is about, if it is about some.
    fn forget(&mut self, error: &Error) -> bool {
        if let Some(wrong) = bounds_of(error) {
            return words_of(wrong).filter(|word| self.bounds.remove(word).is_some()).count() > 0;
        }
        option_of(error).and_then(|name| self.options.remove(name)).is_some()
    }

    /// Says what is wrong; of an option that was said in another source than the address, whose store does not know it.
    fn sentence_of(&self, error: &Error) -> String {
        let (origin, address) = (self.origin_of(error), &self.locations[0].origin);
        if option_of(error).is_none() || origin.rank() == address.rank() {
            return error.to_string();
        }
        format!("{error}. The store is that of {address}")
    }

    fn place(&self) -> Place {
        let bound = |word| self.bounds.get(&word).map(|bound| bound.said.value);
        let mut options = Options::default();
        for (name, given) in &self.options {
            options.give(name, given.value.clone());
        }
        let locations = self.locations.iter().map(|said| said.value.clone()).collect();
        let cull_frequency = bound(Word::CullFrequency).map(|number| u32::try_from(number).unwrap_or(u32::MAX));
        Place::at(locations, options).bounded(bound(Word::MaxEntries), bound(Word::MaxBytes), cull_frequency)
    }

    /// Returns where what an error is about was written: an option or a bound where it is about one, else the address.
    fn origin_of(&self, error: &Error) -> Origin {
        let option = option_of(error).and_then(|name| self.options.get(name)).map(|given| &given.origin);
        let mut bounds = bounds_of(error).into_iter().flat_map(words_of);
        let bound = bounds.find_map(|word| self.bounds.get(&word)).map(|bound| &bound.said.origin);
        option.or(bound).unwrap_or(&self.locations[0].origin).clone()
    }
}

/// Returns which option an error is about, if it is about one.
fn option_of(error: &Error) -> Option<&str> {
    Some(error.source()?.downcast_ref::<WrongOption>()?.name())
}

/// Returns which bounds an error is about, if it is about some.
fn bounds_of(error: &Error) -> Option<&WrongBounds> {
    error.source()?.downcast_ref()
}

fn words_of(wrong: &WrongBounds) -> impl Iterator<Item = Word> {
    wrong.names().iter().filter_map(|name| Word::named(name))
}

/// Returns an option as it would stand in an address.
fn text_of(given: &Given) -> String {
    match given {
        Given::Text(text) => text.clone(),
        Given::Number(number) => number.to_string(),
        Given::Flag(flag) => flag.to_string(),
    }
}
