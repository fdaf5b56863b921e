//! Stores outside the process for larder: use that crate, not this one.
//!
//! A folder for each store, and in each the same files.

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod database;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod driver;
#[cfg(feature = "file")]
pub mod file;
#[cfg(feature = "mysql")]
pub mod mysql;
pub mod place;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod server;
#[cfg(feature = "sqlite")]
pub mod sqlite;
