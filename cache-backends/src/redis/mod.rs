//! Redis and Valkey.

#![allow(dead_code, reason = "the store that uses it is being built")]

mod command;
#[cfg(not(fuzzing))]
mod resp;
// Fuzzers see how answers are read, and nobody else.
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod resp;
