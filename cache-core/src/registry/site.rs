//! An annotated place in the program.

mod kept;

use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use once_cell::sync::OnceCell;

use super::Registry;
use crate::cache::{Asker, Cache, Named};
use crate::error::Error;
use crate::explain::Place;
use crate::key;
use crate::lock::Mutex;
use crate::policy::Options;
use crate::stats::{Counters, Event, LoadTimes, Stats};
use crate::tally::Tally;
use crate::unusual::is_anything_unusual;

/// One annotated place in the program: where it stands, what its keys look like, and what it has counted.
///
/// ```
/// # use cache_core::__private::larder;
/// # use cache_core::__private;
/// # __private::site!("profile", "example:profile:<id>");
/// use larder::sites;
///
/// // #[cached(key = "example:profile:<id>")]
/// // fn profile(id: u64) -> String { … }
/// let site = sites().find(|site| site.name() == "profile").expect("it is annotated");
/// assert_eq!((site.pattern(), site.cache_name()), ("example:profile:<id>", "default"));
/// assert_eq!((site.own_version(), site.needs_memory()), (None, false));
/// assert_eq!(site.stats().loads, 0);
/// site.switch_off();
/// assert!(site.is_off());
/// ```
#[derive(Debug)]
pub struct Site {
    program: Option<&'static str>,
    place: Place,
    /// Known where the path of the function is its pattern.
    path: Option<fn() -> &'static str>,
    /// Made when it is first asked for: the compiler would take longer over it than over all else. Never [`key::RAW`],
    /// which says here that nobody has asked.
    mark: AtomicU64,
    cache: &'static str,
    /// The cache that it takes in its place where there is one of this name.
    rather: Option<&'static str>,
    version: Option<&'static str>,
    pub(crate) options: Options,
    /// What only a cache in memory can do for it, and the word that asks for that.
    needs: Option<(&'static str, &'static str)>,
    /// The patterns of the tags that its values have.
    tags: &'static [&'static str],
    /// Whether what it keeps are pages, whose keys are not made by its pattern.
    is_page: bool,
    pub(crate) strict: bool,
    off: AtomicBool,
    counters: Counters,
    /// Hits that were nothing special, counted here only: its cache asks for them.
    hits: Tally,
    /// Those of its keys that have another mark than its own: each type around a generic method has one.
    marks: Mutex<Vec<u64>>,
    /// Its cache and its mark, found at the first call, since caches are configured when the program starts; tried again
    /// after a failure.
    resolved: OnceCell<(Cache, u64)>,
}

inventory::collect!(&'static Site);

/// What an expansion says of its site.
impl Site {
    /// Makes a site. For expansions.
    #[doc(hidden)]
    #[must_use]
    pub const fn at(
        module: &'static str,
        program: Option<&'static str>,
        name: &'static str,
        file: &'static str,
        line: u32,
        pattern: &'static str,
    ) -> Self {
        Self {
            program,
            place: Place::new(module, name, file, line, pattern),
            path: None,
            mark: AtomicU64::new(key::RAW),
            cache: "default",
            rather: None,
            version: None,
            options: Options::DEFAULT,
            needs: None,
            tags: &[],
            is_page: false,
            strict: false,
            off: AtomicBool::new(false),
            counters: Counters::new(),
            hits: Tally::new(),
            marks: Mutex::new(Vec::new()),
            resolved: OnceCell::new(),
        }
    }

    /// Says that it has no pattern of its own, and how to find out the path of its companion.
    #[doc(hidden)]
    #[must_use]
    pub const fn unnamed(mut self, path: fn() -> &'static str) -> Self {
        self.path = Some(path);
        self
    }

    /// Names its cache.
    #[doc(hidden)]
    #[must_use]
    pub const fn cache(mut self, name: &'static str) -> Self {
        self.cache = name;
        self
    }

    /// Names the cache that it takes where somebody has described one of this name.
    #[doc(hidden)]
    #[must_use]
    pub const fn rather(mut self, name: &'static str) -> Self {
        self.rather = Some(name);
        self
    }

    /// Names its version.
    #[doc(hidden)]
    #[must_use]
    pub const fn version(mut self, version: &'static str) -> Self {
        self.version = Some(version);
        self
    }

    /// Says how its values are kept.
    #[doc(hidden)]
    #[must_use]
    pub const fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Says that its values cannot leave the process.
    #[doc(hidden)]
    #[must_use]
    pub const fn local(self) -> Self {
        self.needing("keeps values that cannot leave the process", "local")
    }

    /// Says which tags its values have.
    #[doc(hidden)]
    #[must_use]
    pub const fn tags(mut self, tags: &'static [&'static str]) -> Self {
        self.tags = tags;
        self
    }

    /// Says that it keeps pages, each under its URL: its pattern is what they are invalidated by.
    #[doc(hidden)]
    #[must_use]
    pub const fn page(mut self) -> Self {
        self.is_page = true;
        self
    }

    /// Says that trouble of the store becomes an error of the function.
    #[doc(hidden)]
    #[must_use]
    pub const fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    const fn needing(mut self, what: &'static str, word: &'static str) -> Self {
        self.needs = Some((what, word));
        self
    }

    /// Says that it keeps errors, which cannot leave the process.
    #[doc(hidden)]
    #[must_use]
    pub const fn keeps_errors(self) -> Self {
        self.needing("keeps errors, which cannot leave the process", "error_ttl")
    }
}

impl Site {
    /// Returns the module it stands in.
    #[must_use]
    pub fn module(&self) -> &'static str {
        self.place.module
    }

    /// Returns the name of its function.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.place.name
    }

    /// Returns the file it stands in.
    #[must_use]
    pub fn file(&self) -> &'static str {
        self.place.file
    }

    /// Returns the line it stands at.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.place.line
    }

    /// Returns the pattern of its keys.
    #[must_use]
    pub fn pattern(&self) -> &'static str {
        self.place.pattern
    }

    /// Returns the name of its cache.
    #[must_use]
    pub fn cache_name(&self) -> &'static str {
        self.rather.filter(|name| super::is_made(name)).unwrap_or(self.cache)
    }

    /// Returns whether its cache depends on which caches there are.
    #[doc(hidden)]
    #[must_use]
    pub fn has_a_choice(&self) -> bool {
        self.rather.is_some()
    }

    /// Returns the version it asks for, where it does not take the one of its cache.
    #[must_use]
    pub fn own_version(&self) -> Option<&'static str> {
        self.version
    }

    /// Returns whether its values, or the errors it keeps, cannot leave the process.
    #[must_use]
    pub fn needs_memory(&self) -> bool {
        self.needs.is_some()
    }

    /// Returns whether it keeps pages: its pattern is what they are invalidated by, and no pattern of keys.
    #[must_use]
    pub fn is_page(&self) -> bool {
        self.is_page
    }

    /// Counts what became of a question that somebody else has asked its cache, as with [`Cache::note`].
    pub fn note(&self, event: Event) {
        self.count(event);
    }

    /// Counts a hit in the cache that [`home`](Self::home) has lent, which takes it into its own count.
    #[inline]
    pub fn note_hit(&self) {
        self.count_hit();
    }

    /// Returns the patterns of the tags that its values have, as it says; a body may give its own more.
    #[must_use]
    pub fn tag_patterns(&self) -> &'static [&'static str] {
        self.tags
    }

    /// Returns where it stands, for who explains.
    #[doc(hidden)]
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    pub(crate) fn has_tags(&self) -> bool {
        !self.tags.is_empty()
    }

    pub(crate) fn needs(&self) -> Option<(&'static str, &'static str)> {
        self.needs
    }

    /// Returns what it has counted since the program began.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let mut stats = self.counters.snapshot();
        stats.hits += self.hits.count();
        stats
    }

    /// Returns how long its bodies took since the program began. Of pages nothing is known: they are made while they
    /// are sent.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// # use cache_core::__private;
    /// # __private::site!("square", "example:load_times:<number>");
    /// // #[cached(key = "example:load_times:<number>")]
    /// // fn square(number: u64) -> u64 { … }
    /// let site = larder::sites().find(|site| site.name() == "square").expect("it is annotated");
    /// assert_eq!(site.load_times().quantile(0.99), None, "it has not run");
    /// ```
    #[must_use]
    pub fn load_times(&self) -> LoadTimes {
        self.counters.load_times()
    }

    /// Switches the site off: its body runs for every caller, and nothing is kept, until it is switched on again.
    ///
    /// What was kept before is still there then; what was put, refreshed or invalidated meanwhile is not.
    pub fn switch_off(&self) {
        self.off.store(true, Ordering::Release);
    }

    /// Switches the site on again.
    pub fn switch_on(&self) {
        self.off.store(false, Ordering::Release);
    }

    /// Returns whether the site is switched off.
    #[must_use]
    #[inline]
    pub fn is_off(&self) -> bool {
        self.off.load(Ordering::Acquire)
    }

    /// Counts a hit in the cache that [`ready`](Self::ready) has returned.
    #[inline]
    pub(crate) fn count_hit(&self) {
        self.hits.raise();
    }

    #[inline]
    pub(crate) fn mark(&self) -> u64 {
        match self.mark.load(Ordering::Relaxed) {
            key::RAW => self.make_mark(),
            mark => mark,
        }
    }

    #[cold]
    fn make_mark(&self) -> u64 {
        let mark = self.path.map_or_else(|| self.mark_of_pattern(), |path| self.mark_of_path(path()));
        self.mark.store(mark, Ordering::Relaxed);
        mark
    }

    fn mark_of_pattern(&self) -> u64 {
        key::mark_within(self.place.module, self.program, self.place.pattern)
    }

    /// Returns the mark of a function by its path, which differs from its module's where that stands in a function.
    fn mark_of_path(&self, path: &str) -> u64 {
        let mark = self.mark_of_pattern();
        match path.rsplit_once("::") {
            Some((module, _)) if module == self.place.module => mark,
            _ => (0..self.twins_before(path)).fold(key::mark_of(mark, path), |mark, _| key::mark_of(mark, "again")),
        }
    }

    /// Returns how many functions of the same path stand before this one: no path tells one block from another.
    fn twins_before(&self, path: &str) -> usize {
        let mark = self.mark_of_pattern();
        let is_twin = |site: &&Self| site.path.is_some_and(|other| other() == path) && site.mark_of_pattern() == mark;
        let mut twins: Vec<_> = sites().filter(is_twin).collect();
        twins.sort_by_key(|site| (site.file(), site.line()));
        twins.iter().position(|site| std::ptr::eq(*site, self)).unwrap_or(0)
    }

    #[inline]
    pub(crate) fn named(&'static self) -> Named {
        Named { place: &self.place, counters: &self.counters }
    }

    /// Returns the site as the one who asks a cache.
    pub(crate) fn asker(&'static self, cache: &Cache) -> Asker {
        Asker::new(Cow::Owned(cache.clone()), Some(self.named()))
    }

    pub(crate) fn count(&self, event: Event) {
        self.counters.count(event);
    }

    /// Counts and logs trouble with finding its cache.
    pub(crate) fn trouble(&self, error: &Error) {
        self.count(Event::Trouble);
        log::error!(target: "larder", "{self}: {error}");
    }

    /// Returns the cache it belongs to, and its mark, where there is nothing special about this call: the cache is known,
    /// nothing is switched off, no test runs with caches of its own, and nobody asks for explanations.
    #[inline]
    pub(crate) fn ready(&'static self) -> Option<&'static (Cache, u64)> {
        let ready = self.resolved.get()?;
        let is_usual = !is_anything_unusual() && !self.is_off() && !ready.0.is_off();
        is_usual.then_some(ready)
    }

    /// Returns the cache it belongs to, at its version.
    ///
    /// # Errors
    ///
    /// When nobody configured such a cache, or the program's configuration cannot be used.
    pub fn home(&'static self) -> Result<Cow<'static, Cache>, Error> {
        if let Some(registry) = super::isolated() {
            return self.resolve(&registry).map(Cow::Owned);
        }
        let resolve = || {
            let cache = self.resolve(super::global()?)?;
            cache.ask_for_hits(&self.hits, self.is_page);
            Ok((cache, self.mark()))
        };
        self.resolved.get_or_try_init(resolve).map(|(cache, _)| Cow::Borrowed(cache))
    }

    pub(crate) fn resolve(&self, registry: &Registry) -> Result<Cache, Error> {
        let cache = match self.rather.and_then(|name| registry.find(name)) {
            Some(cache) => cache,
            None => registry.cache(self.cache)?,
        };
        self.version.map_or(Ok(cache.clone()), |version| cache.at_version(version))
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}::{}` at {}:{}", self.place.module, self.name(), self.file(), self.line())
    }
}

/// Returns every annotated place of the program and of the libraries it is linked with.
///
/// ```
/// # use cache_core::__private::larder;
/// # use cache_core::__private;
/// # __private::site!("square", "example:square:<number>");
/// // #[cached(key = "example:square:<number>")]
/// // fn square(number: u64) -> u64 { … }
/// let patterns: Vec<_> = larder::sites().map(|site| site.pattern()).collect();
/// assert!(patterns.contains(&"example:square:<number>"));
/// ```
pub fn sites() -> impl Iterator<Item = &'static Site> {
    inventory::iter::<&'static Site>.into_iter().copied()
}
