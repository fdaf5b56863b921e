//! When a request came, where guards have read something before its page was looked for: what was invalidated between is not
//! kept.

use std::future::Future;
use std::pin::pin;

use cache_core::registry;
use cache_core::tags::Began;
use http::request::Parts;

use super::purge;
use crate::entry::Hearing;
use crate::{Cache, Filling, Key};

/// When a request came, and what its guards have read. It stands in the extensions of the request.
#[derive(Clone, Debug)]
pub(super) struct Arrived {
    tags: Began,
    purges: u64,
    hearing: Hearing,
}

/// When guards began.
#[cfg(any(feature = "axum", feature = "actix"))]
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct Since(Option<Arrived>);

/// Extractors of which none stands guard: what is filled from the address changes nothing, and reads nothing that could be
/// written over.
#[cfg(any(feature = "axum", feature = "actix"))]
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Unguarded<T>(pub T);

impl Arrived {
    /// Notes the present; `None` where the program has no caches that work.
    pub(super) fn now() -> Option<Self> {
        // Counted first: what comes between counts as later.
        let purges = purge::sequence();
        registry::begin().ok().map(|tags| Self { tags, purges, hearing: Hearing::before() })
    }

    /// Returns when this request came, where that counts.
    pub(super) fn of(request: &Parts) -> Option<Self> {
        request.extensions.get().cloned()
    }

    /// Takes the right to keep a page that is made from what was read since.
    pub(super) fn fill(&self, cache: &Cache, key: &Key) -> Filling {
        cache.fill_as_of(key, self.tags)
    }

    /// Returns the moment, as purges count.
    pub(super) fn purges(&self) -> u64 {
        self.purges
    }

    /// Returns what has heard what guards have read. That may have been near, and so be older than the request.
    pub(super) fn hearing(&self) -> &Hearing {
        &self.hearing
    }
}

#[cfg(any(feature = "axum", feature = "actix"))]
impl Since {
    /// Notes the present, for these guards: those who hold nothing have nothing to show.
    pub(super) fn of<G>() -> Self {
        Self(if size_of::<G>() > 0 { Arrived::now() } else { None })
    }

    /// Runs them, and hears what they read.
    pub(super) async fn hear<F: Future>(&self, guards: F) -> F::Output {
        match &self.0 {
            Some(arrived) => {
                let guards = arrived.hearing.of(pin!(guards)).await;
                // Which page they choose, or that there is none, is part of the page that this one stands in.
                arrived.hearing.hand_up();
                guards
            }
            None => guards.await,
        }
    }

    /// Says it to whoever makes the page.
    pub(super) fn note(self, request: &mut Parts) {
        if let Some(since) = self.0 {
            request.extensions.insert(since);
        }
    }
}
