//! What a body can say of its own result, while it is being loaded.
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

use crate::flight::current;
use crate::key::Key;
use crate::policy::{IntoTime, Ttl};

/// Keeps the result that is being loaded for this long, whatever its site says: whole seconds, or a
/// [`Duration`](std::time::Duration).
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
    current().is_some_and(|link| link.wish(|wishes| wishes.ttl = Some(ttl)))
}

/// Does not keep the result that is being loaded. Callers who wait for it still get it.
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
    current().is_some_and(|link| link.wish(|wishes| wishes.discard = true))
}

/// Gives the result that is being loaded a tag: it goes when the tag is invalidated, also when that was between the
/// reading and this.
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
/// larder::invalidate_tag("author:7")?;
/// assert!(!cache.blocking().has("post:1")?);
/// # Ok::<(), larder::Error>(())
/// ```
pub fn tag(name: impl Into<Key>) -> bool {
    let Some(link) = current() else { return false };
    // Outside the lock: that may be code of a user's.
    let name = name.into();
    link.wish(|wishes| wishes.tags.push(name.as_str().into()))
}
