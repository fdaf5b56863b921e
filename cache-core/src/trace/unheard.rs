//! Nobody can listen.

use std::fmt::Display;

use crate::explain::{Done, Kept, Place, WhyStale};

/// A load, of which nobody hears.
#[derive(Clone, Debug, Default)]
pub struct Span(());

/// What a thread stands in.
#[derive(Debug)]
pub struct Entered(());

impl Span {
    /// Nobody is told.
    pub const NONE: Self = Self(());

    /// Begins a load.
    #[inline]
    #[must_use]
    pub fn begin(_: Option<&Place>, _: &str, _: impl FnOnce() -> String) -> Self {
        Self::NONE
    }

    /// Returns whether nobody listens.
    #[inline]
    #[must_use]
    pub fn is_none(&self) -> bool {
        true
    }

    /// Stands in it.
    #[inline]
    #[must_use]
    pub fn enter(&self) -> Entered {
        Entered(())
    }

    /// Tells how its body ended.
    #[inline]
    pub fn ran(&self, _: bool) {}

    /// Tells that its body was given up.
    #[inline]
    pub fn given_up(&self, _: &Done) {}

    /// Tells what became of what its body has returned.
    #[inline]
    pub fn kept(&self, _: &Kept) {}
}

/// Returns whether anybody may hear of a load.
#[inline]
#[must_use]
pub fn is_anyone_listening() -> bool {
    false
}

/// Tells what was done for a caller.
#[inline]
pub fn done(_: Option<&Place>, _: &str, _: &Done) {}

/// Tells that what is past its time was served.
#[inline]
pub fn stale(_: Option<&Place>, _: &str, _: Option<WhyStale>) {}

/// Tells that a tag or a namespace was invalidated.
#[inline]
pub fn withdrawn<N: Display>(_: impl FnOnce() -> N) {}
