//! The engine of [larder](https://docs.rs/larder): use that crate, not this one.
//!
//! Each floor imports only the floors above it in this list:
//!
//! | floor | what it holds |
//! |---|---|
//! | [`error`], [`clock`], [`executor`] | the ground |
//! | [`key`], [`record`] | what is stored, under what name |
//! | [`policy`] | fresh, stale, gone |

pub mod clock;
pub mod error;
pub mod executor;
pub mod key;
pub mod policy;
pub mod record;
