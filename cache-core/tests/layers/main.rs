//! Stores outside as the engine and its layers use them: by what they claim, and when they fail.

mod claims;
mod store;
