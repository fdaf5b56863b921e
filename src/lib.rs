//! Caching for Rust: an attribute turns a function into a cached one, and the compiler checks the key.

mod config;

pub use cache_core::cache::{Blocking, Cache};
pub use cache_core::clock;
pub use cache_core::error::{Error, Kind};
pub use cache_core::executor::{self, Executor};
pub use cache_core::key::{self, Key, KeyName, KeyPart};
pub use cache_core::policy::{IntoTime, Options, Ttl};
pub use cache_core::registry::{Problem, Problems, Settings, Site, cache, check, sites};
pub use cache_core::stats::Stats;
pub use cache_core::testing;
pub use cache_core::value::{Local, LocalValue, Value};
pub use cache_core::{backend, entry};
pub use cache_macros::{KeyName, KeyPart, cached, invalidates, key, updates};
pub use config::{Builder, builder};

#[doc(inline)]
pub use cache_core::__private::{BlockingCompanion, Companion};

#[doc(hidden)]
pub use cache_core::__private;
