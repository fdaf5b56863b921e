//! What a configuration comes to, for people.

use std::time::Duration;

use cache_backends::place::usual_scheme;
use cache_core::policy::Ttl;
use cache_core::registry::Settings;

use super::draft::Draft;
use super::stores::Stores;
use super::word::Word;

/// What a configuration says of one cache, as [`Builder::described`](super::Builder::described) tells it. It holds no secrets.
///
/// ```
/// let builder = larder::builder().cache_at("pages", "memory://shop?max_entries=50")?;
/// let described = builder.described()?;
/// let [default, pages] = &described[..] else { panic!("there is always `default`") };
/// assert_eq!((default.name.as_str(), pages.name.as_str()), ("default", "pages"));
/// assert_eq!((pages.store.as_str(), pages.addresses[0].as_str()), ("memory", "memory://shop?…"));
/// assert_eq!(pages.max_entries, Some(50));
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Described {
    /// The name of the cache.
    pub name: String,
    /// The kind of its store: what stands before `://`, or `outside` where it is made in code.
    pub store: String,
    /// The addresses of the store, without who logs in there and with what.
    pub addresses: Vec<String>,
    /// The other caches in the same store.
    pub shares_with: Vec<String>,
    /// How long values are kept whose site does not say so; [`Ttl::Default`] is five minutes.
    pub ttl: Ttl,
    /// How many entries the store holds at most, where that was said.
    pub max_entries: Option<u64>,
    /// How many bytes the store holds at most, where that was said.
    pub max_bytes: Option<u64>,
    /// The layers around its store, that next to the store first; of one that seals, how many keys it has.
    pub layers: Vec<String>,
    /// For how long at most values of its store are kept in this process as well, where they are.
    pub near_ttl: Option<Duration>,
    /// How many entries are kept near at most.
    pub near_entries: Option<u64>,
    /// How many bytes of values are kept near at most, where that was said.
    pub near_bytes: Option<u64>,
    /// What the names of all entries begin with.
    pub key_prefix: String,
    /// The version that is part of the names of all entries.
    pub version: String,
    /// The name of the function that joins prefix, version and key, where one was said.
    pub key_function: Option<String>,
    /// Whether it begins switched off.
    pub off: bool,
    /// What was said of the store below its address, and does nothing there: a sentence each.
    pub idle: Vec<String>,
    /// Where it was described: places in files and code, and variables.
    pub said: Vec<String>,
}

impl Described {
    pub(super) fn of(name: &str, settings: &Settings, draft: &Draft, stores: &Stores) -> Self {
        let locations = draft.locations().unwrap_or_default();
        let scheme = locations.first().map(|said| usual_scheme(said.value.scheme()));
        let (entries, bytes) = settings.bounds();
        let near = settings.near_said();
        let mut said: Vec<_> = draft.origins().into_iter().map(ToString::to_string).collect();
        said.dedup();
        Self {
            name: name.to_owned(),
            store: scheme.unwrap_or(settings.kind()).to_owned(),
            addresses: locations.iter().map(|said| said.value.to_string()).collect(),
            shares_with: stores.beside(name).map(str::to_owned).collect(),
            ttl: settings.usual_ttl(),
            max_entries: entries.or_else(|| stores.bound(name, Word::MaxEntries)),
            max_bytes: bytes.or_else(|| stores.bound(name, Word::MaxBytes)),
            layers: settings.layers_said(),
            near_ttl: near.map(|(time, ..)| time),
            near_entries: near.map(|(_, entries, _)| entries),
            near_bytes: near.and_then(|(.., bytes)| bytes),
            key_prefix: settings.prefix().to_owned(),
            version: settings.said_version().unwrap_or("1").to_owned(),
            key_function: draft.text(Word::KeyFunction).map(|said| said.value.to_owned()),
            off: settings.is_off(),
            idle: stores.idle(name),
            said,
        }
    }
}
