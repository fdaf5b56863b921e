//! What a named cache is to be like.

mod written;

use std::sync::Arc;
use std::time::Duration;

use super::homes::Homes;
use super::layers::Layers;
use crate::backend::layer::Eras;
use crate::backend::{Backend, ErasedBackend};
use crate::cache::{Backing, Bounds, Cache, Markers, Outside, Parts, USUAL_ENTRIES};
use crate::codec::Codec;
use crate::error::Error;
use crate::flight::is_anything_loading;
use crate::key::KeyFunction;
use crate::policy::{IntoTime, Ttl};
use crate::store::Limits;

/// What a named cache is to be like.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Options, Settings, testing};
///
/// let settings = Settings::memory().ttl(60).max_entries(2).key_prefix("shop");
/// let larder = testing::isolated_with([("pages", settings)])?;
/// let pages = larder.cache("pages");
/// pages.blocking().set_many([("a", 1_u8), ("b", 2), ("c", 3)], Options::DEFAULT);
/// assert_eq!((pages.stats().entries, pages.stats().evictions), (2, 1));
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Settings {
    place: Choice,
    ttl: Ttl,
    max_entries: Option<u64>,
    max_bytes: Option<u64>,
    max_value_bytes: Option<u64>,
    codec: Codec,
    key_prefix: String,
    version: Option<String>,
    key_function: Option<KeyFunction>,
    off: bool,
    near: Option<Duration>,
    near_entries: Option<u64>,
    near_bytes: Option<u64>,
    pub(super) layers: Layers,
}

#[derive(Clone, Debug)]
enum Choice {
    Memory,
    /// A part of the memory that has a name, which other caches may live in too.
    Named(Arc<str>),
    Null,
    Outside(Arc<dyn ErasedBackend>),
}

/// How many entries a cache in memory holds where nobody says so.
const MAX_ENTRIES: u64 = 10_000;

/// The version of a cache where nobody says so.
const VERSION: &str = "1";

impl Settings {
    fn new(place: Choice) -> Self {
        Self {
            place,
            ttl: Ttl::Default,
            max_entries: None,
            max_bytes: None,
            max_value_bytes: None,
            codec: Codec::default(),
            key_prefix: String::new(),
            version: None,
            key_function: None,
            off: false,
            near: None,
            near_entries: None,
            near_bytes: None,
            layers: Layers::default(),
        }
    }

    /// Makes a cache in the memory of this process, bounded by 10,000 entries until told otherwise.
    #[must_use]
    pub fn memory() -> Self {
        Self::new(Choice::Memory)
    }

    /// Makes a cache in the memory of this process that shares its room with all caches that name the same one.
    ///
    /// They see each other's entries where prefix and version are the same too, and are bounded together; so they say the
    /// same bounds.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, Settings, testing};
    ///
    /// let room = |prefix| Settings::memory_named("shop").max_entries(100).key_prefix(prefix);
    /// let larder = testing::isolated_with([("pages", room("a")), ("users", room("b")), ("admins", room("b"))])?;
    /// larder.cache("users").blocking().set("ann", 1_u8, Options::ttl(60))?;
    /// assert!(larder.cache("admins").blocking().has("ann")? && !larder.cache("pages").blocking().has("ann")?);
    /// assert_eq!(larder.cache("pages").stats().entries, 1, "the room is one");
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn memory_named(room: &str) -> Self {
        Self::new(Choice::Named(room.into()))
    }

    /// Makes a cache that keeps nothing, for development and tests: every body runs.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, Settings, testing};
    ///
    /// let larder = testing::isolated_with([("default", Settings::null())])?;
    /// let cache = larder.cache("default");
    /// let load = |value| cache.blocking().get_or_load("key", Options::ttl(60), || value);
    /// assert_eq!((load(1_u8), load(2)), (1, 2));
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn null() -> Self {
        Self::new(Choice::Null)
    }

    /// Makes a cache in a store of one's own.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, Settings, backend::Memory, clock::Clock, testing};
    ///
    /// let store = Memory::new(Clock::manual());
    /// let larder = testing::isolated_with([("default", Settings::backend(store))])?;
    /// let cache = larder.cache("default");
    /// cache.blocking().set("key", "value".to_owned(), Options::ttl(60))?;
    /// assert!(cache.is_outside() && cache.blocking().has("key")?);
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn backend(backend: impl Backend) -> Self {
        Self::new(Choice::Outside(Arc::new(backend)))
    }

    /// Keeps values for this long where the site does not say so: whole seconds, or a [`std::time::Duration`]. Zero keeps nothing.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use std::time::Duration;
    /// use larder::{Options, Settings, Ttl, testing};
    ///
    /// let larder = testing::isolated_with([("default", Settings::memory().ttl(60))])?;
    /// let cache = larder.cache("default");
    /// cache.blocking().set("key", 1_u8, Options::DEFAULT)?;
    /// assert_eq!(cache.blocking().ttl("key")?, Some(Ttl::For(Duration::from_secs(60))));
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn ttl(mut self, time: impl IntoTime) -> Self {
        self.ttl = Ttl::For(time.into_time());
        self
    }

    /// Keeps values until they are invalidated, or have to make room, where the site does not say so.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, Settings, Ttl, testing};
    ///
    /// let larder = testing::isolated_with([("default", Settings::memory().forever())])?;
    /// let cache = larder.cache("default");
    /// cache.blocking().set("key", 1_u8, Options::DEFAULT)?;
    /// assert_eq!(cache.blocking().ttl("key")?, Some(Ttl::Forever));
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn forever(mut self) -> Self {
        self.ttl = Ttl::Forever;
        self
    }

    /// Holds at most so many entries.
    #[must_use]
    pub fn max_entries(mut self, entries: u64) -> Self {
        self.max_entries = Some(entries);
        self
    }

    /// Holds at most so many bytes, as values weigh when written out.
    ///
    /// A value that stays in the process (`local`, or [`Local`](crate::value::Local)) and an error that is kept weigh what
    /// they are themselves, without what they point to: nobody can write them out. Give a cache of large ones a limit in
    /// entries. Names weigh nothing.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Kind, Options, Settings, testing};
    ///
    /// let larder = testing::isolated_with([("small", Settings::memory().max_bytes(100))])?;
    /// let error = larder.cache("small").blocking().set("key", "long".repeat(100), Options::ttl(60)).unwrap_err();
    /// assert_eq!(error.kind(), Kind::TooLarge);
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(bytes);
        self
    }

    /// Puts this before the name of every entry, so that several programs can share one store.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use std::sync::Arc;
    /// use larder::{Options, Settings, backend::Memory, clock::Clock, testing};
    ///
    /// let store = Arc::new(Memory::new(Clock::manual()));
    /// let of = |prefix| Settings::backend(Arc::clone(&store)).key_prefix(prefix);
    /// let larder = testing::isolated_with([("shop", of("shop")), ("blog", of("blog"))])?;
    /// larder.cache("shop").blocking().set("key", 1_u8, Options::ttl(60))?;
    /// assert!(!larder.cache("blog").blocking().has("key")?);
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn key_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.key_prefix = prefix.into();
        self
    }

    /// Makes this part of the name of every entry: another version sees none of the entries of this one.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use std::sync::Arc;
    /// use larder::{Options, Settings, backend::Memory, clock::Clock, testing};
    ///
    /// let store = Arc::new(Memory::new(Clock::manual()));
    /// let at = |version| Settings::backend(Arc::clone(&store)).version(version);
    /// let larder = testing::isolated_with([("before", at("1")), ("after", at("2"))])?;
    /// larder.cache("before").blocking().set("key", 1_u8, Options::ttl(60))?;
    /// assert!(!larder.cache("after").blocking().has("key")?);
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// Replaces the function that joins prefix, version and key to the name of an entry.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, Settings, testing};
    ///
    /// let settings = Settings::memory().key_function(|_, _, key, name| name.write_str(&key.to_lowercase()));
    /// let larder = testing::isolated_with([("default", settings)])?;
    /// let cache = larder.cache("default");
    /// cache.blocking().set("Ada", 1_u8, Options::ttl(60))?;
    /// assert_eq!(cache.blocking().get::<u8>("ADA")?, Some(1));
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn key_function(mut self, function: KeyFunction) -> Self {
        self.key_function = Some(function);
        self
    }

    /// Writes values in this form into a store outside. What is there in another form is still read. In memory values are
    /// kept as they are.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Codec, Options, Settings, backend::Memory, clock::Clock, testing};
    ///
    /// let settings = Settings::backend(Memory::new(Clock::manual())).codec(Codec::Compact);
    /// let larder = testing::isolated_with([("default", settings)])?;
    /// let cache = larder.cache("default");
    /// cache.blocking().set("key", ("text".to_owned(), 7_u8), Options::ttl(60))?;
    /// assert_eq!(cache.blocking().get("key")?, Some(("text".to_owned(), 7_u8)));
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn codec(mut self, codec: Codec) -> Self {
        self.codec = codec;
        self
    }

    /// Keeps no entry outside that has more than so many bytes, with all that belongs to it; and reads none, whoever has
    /// written it. Where one is refused, nothing is there any more.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Kind, Options, Settings, backend::Memory, clock::Clock, testing};
    ///
    /// let settings = Settings::backend(Memory::new(Clock::manual())).max_value_bytes(1_000);
    /// let larder = testing::isolated_with([("default", settings)])?;
    /// let cache = larder.cache("default");
    /// cache.blocking().set("key", "short".to_owned(), Options::ttl(60))?;
    /// let refused = cache.blocking().set("key", "long".repeat(1_000), Options::ttl(60));
    /// assert_eq!(refused.unwrap_err().kind(), Kind::TooLarge);
    /// assert!(!cache.blocking().has("key")?, "what was there before is not what it is now");
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn max_value_bytes(mut self, bytes: u64) -> Self {
        self.max_value_bytes = Some(bytes);
        self
    }

    /// Keeps values of a store outside in this process too, for this long at most: whole seconds, or a
    /// [`std::time::Duration`]. What is there costs what a hit in memory costs.
    ///
    /// What this process writes or invalidates it sees at once. What others do it sees when the store tells, and where it does
    /// not ([`Capabilities::tells`](crate::backend::Capabilities::tells)), after this time: choose it as short as old values
    /// may be served, for tags too. Counts are never kept near.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use std::sync::Arc;
    /// use larder::backend::{Counting, Memory};
    /// use larder::{Options, Settings, clock::Clock, testing};
    ///
    /// let store = Arc::new(Counting::new(Memory::new(Clock::manual())));
    /// let larder = testing::isolated_with([("default", Settings::backend(Arc::clone(&store)).near(5))])?;
    /// let cache = larder.cache("default");
    /// cache.blocking().set("key", "value".to_owned(), Options::ttl(60))?;
    /// for _ in 0..10 {
    ///     assert!(cache.blocking().get::<String>("key")?.is_some());
    /// }
    /// assert_eq!((store.calls().gets, cache.stats().near_hits), (1, 9));
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn near(mut self, time: impl IntoTime) -> Self {
        self.near = Some(time.into_time());
        self
    }

    /// Holds at most so many entries near, of a cache that keeps some; 10,000 until told otherwise.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Settings, backend::Memory, clock::Clock, testing};
    ///
    /// let settings = Settings::backend(Memory::new(Clock::manual())).near(5).near_entries(100);
    /// assert!(testing::isolated_with([("default", settings)]).is_ok());
    /// let nothing_near = Settings::backend(Memory::new(Clock::manual())).near_entries(100);
    /// let error = testing::isolated_with([("default", nothing_near)]).unwrap_err();
    /// assert!(error.to_string().contains("`near_entries`"), "{error}");
    /// ```
    #[must_use]
    pub fn near_entries(mut self, entries: u64) -> Self {
        self.near_entries = Some(entries);
        self
    }

    /// Holds at most so many bytes near, of a cache that keeps some; without it, only their number is bounded.
    ///
    /// A value weighs what it has in its store, and may take more here; names weigh nothing. One that weighs more than
    /// that is not kept near. [`near_entries`](Self::near_entries) bounds how many there are besides.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::backend::Memory;
    /// use larder::{Options, Settings, clock::Clock, testing};
    ///
    /// let settings = Settings::backend(Memory::new(Clock::manual())).near(5).near_bytes(1_000);
    /// let larder = testing::isolated_with([("default", settings)])?;
    /// let cache = larder.cache("default");
    /// for key in (0..100).map(|number| number.to_string()) {
    ///     cache.blocking().set(&key, "so long".repeat(10), Options::ttl(60))?;
    ///     cache.blocking().get::<String>(&key)?;
    /// }
    /// assert!((800..=1_000).contains(&cache.stats().near_bytes));
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn near_bytes(mut self, bytes: u64) -> Self {
        self.near_bytes = Some(bytes);
        self
    }

    /// Switches the cache off: every body runs, until somebody switches it on.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Settings, testing};
    ///
    /// let larder = testing::isolated_with([("default", Settings::memory().off())])?;
    /// assert!(larder.cache("default").is_off());
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn off(mut self) -> Self {
        self.off = true;
        self
    }

    /// Makes the cache, with the registry's `home` around a backing.
    pub(crate) fn build(self, name: &str, homes: &Homes, off: bool) -> Result<Cache, Error> {
        self.check(name)?;
        let limits = Limits { max_entries: self.max_entries.unwrap_or(MAX_ENTRIES), max_bytes: self.max_bytes };
        let home = match self.place {
            Choice::Null => homes.around(Backing::Null),
            Choice::Outside(backend) => {
                let wrong = |error: Error| Error::new(error.kind(), format!("cache `{name}`: {error}"));
                let (backend, goes_by_eras) = match self.key_function {
                    None => clearable(backend, &self.key_prefix, homes).map_err(wrong)?,
                    // Nobody can tell what a function names from what others are called.
                    Some(_) => (backend, false),
                };
                let means = homes.means(name);
                let backend = self.layers.around(backend, &means).map_err(wrong)?;
                let markers = Arc::new(Markers::new(&self.key_prefix)?);
                let outside =
                    Outside::new(backend, markers, self.codec, self.max_value_bytes, &means).trusting(goes_by_eras);
                match self.near {
                    None => homes.around(Backing::Outside(outside)),
                    Some(time) => {
                        let entries = self.near_entries.unwrap_or(USUAL_ENTRIES);
                        let bounds = Bounds { time, entries, bytes: self.near_bytes };
                        // Where a function names entries, nobody knows what their names begin with.
                        let start = if self.key_function.is_some() { String::new() } else { outside.markers.start() };
                        homes.with_near(outside, bounds, start).map_err(wrong)?
                    }
                }
            }
            Choice::Memory => homes.in_memory(limits),
            Choice::Named(room) => homes.in_room(name, room, limits)?,
        };
        Cache::new(Parts {
            name: name.into(),
            home,
            prefix: self.key_prefix.into(),
            version: self.version.unwrap_or_else(|| VERSION.to_owned()).into(),
            key_function: self.key_function,
            ttl: self.ttl,
            off: self.off || off,
        })
    }

    fn check(&self, name: &str) -> Result<(), Error> {
        let wrong = |what: &str| Err(Error::configuration(format!("cache `{name}`: {what}")));
        let is_in_memory = matches!(self.place, Choice::Memory | Choice::Named(_));
        let bounds = !is_in_memory && (self.max_bytes.is_some() || self.max_entries.is_some());
        match () {
            () if self.max_entries == Some(0) => {
                wrong("`max_entries` is 0; for a cache that keeps nothing write `Settings::null()`")
            }
            () if self.max_bytes == Some(0) => {
                wrong("`max_bytes` is 0; for a cache that keeps nothing write `Settings::null()`")
            }
            () if self.max_value_bytes == Some(0) => {
                wrong("`max_value_bytes` is 0; for a cache that keeps nothing write `Settings::null()`")
            }
            () if self.max_value_bytes.is_some() && is_in_memory => {
                wrong("`max_value_bytes` bounds what is written outside; write `max_bytes` for a cache in memory")
            }
            () if !matches!(self.place, Choice::Outside(_)) && !self.layers.are_none() => {
                wrong("layers go around a store outside the process; this cache has none")
            }
            () if self.near.is_some() && !matches!(self.place, Choice::Outside(_)) => {
                wrong("`near` keeps values of a store outside near; this cache has none")
            }
            () if self.near == Some(Duration::ZERO) => {
                wrong("`near` is a time of 0, which keeps nothing near: leave it out")
            }
            () if self.near_entries == Some(0) => wrong("`near_entries` is 0: leave out `near` to keep nothing near"),
            () if self.near_bytes == Some(0) => wrong("`near_bytes` is 0: leave out `near` to keep nothing near"),
            () if self.near_bytes.is_some() && self.near.is_none() => {
                wrong("`near_bytes` bounds what is kept near, and nothing is: say for how long, with `near`")
            }
            () if self.near_entries.is_some() && self.near.is_none() => {
                wrong("`near_entries` bounds what is kept near, and nothing is: say for how long, with `near`")
            }
            () if bounds => wrong("`max_entries` and `max_bytes` bound a cache in memory; this one lives elsewhere"),
            () => Ok(()),
        }
    }
}

/// Makes a store clear one cache that cannot do that itself, and says whether it goes by eras for that.
fn clearable(
    store: Arc<dyn ErasedBackend>,
    prefix: &str,
    homes: &Homes,
) -> Result<(Arc<dyn ErasedBackend>, bool), Error> {
    if (*store).capabilities().clear_scope {
        return Ok((store, false));
    }
    Ok((Arc::new(Eras::new(store, prefix, homes.clock.clone(), is_anything_loading)?), true))
}
