//! What lets an invalidation win over a load under way.

use std::sync::Arc;

use super::Flights;
use crate::lock::atomic::Ordering;
use crate::lock::lock;

/// The right to keep what is read at the source from now on, unless somebody invalidates it first.
///
/// ```
/// use std::sync::Arc;
/// use cache_core::flight::{Change, Flights};
///
/// let flights = Arc::new(Flights::default());
/// let token = flights.token(b"name");
/// flights.change(b"name", || ((), Change::New)); // while the value is being read at the source
/// assert_eq!(token.redeem(|| "kept"), None);
/// assert_eq!(flights.token(b"name").redeem(|| "kept"), Some("kept"));
/// ```
#[derive(Debug)]
pub struct Token {
    pub(super) flights: Arc<Flights>,
    pub(super) name: Box<[u8]>,
    generation: u64,
}

impl Token {
    /// Makes a token that its slot has counted.
    pub(super) fn new(flights: &Arc<Flights>, name: &[u8], generation: u64) -> Self {
        Self { flights: Arc::clone(flights), name: name.into(), generation }
    }

    /// Runs `keep` if nothing was invalidated since the token was taken, in one step with that look.
    pub fn redeem<T>(&self, keep: impl FnOnce() -> T) -> Option<T> {
        let names = self.flights.stripe(&self.name);
        let valid = names.get(&self.name).is_some_and(|slot| slot.generation == self.generation);
        valid.then(keep)
    }

    /// Returns whether nothing was invalidated since the token was taken.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.redeem(|| ()).is_some()
    }

    /// Changes the entry in one step, if nothing has changed it since the token was taken. What `change` takes out must be
    /// handed out, as in [`Flights::change`].
    pub fn change<T>(&self, change: impl FnOnce() -> T) -> Option<T> {
        let index = self.flights.index(&self.name);
        let mut names = lock(&self.flights.stripes[index]);
        let slot = names.get_mut(&self.name).filter(|slot| slot.generation == self.generation)?;
        let result = change();
        slot.supersede();
        self.flights.changes[index].fetch_add(1, Ordering::AcqRel);
        Some(result)
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        let mut names = self.flights.stripe(&self.name);
        let Some(slot) = names.get_mut(&self.name) else { return };
        slot.tokens -= 1;
        if slot.tokens == 0 {
            names.remove(&self.name);
        }
    }
}
