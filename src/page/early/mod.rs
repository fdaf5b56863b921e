//! Answers before a handler runs: what a client has already is not made again, and what it goes by is not overwritten.

mod conditions;
mod entity_tag;
mod last_modified;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cache_core::registry;

pub(super) use conditions::Early;
pub use conditions::{Conditions, Known};
pub use entity_tag::IntoEntityTag;
pub use last_modified::IntoLastModified;

/// Reads the time of day, which a test moves by hand.
pub(super) fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(registry::clock().wall_millis())
}
