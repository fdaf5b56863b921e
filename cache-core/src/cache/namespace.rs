//! Parts of a cache that can be emptied in one step.

use std::collections::BTreeSet;
use std::fmt::{self, Display};
use std::ops::Deref;
use std::sync::Arc;

use super::Cache;
use crate::error::Error;
use crate::executor::block_on;
use crate::explain::TagName;
use crate::key::{Address, Key, KeyText, Name};
use crate::stats::Event;
use crate::tags::{Tag, fingerprint, fingerprint_abroad};
use crate::trace;

/// A part of a cache with keys of its own, all of which can be invalidated in one step.
///
/// It can do all that a [`Cache`] can; its keys meet neither those of the cache itself nor those of another namespace.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Options, testing};
///
/// let larder = testing::isolated();
/// let cache = larder.cache("default");
/// let (ann, bob) = (cache.namespace("user:1"), cache.namespace("user:2"));
/// for user in [&ann, &bob] {
///     user.blocking().set("name", "somebody".to_owned(), Options::forever())?;
/// }
/// ann.invalidate_blocking()?;
/// assert!(!ann.blocking().has("name")? && bob.blocking().has("name")?);
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Clone)]
pub struct Namespace {
    cache: Cache,
    name: Box<str>,
}

/// What keys begin with in a namespace, and the tags that its entries have.
#[derive(Debug)]
pub(super) struct Within {
    start: Box<str>,
    tags: Box<[Tag]>,
    /// Their fingerprints, where its store is outside.
    fingerprints: Box<[u64]>,
}

impl Cache {
    /// Returns the part of this cache that has this name; one in a namespace is a part of that.
    ///
    /// Nothing is made by that: two handles of one name speak of the same entries, and so do two processes before one store.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let shop = larder.cache("default").namespace("shop");
    /// let price = shop.namespace("prices").blocking().get_or_load("tea", Options::ttl(60), || 4_u8);
    /// assert_eq!(price, 4);
    /// shop.invalidate_blocking()?;
    /// assert!(!shop.namespace("prices").blocking().has("tea")?);
    /// # Ok::<(), larder::Error>(())
    /// ```
    #[must_use]
    pub fn namespace(&self, name: impl Display) -> Namespace {
        let own = Key::from(name.to_string());
        let outer = self.own_start();
        // No text that is given as a key can hold a `%` before anything but two digits.
        let start: Box<str> = format!("{outer}{own}%/").into();
        let name = self.tag_of(&start);
        let outer_tags = self.within.iter().flat_map(|within| &within.tags).cloned();
        let tags = outer_tags.chain([self.home().tags.tag(&name)]).collect();
        let outer_fingerprints = self.within.iter().flat_map(|within| &within.fingerprints).copied();
        // All caches of one prefix have it there, whatever they are called.
        let own = self.is_outside().then(|| fingerprint(&start));
        let fingerprints = outer_fingerprints.chain(own).collect();
        let cache = Self { within: Some(Arc::new(Within { start, tags, fingerprints })), ..self.clone() };
        Namespace { cache, name }
    }

    /// Returns the name of a namespace's tag, which no key can be spelled like. It is one for all versions: an entry can
    /// move from one to another.
    fn tag_of(&self, start: &str) -> Box<str> {
        format!("{}\n{start}", self.name()).into()
    }

    /// Returns the full name of what is under a key.
    pub(crate) fn name_of(&self, key: &Key) -> Name {
        match &self.within {
            None => self.scope().name(key),
            Some(within) => self.scope().name(&key.behind(&within.start)),
        }
    }

    /// Returns where in this process a key is looked for; `None` in a namespace, and where a key function joins.
    pub(super) fn address_of<'a>(&'a self, key: &'a Key) -> Option<Address<'a>> {
        if self.within.is_none() { key.address_in(self.scope()) } else { None }
    }

    /// Returns the same for a key that was written under this mark, and of which there is nothing but the text.
    #[inline]
    pub(super) fn address_of_text<'a>(&'a self, mark: u64, text: &'a KeyText) -> Option<Address<'a>> {
        if self.within.is_none() { self.scope().address(mark, text.room(), text.len()) } else { None }
    }

    /// Returns the tags of what is written under a key.
    pub(crate) fn tags_of(&self, key: &Key) -> Vec<Tag> {
        let outer = self.within.iter().flat_map(|within| &within.tags).cloned();
        outer.chain(key.tags().iter().map(|name| self.home().tags.tag(name))).collect()
    }

    /// Returns the fingerprints of the same, where the store is outside.
    pub(crate) fn fingerprints_of(&self, key: &Key) -> Vec<u64> {
        if !self.is_outside() {
            return Vec::new();
        }
        let outer = self.within.iter().flat_map(|within| &within.fingerprints).copied();
        let own = key.tags().iter().filter_map(|name| fingerprint_abroad(name));
        outer.chain(own).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Withdraws what has this tag in the store outside, if there is one.
    pub(crate) async fn withdraw_outside(&self, fingerprint: u64) -> Result<(), Error> {
        let home = self.home();
        let Some(outside) = home.outside() else { return Ok(()) };
        let drawn = home.draw_anew(outside, fingerprint).await;
        drawn.inspect_err(|_| self.count(Event::Trouble))
    }

    /// Returns whether the other cache has the same tags in the same store.
    pub(crate) fn shares_tags_with(&self, other: &Self) -> bool {
        match (self.home().outside(), other.home().outside()) {
            (Some(ours), Some(theirs)) => ours.is_same(theirs),
            _ => false,
        }
    }

    /// Returns what all names begin with that this handle can speak of; `None` where a key function writes them.
    pub(super) fn start(&self) -> Option<String> {
        let scope = self.scope().text()?;
        Some(format!("{scope}{}", self.own_start()))
    }

    /// Returns what all keys begin with that this handle can speak of.
    pub(super) fn own_start(&self) -> &str {
        self.within.as_ref().map_or("", |within| &*within.start)
    }
}

impl Namespace {
    /// Invalidates all that is in it, in all versions, in one step and however much that is; and what is being loaded into
    /// it.
    ///
    /// In memory that is done when this is first polled. Outside it is done for all who share the store when this has ended.
    ///
    /// # Errors
    ///
    /// When the store fails: then what it holds may still be served.
    pub async fn invalidate(&self) -> Result<(), Error> {
        self.note_invalidation();
        let cache = &self.cache;
        let fingerprint = cache.is_outside().then(|| fingerprint(cache.own_start()));
        cache.home().tags.invalidate(&self.name, fingerprint);
        trace::withdrawn(|| TagName::of(&self.name));
        match fingerprint {
            Some(fingerprint) => cache.withdraw_outside(fingerprint).await,
            None => Ok(()),
        }
    }

    /// Does the same as [`invalidate`](Self::invalidate), and blocks.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn invalidate_blocking(&self) -> Result<(), Error> {
        block_on(self.invalidate())
    }
}

impl Deref for Namespace {
    type Target = Cache;

    fn deref(&self) -> &Cache {
        &self.cache
    }
}

impl fmt::Debug for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Namespace").field("cache", &self.cache).field("name", &self.name).finish()
    }
}
