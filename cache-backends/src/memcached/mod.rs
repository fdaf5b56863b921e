//! Memcached.
//!
//! | file | what it holds |
//! |---|---|
//! | `request`, `moment` | what is said to a server, and when an entry ends in its words |
//! | `answer`, `reader` | what a server says |
//! | `ring`, `health` | which server a name belongs to, and whether that one is to be asked |

#![allow(dead_code, reason = "what uses it comes next")]

mod answer;
mod health;
mod moment;
mod reader;
mod request;
mod ring;

// Fuzzers see how a server is heard, and nobody else.
#[cfg(fuzzing)]
#[doc(hidden)]
pub use reader::same_in_pieces;
