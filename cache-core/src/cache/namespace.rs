//! Parts of a cache that can be emptied in one step.

use std::fmt::{self, Display};
use std::ops::Deref;
use std::sync::Arc;

use super::Cache;
use crate::key::{Address, Key, KeyText, Name};
use crate::tags::Tag;

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
/// ann.invalidate();
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
}

impl Cache {
    /// Returns the part of this cache that has this name; one in a namespace is a part of that.
    ///
    /// Nothing is made by that: two handles of one name speak of the same entries. For this process only so far: a store
    /// outside refuses what is in a namespace.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// use larder::{Options, testing};
    ///
    /// let larder = testing::isolated();
    /// let shop = larder.cache("default").namespace("shop");
    /// let price = shop.namespace("prices").blocking().get_or_load("tea", Options::ttl(60), || 4_u8);
    /// assert_eq!(price, 4);
    /// shop.invalidate();
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
        let cache = Self { within: Some(Arc::new(Within { start, tags })), ..self.clone() };
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
    pub fn invalidate(&self) {
        let home = self.cache.home();
        home.tags.invalidate(&self.name, home.clock.wall_millis());
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
