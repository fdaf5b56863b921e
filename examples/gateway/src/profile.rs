//! How much of what the RFCs allow is cached.

use std::str::FromStr;

use larder::page::CacheLayer;

/// Says how much is cached of what may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// All that the RFCs allow: heuristic freshness and errors that say `public` included, `CDN-Cache-Control` obeyed.
    Rfc,
    /// What Larder caches unless told otherwise.
    Safe,
}

impl FromStr for Profile {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "rfc" => Ok(Self::Rfc),
            "safe" => Ok(Self::Safe),
            _ => Err(()),
        }
    }
}

/// Returns the cache that stands between the clients and the origin.
pub fn policy(profile: Profile) -> CacheLayer {
    match profile {
        Profile::Rfc => CacheLayer::rfc(),
        Profile::Safe => CacheLayer::new(),
    }
}
