#![doc = include_str!("../docs/page.md")]

mod answer;
mod aspect;
mod body;
mod change;
mod conditional;
mod driven;
mod error;
mod flights;
// Fuzzers see how fields are read, and nobody else.
#[cfg(not(fuzzing))]
mod grammar;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod grammar;
pub mod headers;
mod hide;
mod hole;
mod key;
mod layer;
mod locale;
mod meaning;
mod nested;
mod part;
mod policy;
mod purge;
mod quiet;
mod record;
mod render;
mod service;
mod shelf;
mod site;
mod status;
mod tee;
mod told;
mod variant;

pub use body::PageBody;
pub use error::BoxError;
pub use hole::{Fill, Hole};
pub use layer::{CacheLayer, cache_page};
pub use locale::{Language, TimeZone};
pub use policy::Statuses;
pub use purge::{invalidate, invalidate_in};
pub use service::{CacheService, PageFuture};

#[cfg(doc)]
#[doc = include_str!("../docs/pages_conformance.md")]
pub mod conformance {}

#[cfg(doc)]
#[doc = include_str!("../docs/pages_django.md")]
pub mod django {}

#[cfg(doc)]
#[doc = include_str!("../docs/pages_order.md")]
pub mod order {}
