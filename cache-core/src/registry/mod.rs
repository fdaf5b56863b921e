//! Named caches, and every annotated place of the program.

mod changes;
mod check;
mod commits;
pub mod effects;
mod homes;
mod isolation;
mod layers;
mod settings;
mod site;
mod unread;
mod unused;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use once_cell::sync::OnceCell;

pub use changes::{
    changed, changed_blocking, created, created_blocking, deleted, deleted_blocking, events, executor, on_change,
    on_change_blocking,
};
pub use check::{Problem, Problems, check};
use homes::Homes;
pub use isolation::is_anyone_isolated;
pub(crate) use isolation::{Isolation, enter_own, isolated, leave_own};
pub use settings::Settings;
pub use site::{Site, sites};

use crate::backend::all;
use crate::cache::Cache;
use crate::clock::Clock;
use crate::error::{Error, Kind};
use crate::events::Listeners;
use crate::executor::{Executor, block_on, usual};
use crate::explain::TagName;
use crate::key::Key;
use crate::lock::{self, RwLock};
use crate::tags::Began;
use crate::trace;

/// The variable that switches every cache of the program off.
pub const OFF_VARIABLE: &str = "LARDER_OFF";

/// The named caches of a program, or of a test.
///
/// ```
/// use cache_core::registry::{Plan, Registry, Settings};
///
/// let caches = vec![("pages".to_owned(), Settings::memory())];
/// let registry = Registry::new(Plan { caches, ..Plan::default() })?;
/// let names: Vec<_> = registry.caches().map(|cache| cache.name().to_owned()).collect();
/// assert_eq!(names, ["default", "pages"]);
/// assert!(registry.cache("page").is_err());
/// # Ok::<(), cache_core::error::Error>(())
/// ```
pub struct Registry {
    caches: RwLock<BTreeMap<Box<str>, Cache>>,
    /// The names of those that somebody has described.
    described: BTreeSet<Box<str>>,
    homes: Homes,
    /// Of a test: those of the program are told whatever its caches are.
    listeners: Arc<Listeners>,
    off: bool,
    /// Makes a cache in memory for every name that is asked for: a test need not repeat the program's configuration.
    open: bool,
}

/// What a registry is made of.
#[derive(Debug)]
pub struct Plan {
    /// The caches by name; `default` is added where it is missing.
    pub caches: Vec<(String, Settings)>,
    /// What `default` is like where it is missing.
    pub default: Settings,
    /// Where the caches read the time.
    pub clock: Clock,
    /// The runtime that the caches may use.
    pub executor: Arc<dyn Executor>,
    /// Whether all caches begin switched off.
    pub off: bool,
    /// Whether a cache in memory is made for every name that is asked for.
    pub open: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            caches: Vec::new(),
            default: Settings::memory(),
            clock: Clock::default(),
            executor: usual(),
            off: false,
            open: false,
        }
    }
}

impl Registry {
    /// Makes the caches of a plan.
    ///
    /// # Errors
    ///
    /// When a name is used twice or a setting cannot work.
    pub fn new(plan: Plan) -> Result<Self, Error> {
        let Plan { caches, default, clock, executor, off, open } = plan;
        let described = caches.iter().map(|(name, _)| name.as_str().into()).collect();
        let homes = Homes::new(clock, executor);
        let registry = Self { caches: RwLock::default(), described, homes, listeners: Arc::default(), off, open };
        for (name, settings) in caches {
            registry.add(&name, settings)?;
        }
        if registry.find("default").is_none() {
            registry.add("default", default)?;
        }
        Ok(registry)
    }

    /// Makes the caches of the program, which a variable can switch off.
    fn of_the_program(mut plan: Plan) -> Result<Self, Error> {
        plan.off |= switched_off_by(std::env::var(OFF_VARIABLE).ok().as_deref())?;
        Self::new(plan)
    }

    fn add(&self, name: &str, settings: Settings) -> Result<Cache, Error> {
        if name.trim() != name || name.is_empty() {
            let sentence = format!("`{name}` is no name of a cache: write a word, without white space around it");
            return Err(Error::configuration(sentence));
        }
        let cache = settings.build(name, &self.homes, self.off)?;
        match lock::write(&self.caches).entry(name.into()) {
            Entry::Vacant(place) => Ok(place.insert(cache).clone()),
            Entry::Occupied(_) => Err(Error::configuration(format!("there are two caches named `{name}`; rename one"))),
        }
    }

    fn find(&self, name: &str) -> Option<Cache> {
        lock::read(&self.caches).get(name).cloned()
    }

    /// Returns the cache of this name.
    ///
    /// # Errors
    ///
    /// When nobody configured one; the message names those that there are.
    pub fn cache(&self, name: &str) -> Result<Cache, Error> {
        match self.find(name) {
            Some(cache) => Ok(cache),
            // Two threads may ask at once: the one who comes second takes what the first has made.
            None if self.open => self.add(name, Settings::memory()).or_else(|error| self.find(name).ok_or(error)),
            None => Err(self.unknown(name)),
        }
    }

    fn unknown(&self, name: &str) -> Error {
        let names: Vec<_> = self.caches().map(|cache| format!("`{}`", cache.name())).collect();
        Error::new(Kind::UnknownCache, format!("there is no cache named `{name}`; there is {}", names.join(", ")))
    }

    /// Returns all caches, by name.
    pub fn caches(&self) -> impl Iterator<Item = Cache> {
        let caches = lock::read(&self.caches);
        caches.values().cloned().collect::<Vec<_>>().into_iter()
    }

    /// Invalidates everything in its caches that has this tag.
    ///
    /// # Errors
    ///
    /// Of the stores outside, of which each is told whatever becomes of the others: the first error.
    pub async fn invalidate_tag(&self, tag: &Key) -> Result<(), Error> {
        let outside = self.withdraw_tag(tag.as_str());
        match outside {
            Some(fingerprint) => self.withdraw_outside(fingerprint).await,
            None => Ok(()),
        }
    }

    /// Withdraws what has this tag in this process; returns its fingerprint, where there are stores outside to be told.
    pub(crate) fn withdraw_tag(&self, tag: &str) -> Option<u64> {
        let fingerprint = self.homes.tags.fingerprint(tag);
        self.homes.tags.invalidate(tag, fingerprint);
        trace::withdrawn(|| TagName::of(tag));
        fingerprint
    }

    async fn withdraw_outside(&self, fingerprint: u64) -> Result<(), Error> {
        let mut to_tell: Vec<Cache> = Vec::new();
        for cache in self.caches().filter(Cache::is_outside) {
            if !to_tell.iter().any(|other| other.shares_tags_with(&cache)) {
                to_tell.push(cache);
            }
        }
        // Side by side: whoever leaves in the middle has begun with each, and owes it to all that were not told.
        let told = all(to_tell.iter().map(|cache| cache.withdraw_outside(fingerprint)).collect()).await;
        told.into_iter().collect()
    }

    fn begin(&self) -> Began {
        self.homes.tags.begin(self.homes.clock.coarse_wall_millis())
    }

    /// Returns the clock of its caches.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.homes.clock
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.caches()).finish()
    }
}

fn switched_off_by(value: Option<&str>) -> Result<bool, Error> {
    match value {
        None | Some("0" | "false" | "no") => Ok(false),
        Some("1" | "true" | "yes") => Ok(true),
        Some(_) => Err(Error::configuration(format!(
            "the variable {OFF_VARIABLE} says neither yes nor no: write 1 to switch every cache off, or 0"
        ))),
    }
}

static GLOBAL: OnceCell<Registry> = OnceCell::new();

/// Whether the program has installed its caches, and not taken those that there are where nobody does.
static IS_INSTALLED: AtomicBool = AtomicBool::new(false);

/// Makes these the caches of the program.
///
/// # Errors
///
/// When a setting cannot work, or it is too late: a cache has been used already, or installed before.
pub fn install(plan: Plan) -> Result<(), Error> {
    let registry = Registry::of_the_program(plan)?;
    let installed = GLOBAL.set(registry).map(|()| IS_INSTALLED.store(true, Ordering::Release));
    installed.map_err(|_| {
        Error::configuration(
            "the caches of this program are in use already: install them once, before the first cached call",
        )
    })
}

/// Returns the caches of the program: those installed, or one named `default` in memory.
pub(crate) fn global() -> Result<&'static Registry, Error> {
    GLOBAL.get_or_try_init(|| {
        if let Some(sentence) = unread::by_the_program() {
            log::warn!(target: "larder", "{sentence}");
        }
        Registry::of_the_program(Plan::default())
    })
}

/// Returns the cache of this name: one of the test's own inside [`crate::testing`], else one of the program's.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::cache;
///
/// assert_eq!(cache("default")?.name(), "default");
/// assert!(cache("defualt").is_err());
/// # Ok::<(), larder::Error>(())
/// ```
///
/// # Errors
///
/// When nobody configured such a cache.
pub fn cache(name: &str) -> Result<Cache, Error> {
    match isolated() {
        Some(registry) => registry.cache(name),
        None => global()?.cache(name),
    }
}

/// Returns the cache of this name, where somebody has described one.
///
/// # Errors
///
/// When the program's configuration cannot be used.
#[doc(hidden)]
pub fn cache_if_there(name: &str) -> Result<Option<Cache>, Error> {
    Ok(match isolated() {
        Some(registry) => registry.find(name),
        None => global()?.find(name),
    })
}

/// Returns whether there is a cache of this name already: nobody makes the program's by asking.
fn is_made(name: &str) -> bool {
    match isolated() {
        Some(registry) => registry.find(name).is_some(),
        None => GLOBAL.get().is_some_and(|registry| registry.find(name).is_some()),
    }
}

/// Returns all caches: the test's own inside [`crate::testing`], else the program's.
///
/// # Errors
///
/// When the program's configuration cannot be used.
pub fn caches() -> Result<Vec<Cache>, Error> {
    match isolated() {
        Some(registry) => Ok(registry.caches().collect()),
        None => Ok(global()?.caches().collect()),
    }
}

/// Returns the same, where the program's have been made: nobody makes them by asking for these.
#[doc(hidden)]
#[must_use]
pub fn caches_if_made() -> Vec<Cache> {
    let registry = isolated();
    match &registry {
        Some(registry) => registry.caches().collect(),
        None => caches_of_the_program(),
    }
}

/// Returns those of the program, where they have been made, whatever test runs with caches of its own.
#[doc(hidden)]
#[must_use]
pub fn caches_of_the_program() -> Vec<Cache> {
    GLOBAL.get().map(|registry| registry.caches().collect()).unwrap_or_default()
}

/// Returns the clock of the test inside [`crate::testing`], else the system's. The program's caches are not made for that.
#[doc(hidden)]
#[must_use]
pub fn clock() -> Clock {
    isolated().map(|registry| registry.clock().clone()).unwrap_or_default()
}

/// Invalidates everything that has this tag, in all caches of the program, or of the test, and in one step however many
/// they are.
///
/// What was read before and is kept only afterwards goes too. Whoever asks from now on may wait for a load that began
/// before, and is never handed its value.
///
/// For what is in memory that is done when this is first polled. Where caches live outside, it is done for all processes
/// that share their stores when this has ended.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Key, Options, testing};
///
/// let larder = testing::isolated();
/// let tagged = |key: &str| Key::from(key).tagged(["tenant:7"]);
/// testing::block_on(async {
///     larder.cache("pages").set(tagged("home"), 1_u8, Options::forever()).await?;
///     larder.cache("users").set(tagged("ann"), 2_u8, Options::forever()).await?;
///     larder::invalidate_tag("tenant:7").await?;
///     assert!(!larder.cache("pages").has("home").await? && !larder.cache("users").has("ann").await?);
///     Ok::<(), larder::Error>(())
/// })?;
/// # Ok::<(), larder::Error>(())
/// ```
///
/// # Errors
///
/// When the program's configuration cannot be used, or a store outside fails: what that one holds may then still be served.
/// All others are told.
pub async fn invalidate_tag(tag: impl Into<Key>) -> Result<(), Error> {
    let tag = tag.into();
    effects::note_tag(tag.as_str());
    withdraw_everywhere(&tag).await
}

/// Does the same for those who have said who withdraws it.
pub(crate) async fn withdraw_everywhere(tag: &Key) -> Result<(), Error> {
    commits::note(tag);
    match isolated() {
        Some(registry) => registry.invalidate_tag(tag).await,
        None => global()?.invalidate_tag(tag).await,
    }
}

/// Does the same as [`invalidate_tag`], and blocks.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Key, Options, testing};
///
/// let larder = testing::isolated();
/// let pages = larder.cache("pages");
/// pages.blocking().set(Key::from("home").tagged(["tenant:7"]), 1_u8, Options::forever())?;
/// larder::invalidate_tag_blocking("tenant:7")?;
/// assert!(!pages.blocking().has("home")?);
/// # Ok::<(), larder::Error>(())
/// ```
///
/// # Errors
///
/// As there.
pub fn invalidate_tag_blocking(tag: impl Into<Key>) -> Result<(), Error> {
    block_on(invalidate_tag(tag))
}

/// Withdraws what has this tag in this process, for those who tell the stores outside later; says whether there are any.
pub(crate) fn withdraw_tag(tag: &Key) -> Result<bool, Error> {
    commits::note(tag);
    Ok(match isolated() {
        Some(registry) => registry.withdraw_tag(tag.as_str()),
        None => global()?.withdraw_tag(tag.as_str()),
    }
    .is_some())
}

/// Returns what tells later which tags were invalidated from now on, for what is read before its cache is known.
///
/// # Errors
///
/// When the program's configuration cannot be used.
pub fn begin() -> Result<Began, Error> {
    match isolated() {
        Some(registry) => Ok(registry.begin()),
        None => Ok(global()?.begin()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_that_switches_off_says_so_when_it_is_misspelt() {
        assert!(switched_off_by(Some("1")).unwrap());
        assert!(!switched_off_by(None).unwrap());
        for wrong in ["maybe", ""] {
            let error = switched_off_by(Some(wrong)).unwrap_err().to_string();
            assert_eq!(
                error,
                "the variable LARDER_OFF says neither yes nor no: write 1 to switch every cache off, or 0"
            );
        }
    }

    #[test]
    fn an_unknown_cache_is_an_error_that_names_those_that_there_are() {
        let plan = Plan { caches: vec![("pages".to_owned(), Settings::memory())], ..Plan::default() };
        let error = Registry::new(plan).unwrap().cache("page").unwrap_err();
        assert_eq!(error.kind(), Kind::UnknownCache);
        assert_eq!(error.to_string(), "there is no cache named `page`; there is `default`, `pages`");
    }

    #[test]
    fn a_cache_has_a_name_that_can_be_read() {
        for name in ["", " ", " a", "a\n"] {
            let plan = Plan { caches: vec![(name.to_owned(), Settings::memory())], ..Plan::default() };
            assert_eq!(Registry::new(plan).unwrap_err().kind(), Kind::Configuration, "{name:?}");
        }
    }

    #[test]
    fn one_name_twice_is_refused() {
        let caches = vec![("a".to_owned(), Settings::memory()), ("a".to_owned(), Settings::null())];
        let error = Registry::new(Plan { caches, ..Plan::default() }).unwrap_err();
        assert_eq!(error.to_string(), "there are two caches named `a`; rename one");
    }
}
