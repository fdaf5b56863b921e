//! Caching for Rust: an attribute turns a function into a cached one, and the compiler checks the key.

pub use cache_core::{
    clock,
    error::Error,
    policy::{Options, Ttl},
};
