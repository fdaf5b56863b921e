//! The handle: what a program holds of a cache.

mod above;
mod across;
mod agreed;
mod asker;
mod batch;
mod blocking;
mod commits;
mod count;
mod draw;
mod emulated;
mod fill;
mod hand;
mod home;
mod inherit;
mod inspect;
mod judge;
mod keys;
mod load;
mod look;
mod many;
mod marker;
mod namespace;
mod near;
mod of_site;
mod outage;
mod outside;
mod parcel;
mod quiet;
mod race;
mod read;
mod rules;
mod run;
mod sends;
mod tell;
mod verify;
mod write;

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub use above::Filling;
pub(crate) use asker::{Asker, Named};
pub(crate) use batch::{Batch, Round, RunningRound};
pub use blocking::Blocking;
pub(crate) use home::{Backing, Home, Nearby, Outside};
pub use inspect::Inspected;
pub use keys::Keys;
pub(crate) use load::{Beside, Load, Next};
pub(crate) use look::{look, seek};
pub(crate) use marker::Markers;
pub use namespace::Namespace;
use namespace::Within;
pub(crate) use near::{Behind, Bounds, Near, Party, USUAL_ENTRIES, listen};
pub(crate) use race::{First, race};
pub use rules::{ErrorTtl, NoneTtl, Rules, Share};
pub(crate) use run::{Run, Running, once_only};
pub(crate) use tell::Bare;
pub(crate) use verify::Verification;

use crate::error::Error;
use crate::key::{KeyFunction, Scope};
use crate::lock::{Mutex, MutexGuard, lock};
use crate::policy::Ttl;
use crate::stats::{Counters, LoadTimes, Stats};
use crate::store::Store;
use crate::tally::Tally;

/// A cache: a name, a place where its entries live, and how they are called there.
///
/// It is a handle, cheap to clone. Named caches come from [`crate::registry::cache`]; what an attribute does is the
/// same as [`get_or_load`](Self::get_or_load) with a key of the same pattern.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Options, testing};
///
/// let larder = testing::isolated();
/// let cache = larder.cache("pages");
/// cache.clone().blocking().set("home", "<h1>".to_owned(), Options::ttl(60))?;
/// assert_eq!(cache.blocking().get::<String>("home")?.as_deref(), Some("<h1>"));
/// assert_eq!((cache.name(), cache.is_outside()), ("pages", false));
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Clone)]
pub struct Cache {
    core: Arc<Core>,
    at: Arc<Version>,
    within: Option<Arc<Within>>,
}

/// The version whose entries a handle speaks of.
struct Version {
    name: Box<str>,
    scope: Scope,
}

/// What all handles of one named cache share.
struct Core {
    name: Box<str>,
    home: Arc<Home>,
    prefix: Box<str>,
    key_function: Option<KeyFunction>,
    ttl: Ttl,
    off: AtomicBool,
    counters: Counters,
    /// The hits that its sites count for themselves.
    hits: Mutex<Vec<SiteHits>>,
    /// What those keep with it who build on it.
    beside: Mutex<Vec<Arc<dyn Any + Send + Sync>>>,
}

/// The hits that a site counts for itself.
struct SiteHits {
    hits: &'static Tally,
    are_pages: bool,
}

/// What a cache is made of.
pub(crate) struct Parts {
    pub(crate) name: Box<str>,
    pub(crate) home: Arc<Home>,
    pub(crate) prefix: Box<str>,
    pub(crate) version: Box<str>,
    pub(crate) key_function: Option<KeyFunction>,
    pub(crate) ttl: Ttl,
    pub(crate) off: bool,
}

impl Cache {
    pub(crate) fn new(parts: Parts) -> Result<Self, Error> {
        let Parts { name, home, prefix, version, key_function, ttl, off } = parts;
        let (off, counters) = (AtomicBool::new(off), Counters::new());
        let core = Arc::new(Core {
            name,
            home,
            prefix,
            key_function,
            ttl,
            off,
            counters,
            hits: Mutex::default(),
            beside: Mutex::default(),
        });
        let at = core.version(version)?;
        Ok(Self { core, at, within: None })
    }

    /// Returns its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.core.name
    }

    /// Returns the same cache, speaking of the entries of another version.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let (now, next) = (larder.cache("default"), larder.cache("default").at_version(2)?);
    /// now.blocking().set("key", 1_u8, Options::forever())?;
    /// assert!(!next.blocking().has("key")?);
    /// # Ok::<(), larder::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When prefix and version together are too long to leave room for keys.
    pub fn at_version(&self, version: impl fmt::Display) -> Result<Self, Error> {
        let at = self.core.version(version.to_string().into())?;
        Ok(Self { at, ..self.clone() })
    }

    /// Returns what it has counted since it was made.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// cache.blocking().set("key", 1_u8, Options::forever())?;
    /// cache.blocking().get::<u8>("key")?;
    /// let stats = cache.stats();
    /// assert_eq!((stats.hits, stats.misses, stats.entries), (1, 0, 1));
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn stats(&self) -> Stats {
        let mut stats = self.core.counters.snapshot();
        let (mut of_sites, mut of_values) = (0, 0);
        for SiteHits { hits, are_pages } in self.sites_hits().iter() {
            of_sites += hits.count();
            of_values += if *are_pages { 0 } else { hits.count() };
        }
        stats.hits += of_sites;
        if let Some(near) = &self.core.home.near {
            near.add_to(&mut stats, of_values);
        }
        if let Some(store) = self.core.home.memory() {
            stats.evictions = store.evictions();
            stats.entries = store.len();
            stats.bytes = store.bytes();
        }
        stats.unopened = self.core.home.outside().map_or(0, Outside::unopened);
        stats
    }

    /// Returns how long the bodies took that it was asked to keep the values of, as
    /// [`Site::load_times`](crate::registry::Site::load_times) does for one site.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// cache.blocking().get_or_load("key", Options::forever(), || 1_u8);
    /// assert!(cache.load_times().quantile(0.99).is_some());
    /// ```
    #[must_use]
    pub fn load_times(&self) -> LoadTimes {
        self.core.counters.load_times()
    }

    /// Takes hits into its count that a site counts for itself: those on pages, or on what was in this process.
    pub(crate) fn ask_for_hits(&self, hits: &'static Tally, are_pages: bool) {
        self.sites_hits().push(SiteHits { hits, are_pages });
    }

    fn sites_hits(&self) -> MutexGuard<'_, Vec<SiteHits>> {
        lock(&self.core.hits)
    }

    /// Switches the cache off: every body runs, and nothing is read or kept until it is switched on again.
    ///
    /// What was kept before is still there then; what was invalidated meanwhile is not.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let cache = larder.cache("default");
    /// cache.blocking().set("key", 1_u8, Options::forever())?;
    /// cache.switch_off();
    /// assert!(cache.is_off());
    /// assert_eq!(cache.blocking().get_or_load("key", Options::forever(), || 2_u8), 2);
    /// cache.switch_on();
    /// assert_eq!(cache.blocking().get::<u8>("key")?, Some(1));
    /// # Ok::<(), larder::Error>(())
    /// ```
    pub fn switch_off(&self) {
        self.core.off.store(true, Ordering::Release);
    }

    /// Switches the cache on again.
    pub fn switch_on(&self) {
        self.core.off.store(false, Ordering::Release);
    }

    /// Returns whether the cache is switched off.
    #[must_use]
    #[inline]
    pub fn is_off(&self) -> bool {
        self.core.off.load(Ordering::Acquire)
    }

    /// Returns whether its entries live outside the process.
    #[must_use]
    pub fn is_outside(&self) -> bool {
        matches!(self.core.home.backing, Backing::Outside(_))
    }

    /// Returns in a word where its entries live: `memory`, `outside` or `none`.
    #[must_use]
    pub fn store_kind(&self) -> &'static str {
        match self.core.home.backing {
            Backing::Memory(_) => "memory",
            Backing::Outside(_) => "outside",
            Backing::Null => "none",
        }
    }

    /// Returns whether its store was away when it was asked last, or a moment before.
    #[must_use]
    pub fn is_away(&self) -> bool {
        self.core.home.outage.is_on()
    }

    /// Returns whether what its entries weigh is counted.
    #[must_use]
    pub fn counts_bytes(&self) -> bool {
        self.core.home.memory().is_some_and(Store::counts_bytes)
    }

    #[inline]
    pub(crate) fn home(&self) -> &Home {
        &self.core.home
    }

    #[inline]
    pub(crate) fn scope(&self) -> &Scope {
        &self.at.scope
    }

    #[inline]
    pub(crate) fn counters(&self) -> &Counters {
        &self.core.counters
    }

    /// Returns how long it keeps what nobody says a time of, where it says that itself.
    #[doc(hidden)]
    #[must_use]
    pub fn usual_time(&self) -> Ttl {
        self.core.ttl
    }

    pub(crate) fn version(&self) -> &str {
        &self.at.name
    }
}

impl Core {
    fn version(&self, name: Box<str>) -> Result<Arc<Version>, Error> {
        let scope = Scope::new(&self.prefix, &name, self.key_function)?;
        Ok(Arc::new(Version { name, scope }))
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").field("name", &self.name()).field("outside", &self.is_outside()).finish_non_exhaustive()
    }
}
