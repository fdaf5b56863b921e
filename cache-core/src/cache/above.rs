//! What those need of a cache who build another one on it.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::Cache;
use super::marker::Versions;
use crate::backend::Ticket;
use crate::clock::Clock;
use crate::codec::wire::TagVersion;
use crate::entry::Hearing;
use crate::error::Error;
use crate::executor::{Executor, block_on};
use crate::explain::TagName;
use crate::flight::Token;
use crate::key::{Key, KeyText, KeyWriter};
use crate::lock::{Mutex, MutexGuard, lock};
use crate::policy::{DEFAULT_TIME, Options, Ttl};
use crate::stats::Event;
use crate::tags::{Began, Bonds, Moment, Seen};
use crate::value::Value;

/// The right to keep what is being read now: it ends when somebody else writes or invalidates the entry.
///
/// From [`Cache::fill`], taken before the source is read. It is for values that come about in a way that no body of
/// [`get_or_load`](Cache::get_or_load) can return, such as a page whose end is written after its beginning was sent.
/// A store outside is asked for nothing before [`look_at_tags`](Self::look_at_tags): until then the right ends by what this
/// process does only.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Options, testing};
///
/// let larder = testing::isolated();
/// let cache = larder.cache("default");
/// testing::block_on(async {
///     let filling = cache.fill("price");
///     let read = 7_u8; // from a source that changes now,
///     cache.delete("price").await?; // and whoever changed it says so
///     assert!(!filling.keep(read, Options::ttl(60)).await?);
///     assert_eq!(cache.get::<u8>("price").await?, None);
///     Ok::<(), larder::Error>(())
/// })?;
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Debug)]
pub struct Filling {
    cache: Cache,
    key: Key,
    token: Token,
    began: Mutex<Beginning>,
}

/// When something began to be read, and what was known of its tags before.
#[derive(Clone, Debug)]
struct Beginning {
    since: Moment,
    /// Whether some of it was read earlier than this was taken.
    is_earlier: bool,
    versions: Vec<TagVersion>,
    /// The ticket of the store outside, for the key of the right alone.
    ticket: Option<Ticket>,
}

impl Cache {
    /// Takes the right to keep what is about to be read under this key.
    #[must_use]
    pub fn fill(&self, key: impl Into<Key>) -> Filling {
        self.fill_since(key.into(), Beginning::at(self.home().tags.now()))
    }

    /// Takes the same right as if it had been taken when something else began to be read, as far as tags go.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let (cache, began) = (larder.cache("default"), cache_core::registry::begin()?);
    /// larder::invalidate_tag_blocking("user:7")?; // between reading who asks and what was asked for
    /// let filling = cache.fill_as_of("page", began);
    /// assert!(!testing::block_on(filling.keep_tagged(["user:7"], 1_u8, Options::ttl(60)))?);
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn fill_as_of(&self, key: impl Into<Key>, began: Began) -> Filling {
        let began = Beginning { is_earlier: true, ..Beginning::at(self.home().tags.since(began)) };
        self.fill_since(key.into(), began)
    }

    fn fill_since(&self, key: Key, began: Beginning) -> Filling {
        let token = self.home().flights.token(self.name_of(&key).as_bytes());
        Filling { cache: self.clone(), key, token, began: Mutex::new(began) }
    }

    /// Tells the log of trouble that somebody has met with the store: of one that is away once, until it is back.
    #[doc(hidden)]
    pub fn tell_trouble(&self, whose: impl fmt::Display, error: &Error) {
        let home = self.home();
        if home.outside().is_none() || home.outage.note(self.name(), error, home.clock.now()) {
            log::warn!(target: "larder", "cache `{}`, {whose}: {error}", self.name());
        }
    }

    /// Returns the name of a tag as it is told: of one that came from a store outside, if anybody here has said it.
    #[doc(hidden)]
    #[must_use]
    pub fn told_name_of(&self, tag: &str) -> TagName {
        match TagName::of(tag) {
            TagName::Unnamed { fingerprint } => TagName::of(&self.home().tags.name_of(fingerprint)),
            named => named,
        }
    }

    /// Returns the value under this key, if there is a live one of this type in this process, and counts nothing: what is
    /// asked of a cache above may take several questions to this one.
    ///
    /// # Errors
    ///
    /// When the store fails.
    #[inline]
    pub fn peek<V: Value>(&self, key: &Key) -> Result<Option<V>, Error> {
        let keep = V::keep();
        // What is there takes no future.
        match self.get_at_once(key, keep) {
            Some(found) => Ok(Some(found)),
            None => block_on(self.find(key, keep, None)),
        }
    }

    /// Does the same with a key that is written where it is looked for: a [`Key`] is large, and who finds something needs none.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::key::mark;
    /// use larder::{Key, Options};
    ///
    /// let larder = larder::testing::isolated();
    /// let cache = larder.cache("default");
    /// let key = Key::write(mark("answer:<to>"), |key| key.literal("answer:").rest(b"all"));
    /// cache.blocking().set(&key, 42_u8, Options::forever())?;
    /// let found = cache.peek_written(key.mark(), |key| key.literal("answer:").rest(b"all"));
    /// assert_eq!(found?, Some(42_u8));
    /// # Ok::<(), larder::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the store fails.
    #[inline]
    pub fn peek_written<V: Value>(&self, mark: u64, write: impl Fn(&mut KeyWriter<'_>)) -> Result<Option<V>, Error> {
        let mut text = KeyText::empty();
        text.write(&write);
        match self.address_of_text(mark, &text).and_then(|address| self.get_at(address, V::keep())) {
            Some(found) => Ok(Some(found)),
            None => self.peek(&Key::write(mark, write)),
        }
    }

    /// Does the same, also where the cache lives outside the process.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn peek_outside<V: Value>(&self, key: &Key) -> Result<Option<V>, Error> {
        self.find(key, V::keep(), None).await
    }

    /// Counts what became of such a question.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use cache_core::stats::Event;
    /// use larder::{Key, Options};
    ///
    /// let larder = larder::testing::isolated();
    /// let cache = larder.cache("default");
    /// cache.blocking().set("key", 1_u8, Options::forever())?;
    /// assert_eq!(cache.peek(&Key::from("key"))?, Some(1_u8));
    /// assert_eq!(cache.stats().hits, 0);
    /// cache.note(Event::Hit);
    /// assert_eq!(cache.stats().hits, 1);
    /// # Ok::<(), larder::Error>(())
    /// ```
    pub fn note(&self, event: Event) {
        self.count(event);
    }

    /// Returns how long it keeps a value that says no time.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use std::time::Duration;
    /// use larder::{Settings, Ttl, testing};
    ///
    /// let larder = testing::isolated_with([("brief", Settings::memory().ttl(60))])?;
    /// assert_eq!(larder.cache("brief").usual_ttl(), Ttl::For(Duration::from_secs(60)));
    /// assert_eq!(larder.cache("default").usual_ttl(), Ttl::For(Duration::from_secs(300)));
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn usual_ttl(&self) -> Ttl {
        match self.usual_time() {
            Ttl::Default => Ttl::For(DEFAULT_TIME),
            said => said,
        }
    }

    /// Returns where this cache reads the time.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.home().clock
    }

    /// Returns what runs tasks for this cache.
    #[must_use]
    pub fn executor(&self) -> &Arc<dyn Executor> {
        &self.home().executor
    }

    /// Returns what belongs to this cache and lives as long: one of each type, made when it is first asked for.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU32, Ordering};
    ///
    /// let larder = larder::testing::isolated();
    /// let count = || larder.cache("default").beside::<AtomicU32>();
    /// count().fetch_add(1, Ordering::Relaxed);
    /// assert_eq!(count().load(Ordering::Relaxed), 1);
    /// ```
    #[must_use]
    pub fn beside<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut beside = lock(&self.core.beside);
        let found = beside.iter().find_map(|one| Arc::clone(one).downcast().ok());
        found.unwrap_or_else(|| {
            let new = Arc::new(T::default());
            beside.push(Arc::clone(&new) as Arc<dyn Any + Send + Sync>);
            new
        })
    }
}

impl Beginning {
    fn at(since: Moment) -> Self {
        Self { since, is_earlier: false, versions: Vec::new(), ticket: None }
    }
}

impl Filling {
    /// Takes the same right for another key, as if it had been taken when this one was, as far as tags go.
    #[must_use]
    pub fn beside(&self, key: impl Into<Key>) -> Self {
        let began = Beginning { ticket: None, ..self.began().clone() };
        self.cache.fill_since(key.into(), began)
    }

    fn began(&self) -> MutexGuard<'_, Beginning> {
        lock(&self.began)
    }

    /// Looks at how these tags stand in a store outside, and those of the key, before anything is read that will have them.
    /// A tag that is only told afterwards may have been invalidated in between, also by another process: where nobody can tell
    /// any more, what has it is not kept.
    ///
    /// A store with conditional fills is asked for a ticket, too: from then on the right ends as well by what other processes do.
    /// In memory there is nothing to be asked.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, Settings, backend::Memory, clock::Clock, testing};
    ///
    /// let larder = testing::isolated_with([("default", Settings::backend(Memory::new(Clock::manual())))])?;
    /// let cache = larder.cache("default");
    /// testing::block_on(async {
    ///     let filling = cache.fill("page");
    ///     filling.look_at_tags(["news"]).await?;
    ///     assert!(filling.keep_tagged(["news"], 1_u8, Options::ttl(60)).await?);
    ///     larder::invalidate_tag("news").await?; // here, or in another process before the same store
    ///     assert!(!cache.has("page").await?);
    ///     Ok::<(), larder::Error>(())
    /// })?;
    /// # Ok::<(), larder::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn look_at_tags(&self, tags: impl IntoIterator<Item = impl Into<Key>>) -> Result<(), Error> {
        let home = self.cache.home();
        let Some(outside) = home.outside() else { return Ok(()) };
        let tags = self.cache.fingerprints_of(&self.key.clone().tagged(tags));
        let (may_get, mut versions) = (outside.markers.expects_more(self.key.mark(), true), Versions::default());
        home.prepare(outside, &tags, may_get, &mut versions).await?;
        let name = self.cache.name_of(&self.key);
        let can = outside.capabilities().conditional_fill;
        let ticket = if can { Some(outside.begin_fill(&name).await?) } else { None };
        let mut began = self.began();
        began.ticket = ticket;
        if !began.is_earlier {
            began.since = began.since.having_seen(home.tags.now());
            began.versions = versions.known();
        }
        Ok(())
    }

    /// Returns whether the right still stands.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.token.is_good()
    }

    /// Returns whether the right still stands, and no tag was invalidated since, of whatever entry: what has been read is
    /// then as good as what somebody would read who began now.
    #[must_use]
    pub fn is_undisturbed(&self) -> bool {
        self.is_good() && self.began().since.is_undisturbed_until(self.cache.home().tags.now())
    }

    /// Returns whether a value with these tags more than its key has is withdrawn already: one of them was invalidated
    /// since.
    #[must_use]
    pub fn is_withdrawn(&self, tags: impl IntoIterator<Item = impl Into<Key>>) -> bool {
        let key = self.key.clone().tagged(tags);
        self.bonds(&key).is_some_and(|bonds| bonds.are_cut())
    }

    fn bonds(&self, key: &Key) -> Option<Bonds> {
        let Beginning { since, versions, .. } = self.began().clone();
        Bonds::new(since, self.cache.tags_of(key)).map(|bonds| bonds.with_versions(versions))
    }

    /// Keeps the value, with these tags more than its key has, if the right still stands; says whether it does.
    ///
    /// # Errors
    ///
    /// As those of [`Cache::set`].
    pub async fn keep_tagged<V: Value>(
        &self,
        tags: impl IntoIterator<Item = impl Into<Key>>,
        value: V,
        options: impl Into<Options>,
    ) -> Result<bool, Error> {
        self.keep_with(self.key.clone().tagged(tags), Vec::new(), value, options.into()).await
    }

    /// Does the same with what was made while this was heard: what it has read in a store outside came with versions.
    ///
    /// # Errors
    ///
    /// As those of [`Cache::set`].
    #[doc(hidden)]
    pub async fn keep_heard<V: Value>(
        &self,
        heard: &Hearing,
        tags: impl IntoIterator<Item = impl Into<Key>>,
        value: V,
        options: impl Into<Options>,
    ) -> Result<bool, Error> {
        self.keep_with(self.key.clone().tagged(tags), heard.wishes().seen, value, options.into()).await
    }

    async fn keep_with<V: Value>(&self, key: Key, seen: Vec<Seen>, value: V, options: Options) -> Result<bool, Error> {
        let bonds = self.bonds(&key).map(|bonds| bonds.with_seen(seen));
        // What is withdrawn already drives nobody out who read later.
        if bonds.as_ref().is_some_and(Bonds::are_cut) {
            return Ok(false);
        }
        let ticket = self.began().ticket.clone();
        self.cache.set_since((&self.token, ticket), &key, value, V::keep(), options, bonds).await
    }

    /// Keeps the value, if the right still stands, and says whether it does. It ends by that.
    ///
    /// # Errors
    ///
    /// As those of [`Cache::set`].
    pub async fn keep<V: Value>(&self, value: V, options: impl Into<Options>) -> Result<bool, Error> {
        self.keep_tagged::<V>([] as [Key; 0], value, options).await
    }
}
