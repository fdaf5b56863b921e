//! A load under way: who waits for it, and how it ended.

use std::any::{Any, TypeId};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use super::circle::Waits;
use super::{lock, next_id};
use crate::record::Erased;

/// How a load ended, for those who waited.
#[derive(Clone, Debug)]
pub enum Landing {
    /// With a value.
    Value(Erased),
    /// With an error that can be shared.
    Error(Arc<dyn Any + Send + Sync>),
    /// With something that cannot be shared: each one runs its own body now, all at once.
    Released,
    /// Not at all, its caller has left: one of those who wait takes over.
    Abandoned,
}

/// A load under way.
#[derive(Debug)]
pub(super) struct Flight {
    id: u64,
    mark: u64,
    of: TypeId,
    state: Mutex<State>,
}

#[derive(Debug)]
enum State {
    Loading(Vec<(u64, Waker)>),
    Landed(Landing),
}

impl Flight {
    pub(super) fn new(mark: u64, of: TypeId) -> Self {
        Self { id: next_id(), mark, of, state: Mutex::new(State::Loading(Vec::new())) }
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// Returns whether its outcome is what a caller of this pattern and type waits for.
    pub(super) fn is_for(&self, mark: u64, of: TypeId) -> bool {
        self.mark == mark && self.of == of
    }

    pub(super) fn land(&self, landing: Landing) {
        let before = std::mem::replace(&mut *lock(&self.state), State::Landed(landing));
        if let State::Loading(waiting) = before {
            // Outside the lock: a waker is code of the runtime, and may poll the waiter at once.
            for (_, waker) in waiting {
                waker.wake();
            }
        }
    }
}

/// A caller who waits for a load that somebody else runs.
#[derive(Debug)]
pub struct Waiter {
    id: u64,
    flight: Arc<Flight>,
    _waits: Waits,
}

impl Waiter {
    pub(super) fn new(flight: Arc<Flight>, waits: Waits) -> Self {
        Self { id: next_id(), flight, _waits: waits }
    }
}

impl Future for Waiter {
    type Output = Landing;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Landing> {
        let mut state = lock(&self.flight.state);
        let waiting = match &mut *state {
            State::Landed(landing) => return Poll::Ready(landing.clone()),
            State::Loading(waiting) => waiting,
        };
        match waiting.iter_mut().find(|(id, _)| *id == self.id) {
            Some((_, waker)) => waker.clone_from(context.waker()),
            None => waiting.push((self.id, context.waker().clone())),
        }
        Poll::Pending
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        if let State::Loading(waiting) = &mut *lock(&self.flight.state) {
            waiting.retain(|(id, _)| *id != self.id);
        }
    }
}
