//! Whoever has a subscriber hears of it.

use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tracing::field::Empty;
use tracing::span::EnteredSpan;
use tracing::{Level, debug, debug_span, enabled, trace};

use super::words;
use crate::explain::{Done, Kept, Place, WhyStale};

/// A load, which is entered whenever its body runs. Nothing where nobody listens.
#[derive(Clone, Debug, Default)]
pub struct Span(Option<Arc<Load>>);

#[derive(Debug)]
struct Load {
    span: tracing::Span,
    /// Whether it is told already what came of it: that is told once.
    has_outcome: AtomicBool,
}

/// What a thread stands in.
#[derive(Debug)]
pub struct Entered {
    _span: Option<EnteredSpan>,
}

impl Span {
    /// Nobody is told.
    pub const NONE: Self = Self(None);

    /// Begins a load.
    pub fn begin(place: Option<&Place>, cache: &str, key: impl FnOnce() -> String) -> Self {
        if !is_anyone_listening() {
            return Self::NONE;
        }
        let span = debug_span!(
            target: "larder",
            "load",
            larder.cache = cache,
            larder.site = place.map(words::path),
            larder.pattern = place.map(|place| place.pattern),
            larder.key = Empty,
            larder.outcome = Empty,
            larder.rule = Empty,
        );
        if span.is_disabled() {
            return Self::NONE;
        }
        if enabled!(target: "larder", Level::TRACE) {
            span.record("larder.key", key());
        }
        Self(Some(Arc::new(Load { span, has_outcome: AtomicBool::new(false) })))
    }

    /// Returns whether nobody listens.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// Stands in it, until what this returns is dropped.
    #[must_use]
    pub fn enter(&self) -> Entered {
        Entered { _span: self.0.as_ref().map(|load| load.span.clone().entered()) }
    }

    /// Tells how its body ended.
    pub fn ran(&self, failed: bool) {
        if failed {
            self.outcome("failed", None);
        }
    }

    /// Tells that its body was given up.
    pub fn given_up(&self, how: &Done) {
        let outcome = if *how == Done::NoTimer { "no timer" } else { "timed out" };
        self.outcome(outcome, None);
    }

    /// Tells what became of what its body has returned.
    pub fn kept(&self, kept: &Kept) {
        if let Some((outcome, rule)) = words::outcome(kept) {
            self.outcome(outcome, rule);
        }
    }

    fn outcome(&self, outcome: &'static str, rule: Option<&'static str>) {
        let Some(load) = &self.0 else { return };
        if !load.has_outcome.swap(true, Ordering::Relaxed) {
            load.span.record("larder.outcome", outcome);
            if let Some(rule) = rule {
                load.span.record("larder.rule", rule);
            }
        }
    }
}

/// Returns whether anybody may hear of a load.
#[must_use]
pub fn is_anyone_listening() -> bool {
    enabled!(target: "larder", Level::DEBUG)
}

/// Tells what was done for a caller.
pub fn done(place: Option<&Place>, cache: &str, done: &Done) {
    if !is_anyone_listening() {
        return;
    }
    if let Done::Stale(why) = done {
        return stale(place, cache, Some(*why));
    }
    let Some((what, why)) = words::done(done) else { return };
    let (site, pattern) = (place.map(words::path), place.map(|place| place.pattern));
    trace!(
        target: "larder",
        { larder.cache = cache, larder.site = site, larder.pattern = pattern, larder.why = why },
        "{what}"
    );
}

/// Tells that what is past its time was served.
pub fn stale(place: Option<&Place>, cache: &str, why: Option<WhyStale>) {
    if !is_anyone_listening() {
        return;
    }
    let (site, pattern) = (place.map(words::path), place.map(|place| place.pattern));
    let why = why.map(words::stale);
    debug!(
        target: "larder",
        { larder.cache = cache, larder.site = site, larder.pattern = pattern, larder.why = why },
        "served stale"
    );
}

/// Tells that a tag or a namespace was invalidated: which, only to those who hear all.
pub fn withdrawn<N: Display>(name: impl FnOnce() -> N) {
    if !is_anyone_listening() {
        return;
    }
    let is_all_heard = enabled!(target: "larder", Level::TRACE);
    let tag = is_all_heard.then(|| name().to_string());
    debug!(target: "larder", { larder.tag = tag }, "a tag is invalidated");
}
