//! Where a cache is to live, as somebody has written it down: addresses, and options for the store.

mod location;
mod options;

pub use location::Location;
pub use options::{Given, Options};

/// Where a cache is to live, and how.
///
/// What is taken out of it is taken once; what nobody has taken in the end is a word that its store does not know, and
/// [`Options::done`] says so.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The addresses: one, or several where a store takes several.
    pub locations: Vec<Location>,
    /// How many entries it is to hold at most.
    pub max_entries: Option<u64>,
    /// How many bytes it is to hold at most.
    pub max_bytes: Option<u64>,
    /// Which part of it goes at once when it is full: one entry in so many.
    pub cull_frequency: Option<u32>,
    /// What else the store is told: from `options` and from behind the `?` of an address.
    pub options: Options,
}
