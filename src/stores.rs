//! Stores outside the process, a module for each, by feature: `file`, `sqlite`, `postgres`, `mysql`, `redis` and
//! `memcached`.
//!
//! A file of configuration names them by their addresses, as [`config`](crate::config) says; in code a store goes into
//! [`Settings::backend`](crate::Settings::backend).
//!
#![doc = include_str!("docs/stores.md")]
#![doc = ""]
#![doc = include_str!("docs/outages.md")]
#![doc = ""]
#![doc = include_str!("docs/levels.md")]

#[cfg(feature = "file")]
pub use cache_backends::file;
#[cfg(feature = "memcached")]
pub use cache_backends::memcached;
#[cfg(feature = "mysql")]
pub use cache_backends::mysql;
#[cfg(feature = "postgres")]
pub use cache_backends::postgres;
#[cfg(feature = "redis")]
pub use cache_backends::redis;
#[cfg(feature = "sqlite")]
pub use cache_backends::sqlite;
