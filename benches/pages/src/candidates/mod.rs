//! Everybody who takes part, a file each.
//!
//! To add a candidate: write a file with a function that returns its [`Candidate`]s, and name it here.

#[cfg(feature = "rivals")]
mod axum_response_cache;
mod by_attribute;
mod by_hand;
mod constant;
#[cfg(feature = "rivals")]
mod http_cache_tower_server;
mod larder;
#[cfg(feature = "rivals")]
mod tower_http_cache;

pub use constant::{BASE, NOBODY};

use crate::site::Candidate;

/// Returns all candidates: first what a request costs by itself, then what the others are compared with.
#[must_use]
pub fn all() -> Vec<Candidate> {
    let mut all = constant::candidates();
    all.extend(by_hand::candidates());
    all.extend(larder::candidates());
    all.extend(by_attribute::candidates());
    #[cfg(feature = "rivals")]
    {
        all.extend(axum_response_cache::candidates());
        all.extend(tower_http_cache::candidates());
        all.extend(http_cache_tower_server::candidates());
    }
    all
}
