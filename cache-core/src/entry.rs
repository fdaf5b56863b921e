//! What a body can say of its own result, while it is being loaded.
//!
//! A body is that of a function that is cached, one given to [`get_or_load`](crate::cache::Cache::get_or_load), or the
//! handler of a page that is being made, with all that runs in the same task on its behalf. Of bodies within bodies each
//! speaks of its own result. What it hands to other tasks or threads says nothing of it.
//!
//! ```
//! # use cache_core::__private::larder;
//! use std::time::Duration;
//! use larder::{Options, entry, testing};
//!
//! let larder = testing::isolated();
//! let cache = larder.cache("default");
//! let load = || {
//!     // The answer itself says how long it is good for.
//!     entry::keep_for(Duration::from_secs(5));
//!     "an answer".to_owned()
//! };
//! cache.blocking().get_or_load("question", Options::ttl(3600), load);
//! larder.advance(Duration::from_secs(5));
//! assert!(!cache.blocking().has("question")?);
//! # Ok::<(), larder::Error>(())
//! ```

use std::future::Future;
use std::sync::Arc;

use crate::explain::Scope;
use crate::flight::{Link, current, is_in_body, wish};
pub use crate::flight::{Scoped, Wishes};
use crate::key::{Key, TagName};
use crate::policy::{IntoTime, Ttl};
use crate::trace::Span;

/// Keeps the result that is being loaded for this long, whatever its site says: whole seconds, or a
/// [`Duration`](std::time::Duration). Zero keeps nothing.
///
/// What is said last counts. A page says it in the place of its layer, also to those downstream, and what its response
/// says in `Cache-Control` or `Expires` can only be shorter; once its response has begun, it can only be said shorter than
/// before.
///
/// Returns whether anything is being loaded here: outside of a cached body there is nothing to say it of.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Options, Ttl, entry, testing};
///
/// let larder = testing::isolated();
/// let cache = larder.cache("default");
/// cache.blocking().get_or_load("rate", Options::ttl(60), || {
///     assert!(entry::keep_for(5));
///     1_u8
/// });
/// assert_eq!(cache.blocking().ttl("rate")?, Some(Ttl::For(std::time::Duration::from_secs(5))));
/// assert!(!entry::keep_for(5), "nothing is being loaded here");
/// # Ok::<(), larder::Error>(())
/// ```
pub fn keep_for(time: impl IntoTime) -> bool {
    let ttl = Ttl::For(time.into_time());
    wish(|wishes| wishes.ttl = Some(ttl))
}

/// Keeps the result that is being loaded no longer than this, whatever its site or its body says: whole seconds, or a
/// [`Duration`](std::time::Duration). Zero keeps nothing.
///
/// For a body that puts something into its result which is itself good for so long only. The shortest time that is said
/// counts. What is kept for good is kept for this long then.
///
/// Returns whether anything is being loaded here.
///
/// ```
/// # use cache_core::__private::larder;
/// use std::time::Duration;
/// use larder::{Options, Ttl, entry, testing};
///
/// let larder = testing::isolated();
/// let cache = larder.cache("default");
/// cache.blocking().get_or_load("offers", Options::ttl(3600), || {
///     for ends_in in [600, 60] {
///         entry::keep_at_most(ends_in);
///     }
///     "tea, and bread for a minute".to_owned()
/// });
/// assert_eq!(cache.blocking().ttl("offers")?, Some(Ttl::For(Duration::from_secs(60))));
/// # Ok::<(), larder::Error>(())
/// ```
pub fn keep_at_most(time: impl IntoTime) -> bool {
    let time = time.into_time();
    wish(|wishes| wishes.at_most = Some(wishes.at_most.map_or(time, |said| said.min(time))))
}

/// Does not keep the result that is being loaded. Callers who wait for it still get it; those who wait for a page do not,
/// and each asks for their own. What was kept before stays as it was.
///
/// Returns whether anything is being loaded here.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Options, entry, testing};
///
/// let larder = testing::isolated();
/// let cache = larder.cache("default");
/// let answer = cache.blocking().get_or_load("answer", Options::ttl(60), || {
///     entry::discard();
///     "only a guess".to_owned()
/// });
/// assert_eq!(answer, "only a guess");
/// assert!(!cache.blocking().has("answer")?);
/// # Ok::<(), larder::Error>(())
/// ```
#[expect(clippy::must_use_candidate, reason = "a body seldom cares whether it was called uncached")]
pub fn discard() -> bool {
    wish(|wishes| wishes.discard = true)
}

/// Gives the result that is being loaded a tag: it goes when the tag is invalidated, also when that was between the
/// reading and this.
///
/// A store outside is shared with others, who may have invalidated the tag meanwhile. Where nobody can tell, since none of
/// this process had looked at it before, nor at any other tag since some were invalidated, the result is handed out and not
/// kept. Tags that the attribute names are looked at before the body runs.
///
/// Returns whether anything is being loaded here.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Options, entry, testing};
///
/// let larder = testing::isolated();
/// let cache = larder.cache("default");
/// cache.blocking().get_or_load("post:1", Options::ttl(60), || {
///     let (author, text) = (7, "a text");
///     entry::tag(format!("author:{author}"));
///     text.to_owned()
/// });
/// larder::invalidate_tag_blocking("author:7")?;
/// assert!(!cache.blocking().has("post:1")?);
/// # Ok::<(), larder::Error>(())
/// ```
pub fn tag(name: impl Into<Key>) -> bool {
    if !is_in_body() {
        return false;
    }
    // Outside the lock: that may be code of a user's.
    let name = TagName::from(name.into());
    wish(|wishes| wishes.tags.push(name))
}

/// Gives the result that is being loaded no tags but its own: those that are said of it, and not those of the cached
/// values that it is made of.
///
/// It is for what may be older than its parts: a page that is to be good for a quarter of an hour, although what it
/// shows changes each second. What is made of it has its own tags too, and not those of its parts.
///
/// Returns whether anything is being loaded here.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Key, Options, entry, testing};
///
/// let larder = testing::isolated();
/// let cache = larder.cache("default");
/// let prices = || cache.blocking().get_or_load(Key::from("prices").tagged(["prices"]), Options::ttl(60), || 7_u8);
/// cache.blocking().get_or_load("chart", Options::ttl(900), || {
///     entry::own_tags();
///     prices()
/// });
/// larder::invalidate_tag_blocking("prices")?;
/// assert!(cache.blocking().has("chart")? && !cache.blocking().has("prices")?);
/// # Ok::<(), larder::Error>(())
/// ```
#[expect(clippy::must_use_candidate, reason = "a body seldom cares whether it was called uncached")]
pub fn own_tags() -> bool {
    wish(|wishes| wishes.own_tags = true)
}

/// Hears what a body says of its own result, for those who build another cache on this one.
///
/// Beside a [`Filling`](crate::cache::Filling), which is the right to keep what is read. What a body says can be asked for
/// at any time, also after it has returned; and what comes after it, like the rest of a page, can be heard too.
///
/// ```
/// # use cache_core::__private::larder;
/// use std::pin::pin;
/// use larder::{Key, Options, entry, testing};
/// use larder::entry::Hearing;
///
/// let larder = testing::isolated();
/// let cache = larder.cache("default");
/// testing::block_on(async {
///     let (filling, hearing) = (cache.fill("post:1"), Hearing::begin());
///     let text = hearing.of(pin!(async {
///         entry::tag("author:7");
///         "a text".to_owned()
///     })).await;
///     let wishes = hearing.wishes();
///     let tags: Vec<Key> = wishes.tags.iter().map(Key::from).collect();
///     assert!(!wishes.discard && filling.keep_tagged(tags, text, Options::ttl(60)).await?);
///     larder::invalidate_tag_blocking("author:7")?;
///     assert!(!cache.has("post:1").await?);
///     Ok::<(), larder::Error>(())
/// })?;
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Hearing(Arc<Link>);

impl Hearing {
    /// Begins, for a body that the caller waits for: should it ask for what the caller is a part of, it is not waited for.
    #[must_use]
    pub fn begin() -> Self {
        Self(Link::new(0))
    }

    /// Begins, for a body that others may wait for under a number: what the body itself asks for must not wait for
    /// it. What that is, is told there; the span is entered while it runs.
    #[doc(hidden)]
    #[must_use]
    pub fn told(flight: Option<u64>, scope: Option<Scope>, span: Span) -> Self {
        Self(Link::told(flight.unwrap_or(0), scope, span))
    }

    /// Begins, for what goes before a body: it may read what is near, and says nothing of what is made.
    #[doc(hidden)]
    #[must_use]
    pub fn before() -> Self {
        Self(Link::before())
    }

    /// Hands the tags of what was read to what this stands in.
    #[doc(hidden)]
    pub fn hand_up(&self) {
        self.0.hand_up();
    }

    /// Takes over the tags of what was read there.
    #[doc(hidden)]
    pub fn take_over(&self, before: &Self) {
        self.0.take_over(&before.0);
    }

    /// Returns who hears what is said here, for a body that goes on in a task of its own.
    #[doc(hidden)]
    #[must_use]
    pub fn here() -> Option<Self> {
        current().map(Self)
    }

    /// Returns whether both hear the same.
    #[doc(hidden)]
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Runs a future so that what it says is heard.
    pub fn of<F: Future + Unpin>(&self, body: F) -> Scoped<F> {
        Scoped::new(Arc::clone(&self.0), body)
    }

    /// Returns what has been said so far.
    #[must_use]
    pub fn wishes(&self) -> Wishes {
        self.0.wishes()
    }
}
