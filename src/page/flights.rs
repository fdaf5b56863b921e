//! One render for all who ask: who makes a page now, and how the others come by it.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cache_core::flight::{Waits, next_id, wait_for};
use http::HeaderMap;
use tokio::sync::watch;

use super::aspect::Aspect;
use super::policy::{Reuse, Wanted};
use super::purge::Point;
use super::record::{Head, Page};
use super::tee::Tee;
use crate::Filling;
use crate::key::Key;

/// Where a page is made, and under which key it is looked for.
pub(super) type Name = (u64, Key);

/// The pages of one cache that are being made.
#[derive(Default)]
pub(super) struct Flights(Mutex<HashMap<Name, Arc<Flight>>>);

/// One page that is being made.
pub(super) struct Flight {
    id: u64,
    landing: watch::Sender<Landing>,
    /// What the page is made from, which tells whose it can be too.
    request: HeaderMap,
    began: u64,
    start: Mutex<Option<Start>>,
    /// Whether nobody runs it but the client who asked, who may leave or read at leisure.
    is_alone: AtomicBool,
}

/// What has to be as it was when a page was begun, for those who come later to have it too.
#[derive(Clone)]
pub(super) struct Start {
    /// Not there while the list is written that its URL is told apart by: that ends the one from before.
    pub(super) filling: Option<Arc<Filling>>,
    pub(super) purges: Point,
}

/// What has become of a render so far.
#[derive(Clone)]
pub(super) enum Landing {
    Flying,
    /// The page has begun, and is told apart by this; whoever has the same may read along.
    Begun(Arc<Head>, Arc<[Aspect]>, Tee),
    /// The page is there.
    Kept(Page, Arc<[Aspect]>),
    /// It is for nobody else: whoever waited asks on their own, all at once.
    LetGo,
    /// Nobody makes it any more: whoever waited may find it, or another who makes it.
    Gone,
}

/// What to do who found no page.
pub(super) enum Turn {
    Lead(Lead),
    Wait(Waiter),
    /// Whoever makes the page waits for this one: nobody could wait for the other.
    Circle,
}

/// Whoever makes a page. Everybody else looks again when this is dropped before they have something.
pub(super) struct Lead {
    flights: Arc<Flights>,
    flight: Arc<Flight>,
    names: Vec<Name>,
}

/// Somebody who waits for a page that is being made for another.
pub(super) struct Waiter {
    flight: Arc<Flight>,
    landing: watch::Receiver<Landing>,
    _waits: Waits,
    /// Whether nobody could tell whether the page was still good to join: it is to be asked once more.
    pub(super) is_unsure: bool,
}

/// How long those who come later wait for a handler that has not answered, in milliseconds. One who hangs must not take
/// everybody along, for ever.
const PATIENCE: u64 = 10_000;

impl Flights {
    fn table(&self) -> MutexGuard<'_, HashMap<Name, Arc<Flight>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins whoever makes this page, if they began with what is there now, or begins it.
    pub(super) fn join(
        self: &Arc<Self>,
        name: &Name,
        request: &HeaderMap,
        now: u64,
        is_current: impl Fn(&Start) -> bool,
    ) -> Turn {
        let mut closed = None;
        loop {
            let mut table = self.table();
            let found = table.get(name).filter(|flight| closed.as_ref().is_none_or(|one| !Arc::ptr_eq(one, flight)));
            let Some(flight) = found.cloned() else {
                let flight = Arc::new(Flight::new(request, now));
                table.insert(name.clone(), Arc::clone(&flight));
                return Turn::Lead(Lead { flights: Arc::clone(self), flight, names: vec![name.clone()] });
            };
            // Looked at outside of the lock: that takes others, and may run code of the runtime.
            drop(table);
            let start = flight.start().clone();
            if start.as_ref().is_none_or(&is_current) && flight.is_open(now) {
                let Some(waits) = wait_for(flight.id) else { return Turn::Circle };
                let landing = flight.landing.subscribe();
                let is_unsure = start.is_some_and(|start| start.filling.is_none());
                return Turn::Wait(Waiter { flight, landing, _waits: waits, is_unsure });
            }
            closed = Some(flight);
        }
    }
}

impl Flight {
    fn new(request: &HeaderMap, began: u64) -> Self {
        let (landing, request) = (watch::Sender::new(Landing::Flying), request.clone());
        Self { id: next_id(), landing, request, began, start: Mutex::default(), is_alone: AtomicBool::new(false) }
    }

    fn start(&self) -> MutexGuard<'_, Option<Start>> {
        self.start.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether those who come now can have this page, and need not wait for it for ever.
    fn is_open(&self, now: u64) -> bool {
        if self.is_alone.load(Ordering::Acquire) {
            return false;
        }
        let landing = self.landing.borrow().clone();
        match landing {
            Landing::Flying => now.saturating_sub(self.began) < PATIENCE,
            Landing::Begun(head, _, tee) => tee.is_open() && head.facts.reuse(&Wanted::default(), now) == Reuse::Fresh,
            Landing::Kept(..) | Landing::LetGo | Landing::Gone => true,
        }
    }

    /// Lets everybody else go: there is no runtime, and nobody is to wait for how a client reads.
    pub(super) fn go_alone(&self) {
        self.is_alone.store(true, Ordering::Release);
        self.landing.send_replace(Landing::LetGo);
    }
}

impl Lead {
    pub(super) fn flight(&self) -> Arc<Flight> {
        Arc::clone(&self.flight)
    }

    /// Returns the number by which it is known who waits for whom.
    pub(super) fn id(&self) -> u64 {
        self.flight.id
    }

    /// Says from what the page is made.
    pub(super) fn starts(&self, start: Start) {
        *self.flight.start() = Some(start);
    }

    /// Makes those find this render too who look for it under the name that it has turned out to have.
    pub(super) fn is_also(&mut self, name: &Name) {
        let mut table = self.flights.table();
        if !table.contains_key(name) {
            table.insert(name.clone(), Arc::clone(&self.flight));
            drop(table);
            self.names.push(name.clone());
        }
    }

    pub(super) fn land(&self, landing: Landing) {
        if !self.flight.is_alone.load(Ordering::Acquire) {
            self.flight.landing.send_replace(landing);
        }
    }

    /// Returns whether anybody waits.
    pub(super) fn is_awaited(&self) -> bool {
        self.flight.landing.receiver_count() > 0
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        let mut table = self.flights.table();
        for name in &self.names {
            if table.get(name).is_some_and(|flight| Arc::ptr_eq(flight, &self.flight)) {
                table.remove(name);
            }
        }
        drop(table);
        self.flight.landing.send_if_modified(|landing| {
            let is_open = matches!(landing, Landing::Flying);
            if is_open {
                *landing = Landing::Gone;
            }
            is_open
        });
    }
}

impl Waiter {
    /// Waits until the page has at least begun.
    pub(super) async fn landing(&mut self) -> Landing {
        match self.landing.wait_for(|landing| !matches!(landing, Landing::Flying)).await {
            Ok(landing) => landing.clone(),
            Err(_) => Landing::Gone,
        }
    }

    pub(super) fn start(&self) -> Option<Start> {
        self.flight.start().clone()
    }

    /// Returns the request that the page is made from.
    pub(super) fn request(&self) -> &HeaderMap {
        &self.flight.request
    }
}

impl fmt::Debug for Flights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Flights").field(&self.table().len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_of_renders_that_have_ended_or_were_replaced() {
        let flights = Arc::new(Flights::default());
        let names = [(0, Key::from("page")), (0, Key::from("variant"))];
        let join = |now| flights.join(&names[0], &HeaderMap::new(), now, |_| true);
        let lead = |now| if let Turn::Lead(lead) = join(now) { lead } else { panic!("somebody leads at {now}") };
        let mut first = lead(0);
        first.is_also(&names[1]);
        assert!(matches!(join(PATIENCE - 1), Turn::Wait(_)));
        let second = lead(PATIENCE);
        drop(first);
        assert!(matches!(join(PATIENCE), Turn::Wait(_)), "the first took only its own names along");
        drop(second);
        assert!(flights.table().is_empty());
    }
}
