#![doc = include_str!("docs.md")]

mod backend;
mod bus;
mod changing;
mod command;
mod config;
mod ear;
mod error;
mod journal;
mod language;
mod listing;
mod making;
mod node;
mod recent;
#[cfg(not(fuzzing))]
mod resp;
// Fuzzers see how answers are read, and nobody else.
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod resp;
mod routes;
mod scan;
mod script;
mod sha1;
mod stored;

pub use backend::Redis;
pub use config::{Config, Tells};
