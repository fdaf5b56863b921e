#![doc = include_str!("docs.md")]

mod address;
mod backend;
mod book;
mod census;
mod chore;
mod clearing;
mod client;
mod config;
mod culling;
mod draft;
mod error;
mod found;
// Fuzzers see how files are read, and nobody else.
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzed;
mod head;
mod held;
mod listing;
mod pace;
mod queue;
mod sum;
#[cfg(test)]
mod tests;
mod ticket;
mod walk;
mod worker;

pub use backend::File;
pub use config::Config;

/// How long a ticket is good for, in milliseconds.
const TICKETS_MILLIS: u64 = 600_000;

/// How long it is known when what is gone was changed. Twice as long and a minute, since a change may have waited for a lock,
/// and clocks may be as far apart as tickets hold, or be set back by as much.
const KEPT_MILLIS: u64 = 2 * TICKETS_MILLIS + 60_000;

/// A time that never comes.
const FOR_EVER: u64 = u64::MAX;
