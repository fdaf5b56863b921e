//! Why a call was a hit, stale or a miss: see [`explain`] and [`explain_blocking`].
//!
//! ```
//! # use cache_core::__private::larder;
//! use larder::explain::{Found, Miss};
//! use larder::{Key, Options, explain_blocking, testing};
//!
//! let larder = testing::isolated();
//! let cache = larder.cache("default");
//! let load = || cache.blocking().get_or_load(Key::from("post:1").tagged(["author:7"]), Options::ttl(300), || 1_u8);
//! load();
//! larder::invalidate_tag_blocking("author:7")?;
//!
//! let (_, story) = explain_blocking(load);
//! assert!(matches!(&story.asked[0].found, Found::Miss(Miss::Invalidated { .. })));
//! let lines = [
//!     "post:1, by hand, in `default`",
//!     "  a miss: its tag `author:7` was invalidated",
//!     "  loaded in 0 ms, kept for 5 min with the tag `author:7`",
//! ];
//! assert_eq!(story.to_string(), lines.join("\n"));
//! # Ok::<(), larder::Error>(())
//! ```
//!
//! What is told is plain data: a [`Story`] of all that was asked, each with what was found, what was done then, and what
//! became of it. Each reason is a variant, for programs; `Display` is for people.

mod done;
mod found;
mod kept;
mod listen;
pub mod page;
mod story;
mod time;
mod words;

use std::future::Future;
use std::pin::pin;

pub use done::{Alone, Done, Whom, WhyStale};
pub use found::{Found, Level, Miss, TagName, Unasked};
pub use kept::{Kept, NotKept, WhoSays};
use listen::Listening;
#[doc(hidden)]
pub use listen::{Entered, Listener, Note, Scope, Within, is_anyone_asking};
pub use story::{Asked, Place, Story};

/// Runs a future, and tells why each cached call in it was a hit, stale or a miss.
///
/// Bodies that these calls run are listened to as well, also where they run as tasks of their own. What a future spawns
/// itself is not. Nobody pays for it who does not ask: while nobody does, a hit does nothing for it.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::explain::{Found, Miss};
/// use larder::{Options, explain, testing};
///
/// let larder = testing::isolated();
/// let cache = larder.cache("default");
/// testing::block_on(async {
///     let load = || cache.get_or_load("sum", Options::ttl(60), || async { 40 + 2 });
///     let (sum, story) = explain(load()).await;
///     assert_eq!((sum, &story.asked[0].found), (42, &Found::Miss(Miss::Absent)));
///     let (_, story) = explain(load()).await;
///     assert!(story.asked[0].is_hit());
///     println!("{story}");
/// });
/// ```
pub async fn explain<F: Future>(asking: F) -> (F::Output, Story) {
    let listening = Listening::begin();
    let output = listening.scope().of(pin!(asking)).await;
    (output, listening.story())
}

/// Does the same for what blocks.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Options, explain_blocking, testing};
///
/// let larder = testing::isolated();
/// let cache = larder.cache("default");
/// let (_, story) = explain_blocking(|| cache.blocking().get::<u8>("nothing"));
/// let lines = [
///     "nothing, by hand, in `default`",
///     "  a miss: nothing is there: it was never kept, was removed, or had to make room",
/// ];
/// assert_eq!(story.to_string(), lines.join("\n"));
/// ```
pub fn explain_blocking<R>(ask: impl FnOnce() -> R) -> (R, Story) {
    let listening = Listening::begin();
    let entered = listening.scope().enter();
    let output = ask();
    drop(entered);
    (output, listening.story())
}
