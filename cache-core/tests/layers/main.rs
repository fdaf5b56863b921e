//! Stores outside as the engine and its layers use them: by what they claim, and when they fail.

mod again;
mod bytes;
mod claims;
mod conformance;
mod eras;
mod fleet;
mod guards;
mod halves;
mod order;
mod outage;
mod questions;
mod schedules;
mod store;
