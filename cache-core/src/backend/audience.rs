//! Who listens to a store in memory.

use std::fmt;
use std::sync::Arc;

use super::{Listener, Listening};
use crate::lock::{Mutex, lock};

/// The listeners of one store.
#[derive(Clone, Default)]
pub(super) struct Audience(Arc<Mutex<Vec<Seat>>>);

#[derive(Clone)]
struct Seat {
    start: Box<[u8]>,
    listener: Arc<dyn Listener>,
}

/// Whoever drops this leaves.
struct Leave {
    audience: Audience,
    listener: Arc<dyn Listener>,
}

impl Audience {
    /// Lets a listener hear of names that begin like this.
    pub(super) fn seat(&self, start: &str, listener: Arc<dyn Listener>) -> Listening {
        let seat = Seat { start: start.as_bytes().into(), listener: Arc::clone(&listener) };
        lock(&self.0).push(seat);
        listener.regained();
        Listening::new(Leave { audience: self.clone(), listener })
    }

    /// Tells all whom it concerns that what is under these names was changed.
    pub(super) fn tell<'a>(&self, names: impl IntoIterator<Item = &'a [u8]>) {
        let seats = self.seats();
        if seats.is_empty() {
            return;
        }
        for name in names {
            let concerned = seats.iter().filter(|seat| name.starts_with(&seat.start));
            concerned.for_each(|seat| seat.listener.changed(name));
        }
    }

    pub(super) fn tell_all(&self) {
        self.seats().iter().for_each(|seat| seat.listener.changed_all());
    }

    /// Returns who is there, so that nobody is told anything under a lock.
    fn seats(&self) -> Vec<Seat> {
        lock(&self.0).clone()
    }
}

impl Drop for Leave {
    fn drop(&mut self) {
        let is_other = |seat: &Seat| !Arc::ptr_eq(&seat.listener, &self.listener);
        lock(&self.audience.0).retain(is_other);
    }
}

impl fmt::Debug for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Audience({})", lock(&self.0).len())
    }
}
