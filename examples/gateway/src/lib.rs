//! A small caching reverse proxy: an address to listen on, one origin, and Larder's pages in between.
//!
//! From the outside in: `serve` speaks with clients, [`Front`] makes sure that the cache and the origin are asked the
//! same, the layer of [`policy`] caches, and [`Forward`] asks the origin.

mod forward;
mod front;
mod hops;
mod profile;
mod serve;
mod settings;

pub use forward::{Forward, Passed};
pub use front::Front;
pub use profile::{Age, Profile, policy};
pub use serve::serve;
pub use settings::{Settings, Wrong};
