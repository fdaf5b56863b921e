//! Stores outside as the engine and its layers use them: by what they claim, and when they fail.

mod bytes;
mod claims;
mod conformance;
mod eras;
mod guards;
mod halves;
mod outage;
mod schedules;
mod store;
