//! What lets an invalidation win over a load under way.

use std::sync::Arc;

use super::slots::Slot;
use super::{Flights, stripe_of};
use crate::lock::atomic::{AtomicU64, Ordering};

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
    pub(super) hash: u64,
    generation: u64,
    /// How often something was kept by then.
    kept: u64,
    /// Whether its slot has been told that it is gone.
    is_back: bool,
}

impl Token {
    /// Makes a token that its slot has counted.
    pub(super) fn new(flights: &Arc<Flights>, hash: u64, slot: &Slot) -> Self {
        let Slot { generation, kept, .. } = *slot;
        Self { flights: Arc::clone(flights), hash, generation, kept, is_back: false }
    }

    /// Runs `keep` if nothing was invalidated since the token was taken, in one step with that look.
    pub fn redeem<T>(&self, keep: impl FnOnce() -> T) -> Option<T> {
        let mut names = self.flights.stripe(self.hash);
        let slot = names.get_mut(&self.hash).filter(|slot| slot.generation == self.generation)?;
        slot.kept += 1;
        Some(keep())
    }

    /// Returns whether nothing was invalidated since the token was taken.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let names = self.flights.stripe(self.hash);
        names.get(&self.hash).is_some_and(|slot| slot.generation == self.generation)
    }

    /// Changes the entry in one step, if nothing has changed it since the token was taken. What `change` takes out must be
    /// handed out, as in [`Flights::change`].
    pub fn change<T>(&self, change: impl FnOnce() -> T) -> Option<T> {
        self.change_where(change, |_| true)
    }

    /// Does the same, if no other token was redeemed meanwhile either: then there is what there was, or nothing.
    pub fn change_same<T>(&self, change: impl FnOnce() -> T) -> Option<T> {
        self.change_where(change, |slot| slot.kept == self.kept)
    }

    fn change_where<T>(&self, change: impl FnOnce() -> T, is_so: impl FnOnce(&Slot) -> bool) -> Option<T> {
        let mut names = self.flights.stripe(self.hash);
        let slot = names.get_mut(&self.hash).filter(|slot| slot.generation == self.generation && is_so(slot))?;
        let result = change();
        slot.supersede();
        self.flights.changes[stripe_of(self.hash)].fetch_add(1, Ordering::AcqRel);
        Some(result)
    }

    /// Tells its slot that it is gone; under the same lock `tell` may say more there, and count an end.
    pub(super) fn give_back(&mut self, tell: impl FnOnce(&mut Slot, &AtomicU64)) {
        if std::mem::replace(&mut self.is_back, true) {
            return;
        }
        let mut names = self.flights.stripe(self.hash);
        // There is one as long as a token of it is out.
        let Some(slot) = names.get_mut(&self.hash) else { return };
        tell(slot, &self.flights.ends[stripe_of(self.hash)]);
        slot.tokens -= 1;
        if slot.tokens == 0 {
            names.remove(&self.hash);
        }
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.give_back(|_, _| ());
    }
}
