//! Stores outside the process for larder: use that crate, not this one.
//!
//! A folder for each store, and in each the same files. No store imports another, and each floor imports only those above it in
//! this list, as a test sees to:
//!
//! | floor | what it holds |
//! |---|---|
//! | [`place`], `ids`, `reply`, `rights`, `driver`, `distrust` | what is written down of a store, and what several need |
//! | `database` | a store in a table, whichever database it is in |
//! | `server`, `pipe` | tables behind a socket; questions and answers on one socket |
//! | `file`, `sqlite`, `postgres`, `mysql`, `redis`, `memcached` | the stores |

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod database;
#[cfg(any(
    feature = "postgres",
    feature = "mysql",
    all(feature = "tls", any(feature = "redis", feature = "memcached"))
))]
mod distrust;
#[cfg(any(feature = "postgres", feature = "mysql", feature = "redis", feature = "memcached"))]
mod driver;
#[cfg(feature = "file")]
pub mod file;
#[cfg(any(
    feature = "file",
    feature = "sqlite",
    feature = "postgres",
    feature = "mysql",
    feature = "redis",
    feature = "memcached"
))]
mod ids;
#[cfg(feature = "memcached")]
pub mod memcached;
#[cfg(feature = "mysql")]
pub mod mysql;
#[cfg(any(feature = "redis", feature = "memcached"))]
mod pipe;
pub mod place;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "redis")]
pub mod redis;
#[cfg(any(feature = "file", feature = "sqlite"))]
mod reply;
#[cfg(any(feature = "file", feature = "sqlite"))]
mod rights;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod server;
#[cfg(feature = "sqlite")]
pub mod sqlite;
