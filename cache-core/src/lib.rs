//! The engine of [larder](https://docs.rs/larder): use that crate, not this one.
//!
//! Each floor imports only the floors above it in this list:
//!
//! | floor | what it holds |
//! |---|---|
//! | [`error`], [`clock`], [`executor`], [`commit`], [`events`], [`stats`], [`seen`], `heat`, [`progress`], `tally`, `unusual`, `lock`, `nearest` | the ground |
//! | [`key`], [`codec`], [`tags`], [`record`], `column`, [`value`] | what is stored, under what name |
//! | [`policy`] | fresh, stale, gone |
//! | [`explain`], `trace` | what is told to whoever asks why, or listens |
//! | [`backend`] | the trait for stores outside the process |
//! | [`store`], [`flight`] | the in-process store; one load at a time |
//! | [`entry`] | what a body says of its own result |
//! | [`cache`] | the handle |
//! | [`registry`] | named caches and every annotated site of the program |
//! | [`testing`], [`companion`], [`warm`], `__private` | what users' tests call, what stands beside methods, what fills caches at start, and what expansions do |

#![cfg_attr(docsrs, feature(doc_cfg))]
#![allow(
    clippy::inline_always,
    reason = "a hit is one piece of code, from the key that is written to the slot that is found"
)]

pub mod backend;
pub mod cache;
pub mod clock;
pub mod codec;
mod column;
pub mod commit;
pub mod companion;
pub mod entry;
pub mod error;
pub mod events;
pub mod executor;
pub mod explain;
pub mod flight;
mod heat;
pub mod key;
mod lock;
#[doc(hidden)]
pub mod nearest;
pub mod policy;
#[doc(hidden)]
pub mod progress;
pub mod record;
pub mod registry;
pub mod seen;
pub mod stats;
pub mod store;
pub mod tags;
mod tally;
pub mod testing;
#[doc(hidden)]
pub mod trace;
mod unusual;
pub mod value;
pub mod warm;

#[doc(hidden)]
pub mod __private;
