//! From words to caches.

mod builder;

pub use builder::{Builder, builder};
