//! Fresh, stale, gone: what is said of a value's time, and what follows for it now.

mod chance;
mod freshness;
mod options;
mod ttl;

pub use chance::lead;
pub(crate) use freshness::DEFAULT_TIME;
pub use freshness::{Freshness, at_most, fresh_until, freshness, freshness_by_chance, times};
pub use options::Options;
pub use ttl::{IntoTime, Ttl};
