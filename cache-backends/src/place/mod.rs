//! Where a cache is to live, as somebody has written it down: addresses, and options for the store.

mod amount;
mod bounds;
mod decode;
mod host;
mod location;
mod options;
#[cfg(any(feature = "postgres", feature = "mysql", feature = "redis", feature = "memcached"))]
mod pem;
mod scheme;

pub use amount::{bytes, time};
pub use bounds::{Untaken, WrongBounds};
pub use cache_core::nearest::nearest;
pub use host::Host;
pub use location::Location;
pub use options::{Given, Options, WrongOption};
#[cfg(any(feature = "postgres", feature = "mysql", feature = "redis", feature = "memcached"))]
pub(crate) use pem::check_file;
pub use scheme::{ALIASES, usual_scheme};

/// Where a cache is to live, and how.
///
/// What is taken out of it is taken once; what nobody has taken in the end is a word that its store does not know, and
/// [`Options::done`] says so.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The addresses: one, or several where a store takes several.
    pub locations: Vec<Location>,
    /// How many entries it is to hold at most.
    pub(crate) max_entries: Option<u64>,
    /// How many bytes it is to hold at most.
    pub(crate) max_bytes: Option<u64>,
    /// Which part of it goes at once when it is full: one entry in so many.
    pub(crate) cull_frequency: Option<u32>,
    /// What else the store is told: from `options` and from behind the `?` of an address.
    pub options: Options,
    /// Which bounds somebody has taken.
    pub(crate) taken: bounds::Taken,
}

/// Returns a word that somebody wrote as it can stand in a message: not too long, and nothing that a terminal obeys.
#[doc(hidden)]
#[must_use]
pub fn shown(word: &str) -> String {
    let mut shown: String = word.chars().take(MOST_SHOWN).flat_map(char::escape_debug).collect();
    if word.chars().nth(MOST_SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// What to do about a build that cannot encrypt.
#[cfg_attr(
    not(any(feature = "postgres", feature = "mysql", feature = "redis", feature = "memcached")),
    expect(dead_code, reason = "the others are on this machine")
)]
pub(crate) const NO_TLS: &str = "encryption is left out of this build: in a program's `Cargo.toml` add `tls` to the features \
                                 of larder; the command `larder` gets it with `cargo install larder --features cli,tls`, \
                                 and all others that it is to have";

/// Returns a path as it can stand in a message.
fn shown_path(path: &str) -> String {
    path.chars().map(|c| if c.is_control() { '…' } else { c }).collect()
}

/// How many characters of a word stand in a message.
const MOST_SHOWN: usize = 60;
