//! Spans of loads, and what is told beside them, for whoever listens by the crate `tracing`. Without the feature of that name
//! nothing of it is there; with it, and nobody who listens, a load asks whether anybody does, and a hit does not.
#![cfg_attr(not(feature = "tracing"), allow(clippy::unused_self, reason = "nobody listens"))]

#[cfg(feature = "tracing")]
mod heard;
#[cfg(not(feature = "tracing"))]
mod unheard;
#[cfg(feature = "tracing")]
mod words;

#[cfg(feature = "tracing")]
pub use heard::{Entered, Span, done, is_anyone_listening, stale, withdrawn};
#[cfg(not(feature = "tracing"))]
pub use unheard::{Entered, Span, done, is_anyone_listening, stale, withdrawn};
