//! Memcached.
//!
//! | file | what it holds |
//! |---|---|
//! | `request`, `moment` | what is said to a server, and when an entry ends in its words |
//! | `answer`, `reader` | what a server says |

#![allow(dead_code, reason = "what uses it comes next")]

mod answer;
mod moment;
mod reader;
mod request;

// Fuzzers see how a server is heard, and nobody else.
#[cfg(fuzzing)]
#[doc(hidden)]
pub use reader::same_in_pieces;
