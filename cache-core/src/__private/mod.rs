//! What expansions call. Not for use by hand: it changes with the attributes.
#![allow(
    missing_docs,
    clippy::must_use_candidate,
    clippy::too_many_arguments,
    reason = "nobody reads these pages; each item says what it is for where that is not plain"
)]

mod call;
mod entry;
mod found;
mod invalidation;
pub mod larder;
mod many;
mod once;
mod outcome;
mod probe;
mod reach;
mod rules;
mod site;
mod spawn;
mod tag;
mod time;
mod verbs;
mod verify;
mod whole;

pub use inventory;

pub use call::{Call, Miss};
pub use entry::Entry;
pub use found::{Found, IdOf, Many, Names, One, only, pick};
pub use invalidation::Invalidation;
pub use many::Calls;
pub use once::{once, once_async};
pub use outcome::{Nullable, Outcome};
pub use probe::{Copied, Fallback, Other, Owned, Probe, Same, Sharing};
pub use reach::{Reach, local, shared};
pub use site::{mark, site};
pub use spawn::{Detached, NoSpawn, Settle, Spawn};
pub use time::{Time, seconds};
pub use verbs::{hollow, real, verbs};
pub use verify::{Comparable, is_same, part};
pub use whole::Whole;

pub use crate::cache::Share;
pub use crate::companion::{BlockingCompanion, Companion};
pub use crate::key::mark_within;
pub use crate::registry::Site;
pub use crate::value::Keep;

/// Stands for a value where nobody comes by.
pub fn never<T>() -> T {
    unreachable!("nobody calls this")
}

/// Is nothing about a type: an array of this length compiles where the type is known, and not where it is generic.
pub const fn nothing<T: ?Sized>() -> usize {
    0
}
