//! The one of many callers who loads.

use std::sync::Arc;

use super::state::Flight;
use super::{Landing, Token, Waiter, wait_for};
use crate::lock::atomic::Ordering;
use crate::lock::lock;
use crate::record::Erased;

/// The caller who runs the body for all.
///
/// Dropped before it has landed, it hands over: to one of those who wait, when its caller has left; to each of them,
/// when the body panicked, since they would only panic one after another.
#[derive(Debug)]
pub struct Leader {
    token: Token,
    flight: Arc<Flight>,
    landed: bool,
}

impl Leader {
    pub(super) fn new(token: Token, flight: Arc<Flight>) -> Self {
        Self { token, flight, landed: false }
    }

    /// Returns the token that was taken before the body runs.
    #[must_use]
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// Returns the number of this flight, for the chain of loads that a body starts.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.flight.id()
    }

    /// Returns a way to wait for this very flight, for a leader whose body runs elsewhere; `None` where waiting would never
    /// end.
    #[must_use]
    pub fn waiter(&self) -> Option<Waiter> {
        Some(Waiter::new(Arc::clone(&self.flight), wait_for(self.flight.id())?))
    }

    /// Shows those who wait what some of them may be served meanwhile. The first offer stands.
    pub fn offer(&self, record: Erased) {
        self.flight.offer(record);
    }

    /// Hands the outcome to all who wait.
    pub fn land(mut self, landing: Landing) {
        self.finish(landing);
    }

    fn finish(&mut self, landing: Landing) {
        self.landed = true;
        {
            let flights = &self.token.flights;
            let index = flights.index(&self.token.name);
            let mut names = lock(&flights.stripes[index]);
            // Under the lock: who leads next under this name sees it.
            flights.ends[index].fetch_add(1, Ordering::AcqRel);
            if let Some(slot) = names.get_mut(&self.token.name)
                && slot.flight.as_ref().is_some_and(|flight| Arc::ptr_eq(flight, &self.flight))
            {
                slot.flight = None;
            }
        }
        self.flight.land(landing);
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        if !self.landed {
            let landing = if std::thread::panicking() { Landing::Released } else { Landing::Abandoned };
            self.finish(landing);
        }
    }
}
