//! A load under way: who waits for it, and how it ended.

use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker};

use super::circle::Waits;
use super::current::{began_after, is_anything_loading};
use super::next_id;
use crate::lock::atomic::{AtomicBool, Ordering};
use crate::lock::{Mutex, lock};
use crate::record::Erased;
use crate::tags::Bonds;

/// How a load ended, for those who waited.
#[derive(Clone, Debug)]
pub enum Landing {
    /// With a value.
    Value(Erased),
    /// With a failure, and an old value that was kept for that: for those who may be served one.
    Spare(Erased),
    /// With an error that can be shared, and the tags of what that was made of.
    Error(Arc<dyn Any + Send + Sync>, Option<Arc<Bonds>>),
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
    /// What those who wait may be served meanwhile.
    offer: OnceLock<Erased>,
    /// Whether who began it makes something of what it comes to.
    is_made_of: bool,
    /// Whether what it loads was invalidated since it began.
    is_superseded: AtomicBool,
}

/// What somebody who waits is told.
#[derive(Clone, Debug)]
pub enum News {
    /// The load is over.
    Landed(Landing),
    /// It is not, and meanwhile there is this, for those who may be served what is past its time. Told once.
    Offer(Erased),
}

#[derive(Debug)]
enum State {
    /// Those who wait, by number: woken in the order in which they came, and found at once when they leave.
    Loading(BTreeMap<u64, Waker>),
    Landed(Landing),
}

impl Flight {
    pub(super) fn new(mark: u64, of: TypeId) -> Self {
        Self {
            id: next_id(),
            mark,
            of,
            state: Mutex::new(State::Loading(BTreeMap::new())),
            offer: OnceLock::new(),
            is_made_of: is_anything_loading(),
            is_superseded: AtomicBool::new(false),
        }
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// Returns whether its outcome is what a caller of this pattern and type waits for.
    pub(super) fn is_for(&self, mark: u64, of: TypeId) -> bool {
        self.mark == mark && self.of == of
    }

    pub(super) fn supersede(&self) {
        self.is_superseded.store(true, Ordering::Release);
    }

    pub(super) fn offer(&self, record: Erased) {
        if self.offer.set(record).is_err() {
            return;
        }
        let waiting = match &*lock(&self.state) {
            State::Loading(waiting) => waiting.values().cloned().collect(),
            State::Landed(_) => Vec::new(),
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    pub(super) fn land(&self, landing: Landing) {
        let before = std::mem::replace(&mut *lock(&self.state), State::Landed(landing));
        if let State::Loading(waiting) = before {
            // Outside the lock: a waker is code of the runtime, and may poll the waiter at once.
            waiting.into_values().for_each(Waker::wake);
        }
    }
}

/// A caller who waits for a load that somebody else runs.
#[derive(Debug)]
pub struct Waiter {
    id: u64,
    flight: Arc<Flight>,
    offered: bool,
    _waits: Waits,
}

impl Waiter {
    pub(super) fn new(flight: Arc<Flight>, waits: Waits) -> Self {
        Self { id: next_id(), flight, offered: false, _waits: waits }
    }

    /// Returns whether what is waited for was invalidated since the load began, and with it what was there before.
    #[must_use]
    pub fn is_superseded(&self) -> bool {
        self.flight.is_superseded.load(Ordering::Acquire)
    }

    /// Returns whether the running code makes something of what it reads, being part of a body or of what goes before one, and who
    /// began what is waited for does not: they looked as those do who make nothing of it.
    #[must_use]
    pub fn is_made_of_by_none(&self) -> bool {
        !self.flight.is_made_of && is_anything_loading()
    }

    /// Returns whether the running code is part of a load whose body began after what is waited for.
    #[must_use]
    pub fn is_from_before(&self) -> bool {
        began_after(self.flight.id())
    }
}

impl Future for Waiter {
    type Output = News;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<News> {
        let flight = Arc::clone(&self.flight);
        let mut state = lock(&flight.state);
        let waiting = match &mut *state {
            State::Landed(landing) => return Poll::Ready(News::Landed(landing.clone())),
            State::Loading(waiting) => waiting,
        };
        if let Some(record) = flight.offer.get().filter(|_| !self.offered) {
            self.offered = true;
            return Poll::Ready(News::Offer(Arc::clone(record)));
        }
        let before = waiting.insert(self.id, context.waker().clone());
        // Outside the lock: a waker may be the last to hold its task, and another waiter may be in there.
        drop(state);
        drop(before);
        Poll::Pending
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        // Handed out of the lock before it is dropped.
        let _waker = match &mut *lock(&self.flight.state) {
            State::Loading(waiting) => waiting.remove(&self.id),
            State::Landed(_) => None,
        };
    }
}
