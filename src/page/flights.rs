//! One render for all who ask: who makes a page now, and how the others come by it.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::HeaderMap;
use tokio::sync::watch;

use super::aspect::Aspect;
use super::record::{Head, Page};
use super::tee::Tee;
use crate::key::Key;

/// Where a page is made, and under which key it is looked for.
pub(super) type Name = (u64, Key);

/// The pages of one cache that are being made.
#[derive(Default)]
pub(super) struct Flights(Mutex<HashMap<Name, Arc<Flight>>>);

/// One page that is being made.
pub(super) struct Flight {
    landing: watch::Sender<Landing>,
    /// What the page is made from, which tells whose it can be too.
    request: HeaderMap,
}

/// What has become of a render so far.
#[derive(Clone)]
pub(super) enum Landing {
    Flying,
    /// The page has begun, and is told apart by this; whoever has the same may read along.
    Begun(Arc<Head>, Arc<[Aspect]>, Tee),
    /// The page is there.
    Kept(Page, Arc<[Aspect]>),
    /// It is for nobody else.
    LetGo,
}

/// What to do who found no page.
pub(super) enum Turn {
    Lead(Lead),
    Wait(Waiter),
}

/// Whoever makes a page. Everybody else is let go when this is dropped before they have something.
pub(super) struct Lead {
    flights: Arc<Flights>,
    flight: Arc<Flight>,
    names: Vec<Name>,
}

/// Somebody who waits for a page that is being made for another.
pub(super) struct Waiter {
    flight: Arc<Flight>,
    landing: watch::Receiver<Landing>,
}

impl Flights {
    fn table(&self) -> MutexGuard<'_, HashMap<Name, Arc<Flight>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins whoever makes this page, or begins it.
    pub(super) fn join(self: &Arc<Self>, name: &Name, request: &HeaderMap) -> Turn {
        let mut table = self.table();
        if let Some(flight) = table.get(name) {
            return Turn::Wait(Waiter { flight: Arc::clone(flight), landing: flight.landing.subscribe() });
        }
        let flight = Arc::new(Flight { landing: watch::Sender::new(Landing::Flying), request: request.clone() });
        table.insert(name.clone(), Arc::clone(&flight));
        Turn::Lead(Lead { flights: Arc::clone(self), flight, names: vec![name.clone()] })
    }
}

impl Lead {
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
        self.flight.landing.send_replace(landing);
    }

    /// Returns whether anybody waits.
    pub(super) fn is_awaited(&self) -> bool {
        self.flight.landing.receiver_count() > 0
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        // In this order: nobody joins who would be told of nothing any more.
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
                *landing = Landing::LetGo;
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
            Err(_) => Landing::LetGo,
        }
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
