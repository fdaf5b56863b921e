//! How much of what the RFCs allow is cached.

use std::str::FromStr;

use larder::page::CacheLayer;

/// Says how much is cached of what may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// All that the RFCs allow: heuristic freshness and errors that say `public` included. `CDN-Cache-Control` and
    /// `Surrogate-Control` are obeyed.
    Rfc,
    /// What Larder caches unless told otherwise, but only what says for how long: behind a gateway stands a server that
    /// sees every header and every cookie, and one that is silent may have read any of them.
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

/// Says what becomes of a page whose `Age` is anything but one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// It is asked for each time, since nobody can tell how old it is.
    Doubt,
    /// The first number counts, and what is none is as if it was not there: RFC 9111, 5.1.
    Rfc,
}

impl FromStr for Age {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "doubt" => Ok(Self::Doubt),
            "rfc" => Ok(Self::Rfc),
            _ => Err(()),
        }
    }
}

/// Returns the cache that stands between the clients and the origin. What `age` does not say is the profile's.
pub fn policy(profile: Profile, age: Option<Age>) -> CacheLayer {
    let layer = match profile {
        Profile::Rfc => CacheLayer::rfc().targeted("Surrogate-Control"),
        Profile::Safe => CacheLayer::new().see_everything().explicit_only(),
    };
    age.map_or(layer.clone(), |age| layer.doubt_age(age == Age::Doubt))
}
