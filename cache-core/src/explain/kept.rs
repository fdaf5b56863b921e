//! What became of what a body returned.

use std::time::Duration;

use super::{TagName, page};

/// What became of what a body returned.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kept {
    /// It is kept.
    For {
        /// How long it is fresh; `None` for ever.
        time: Option<Duration>,
        /// With which tags.
        tags: Vec<TagName>,
    },
    /// It is an error, and kept as `error_ttl` says.
    Error {
        /// How long.
        time: Duration,
    },
    /// It is a page, which is kept when all of it has been sent.
    Page {
        /// How long it is fresh.
        time: Duration,
        /// With which tags.
        tags: Vec<TagName>,
    },
    /// It is not kept.
    Not(NotKept),
}

/// Why something is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotKept {
    /// The condition says no: `when`.
    When,
    /// There is none: a body that was asked for many did not return it, and there is no `none_ttl`.
    Absent,
    /// It is to be kept for no time.
    NoTime(WhoSays),
    /// Its body has said so: `entry::discard`.
    Discarded,
    /// What it was made of has more tags than it could go with.
    TooManyTags {
        /// How many there may be.
        limit: usize,
    },
    /// It is an error.
    Failed,
    /// It is too large.
    TooLarge {
        /// How many bytes it has.
        bytes: u64,
        /// How many there may be, where that is known.
        limit: Option<u64>,
    },
    /// Its entry was invalidated, or written, while it was being read.
    Superseded,
    /// A tag of it was invalidated while it was being read.
    Invalidated {
        /// Which.
        tags: Vec<TagName>,
    },
    /// It has tags that its body has told, and nobody can tell whether they were invalidated while it was being read.
    Unsure,
    /// The store did not take it.
    Away {
        /// What it said.
        error: String,
    },
    /// The store could not be asked before the body ran, and so cannot tell whether it was invalidated meanwhile.
    NoTicket,
    /// It cannot leave this process, as errors cannot, and the cache lives outside.
    StaysHere,
    /// This cache keeps nothing.
    Null,
    /// It ran for its caller alone, who keeps nothing.
    Alone,
    /// A rule for pages says no.
    Page(page::Refusal),
}

/// Who says that something is to be kept for no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhoSays {
    /// The body: `entry::keep_for`.
    Body,
    /// `ttl_with`.
    TtlWith,
    /// The place, or the caller by hand.
    Place,
    /// The cache.
    Cache,
}
