//! What was found, and why that was nothing of use.

use std::time::Duration;

use super::page;
use crate::policy::Ttl;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found {
    /// That is not known: it was still being looked for, or its caller has left.
    Unknown,
    /// A fresh value: a hit.
    Fresh {
        /// Where.
        level: Level,
        /// How long ago it was made; `None` where nobody remembers, as of numbers in memory, and of what is shared by count.
        age: Option<Duration>,
        /// How long it is still fresh there, as it was planned; `None` where only its store knows.
        left: Option<Ttl>,
    },
    /// A fresh value near its end, as `refresh_ahead` says: a hit, and somebody loads it anew.
    Ahead {
        /// Where.
        level: Level,
        /// How long ago it was made.
        age: Option<Duration>,
        /// How long it is still fresh.
        left: Option<Ttl>,
    },
    /// A fresh value that this process has drawn to load anew before its end, as `early` says: a hit, and somebody does so.
    Early {
        /// Where.
        level: Level,
        /// How long ago it was made.
        age: Option<Duration>,
        /// How long it is still fresh.
        left: Option<Ttl>,
    },
    /// A value past its time, which may be served while somebody loads it anew.
    Stale {
        /// Where.
        level: Level,
        /// By how much it is past its time.
        past: Duration,
    },
    /// A value past its time, which may be served only where loading it anew fails.
    Spare {
        /// Where.
        level: Level,
        /// By how much it is past its time.
        past: Duration,
    },
    /// Nothing of use.
    Miss(Miss),
    /// Nothing was looked for.
    Unasked(Unasked),
}

impl Found {
    /// Returns whether it is fresh.
    #[must_use]
    pub fn is_hit(&self) -> bool {
        matches!(self, Self::Fresh { .. } | Self::Ahead { .. } | Self::Early { .. })
    }
}

/// Where something was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Level {
    /// The memory of this process.
    Memory,
    /// What this process keeps near of a store outside.
    Near,
    /// The store outside.
    Store,
}

/// Why nothing of use was found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Miss {
    /// Nothing is there: it was never kept, it was removed, or it had to make room. A store outside forgets by itself
    /// what is past its time, and memory when room is wanted, so it may have expired as well.
    Absent,
    /// Its time is over.
    Expired {
        /// Since when.
        ago: Duration,
    },
    /// A tag of it, or the namespace that it is in, was invalidated.
    Invalidated {
        /// Which.
        tags: Vec<TagName>,
    },
    /// What stands there was kept under another pattern of keys. It is left alone.
    OtherPattern,
    /// What stands there is of another type, or of the same before it was changed. It is left alone.
    OtherType,
    /// An error is kept there, and no value.
    KeptError,
    /// What stands there was not written by larder, or with another key for encrypting, or by another codec.
    Unreadable,
    /// What stands there is larger than this cache takes.
    TooLarge {
        /// How many bytes it has.
        bytes: u64,
    },
    /// The store did not answer.
    Away {
        /// What it said, or whoever speaks for it.
        error: String,
    },
    /// What is on its way there was invalidated, and is taken out again when it arrives.
    Doubtful,
    /// This cache keeps nothing.
    Null,
    /// Nobody looked: it was to be loaded anew, by `refresh`.
    Anew,
    /// There is a page, and it is none for this request.
    Page(page::Unusable),
}

/// Which tag was invalidated.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TagName {
    /// The tag of this name.
    Named(String),
    /// The tag of a namespace, by its name.
    Namespace(String),
    /// A tag of which this process knows no more than what stores outside know it by.
    Unnamed {
        /// What that is.
        fingerprint: u64,
    },
}

/// Why nothing was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unasked {
    /// The cache is switched off.
    CacheOff,
    /// The function or handler is switched off.
    PlaceOff,
    /// There is no such cache, or the configuration cannot be used.
    NoCache {
        /// What is wrong.
        error: String,
    },
    /// Somebody else was looking for it, or loading it, already.
    Joined,
    /// The request is none that a page answers.
    Page(page::Pass),
}

impl TagName {
    /// Makes the name of a tag out of what tags are called inside.
    pub(crate) fn of(name: &str) -> Self {
        if let Some(fingerprint) = name.strip_prefix("\n\n").and_then(|hex| u64::from_str_radix(hex, 16).ok()) {
            return Self::Unnamed { fingerprint };
        }
        match name.split_once('\n') {
            Some((_, start)) => Self::Namespace(start.trim_end_matches("%/").replace("%/", "/")),
            None => Self::Named(name.to_owned()),
        }
    }

    /// Returns these, each once, where it comes first.
    #[doc(hidden)]
    #[must_use]
    pub fn each_once(names: impl Iterator<Item = Self>) -> Vec<Self> {
        let mut once = Vec::new();
        for name in names {
            if !once.contains(&name) {
                once.push(name);
            }
        }
        once
    }
}
