//! The one of many callers who loads.

use std::sync::Arc;

use super::state::Flight;
use super::{Landing, Token, Waiter, wait_for};
use crate::lock::atomic::Ordering;
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
        self.leave();
        self.flight.land(landing);
    }

    /// Ends the load, which nobody joins from now on, and returns those who wait for its outcome; `None` where nobody does,
    /// so that whoever has led may keep it for itself.
    #[must_use]
    pub fn end(mut self) -> Option<Crowd> {
        self.leave();
        // Nobody gets hold of it any more who is not there already.
        (Arc::strong_count(&self.flight) > 1).then(|| Crowd(Some(Arc::clone(&self.flight))))
    }

    /// Takes the load out of the table, and the token with it.
    fn leave(&mut self) {
        self.landed = true;
        let flight = &self.flight;
        self.token.give_back(|slot, ends| {
            // Under the lock: who leads next under this name sees it.
            ends.fetch_add(1, Ordering::AcqRel);
            slot.flight.take_if(|other| Arc::ptr_eq(other, flight));
        });
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        if !self.landed {
            self.leave();
            self.flight.land(without_an_outcome());
        }
    }
}

/// Those who wait for the outcome of a load that nobody joins any more. Dropped before they have it, it hands over as a
/// leader does.
#[derive(Debug)]
pub struct Crowd(Option<Arc<Flight>>);

impl Crowd {
    /// Hands them the outcome.
    pub fn land(mut self, landing: Landing) {
        if let Some(flight) = self.0.take() {
            flight.land(landing);
        }
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        if let Some(flight) = &self.0 {
            flight.land(without_an_outcome());
        }
    }
}

fn without_an_outcome() -> Landing {
    if std::thread::panicking() { Landing::Released } else { Landing::Abandoned }
}
