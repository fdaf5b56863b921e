//! One load at a time for each name, and the token that lets an invalidation win over a load under way.
//!
//! Everything that happens to one name (a load begins, a value is kept, an entry is invalidated) takes the same lock
//! of a [`Flights`] table, so that "look again, then lead" and "nobody invalidated meanwhile, then keep" are single
//! steps. No code of a user runs under that lock.

mod circle;
mod current;
mod leader;
mod state;
mod token;

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::Arc;

use ahash::RandomState;

pub use circle::{Waits, wait_for};
pub use current::{Inside, Link, Scoped, Wishes, current};
pub use leader::Leader;
use state::Flight;
pub use state::{Landing, News, Waiter};
pub use token::Token;

use crate::lock::atomic::{AtomicU64, Ordering};
use crate::lock::{Mutex, MutexGuard, lock};

type Names = HashMap<Box<[u8]>, Slot, RandomState>;

const STRIPES: usize = 64;

/// The loads under way in one home, by name.
#[derive(Debug)]
pub struct Flights {
    stripes: Vec<Mutex<Names>>,
    /// How often an entry was changed, for each stripe.
    changes: Vec<AtomicU64>,
    /// How often a load has ended, for each stripe.
    ends: Vec<AtomicU64>,
    hasher: RandomState,
}

/// What is known of a name while somebody loads it.
#[derive(Debug, Default)]
struct Slot {
    /// How often the name was invalidated or written since the first of its tokens was taken.
    generation: u64,
    /// How many tokens are out.
    tokens: usize,
    /// The load that others may join.
    flight: Option<Arc<Flight>>,
}

/// How often entries had been changed at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot(Box<[u64]>);

/// What a caller is to do who did not find a value.
#[derive(Debug)]
pub enum Turn<T> {
    /// Somebody else has just finished: here it is.
    Found(T),
    /// Run the body; the others wait.
    Lead(Leader),
    /// Somebody else runs the body: wait.
    Wait(Waiter),
    /// Run the body without company: the load under way under this name is of another pattern or type.
    Alone(Token),
    /// Run the body and keep nothing: waiting would never end, the load under way waits for this one.
    Circle,
}

/// What became of an entry that was changed by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It holds something else now, or nothing.
    New,
    /// It holds what it held before.
    Same,
}

impl Default for Flights {
    fn default() -> Self {
        let hasher = RandomState::new();
        let stripes = (0..STRIPES).map(|_| Mutex::new(Names::with_hasher(hasher.clone()))).collect();
        let [changes, ends] = std::array::from_fn(|_| (0..STRIPES).map(|_| AtomicU64::new(0)).collect());
        Self { stripes, changes, ends, hasher }
    }
}

impl Flights {
    /// Decides what a caller is to do who found nothing; `again` looks once more, now that nobody can slip in between.
    pub fn join<T>(self: &Arc<Self>, name: &[u8], mark: u64, of: TypeId, again: impl FnOnce() -> Option<T>) -> Turn<T> {
        let mut names = self.stripe(name);
        if let Some(flight) = names.get(name).and_then(|slot| slot.flight.clone()) {
            drop(names);
            return self.join_flight(flight, name, mark, of);
        }
        if let Some(found) = again() {
            return Turn::Found(found);
        }
        let flight = Arc::new(Flight::new(mark, of));
        let slot = names.entry(name.into()).or_default();
        slot.flight = Some(Arc::clone(&flight));
        Turn::Lead(Leader::new(self.token_of(slot, name), flight))
    }

    fn join_flight<T>(self: &Arc<Self>, flight: Arc<Flight>, name: &[u8], mark: u64, of: TypeId) -> Turn<T> {
        if !flight.is_for(mark, of) {
            return Turn::Alone(self.token(name));
        }
        match wait_for(flight.id()) {
            Some(waits) => Turn::Wait(Waiter::new(flight, waits)),
            None => Turn::Circle,
        }
    }

    /// Returns a number that is another one once a load of this name has ended or its entry was changed; as may be after
    /// those of other names.
    ///
    /// Who reads it, finds nothing in the store, leads, and then reads the same has no need to look again: there was no time
    /// at which anybody could have put something there.
    #[must_use]
    pub fn events(&self, name: &[u8]) -> u64 {
        let index = self.index(name);
        // Neither of them ever falls, so that the sum is the same only where both are.
        self.ends[index].load(Ordering::Acquire).wrapping_add(self.changes[index].load(Ordering::Acquire))
    }

    /// Takes a token for a value that is about to be read at the source.
    #[must_use]
    pub fn token(self: &Arc<Self>, name: &[u8]) -> Token {
        self.token_in(&mut self.stripe(name), name)
    }

    fn token_in(self: &Arc<Self>, names: &mut Names, name: &[u8]) -> Token {
        self.token_of(names.entry(name.into()).or_default(), name)
    }

    fn token_of(self: &Arc<Self>, slot: &mut Slot, name: &[u8]) -> Token {
        slot.tokens += 1;
        Token::new(self, name, slot.generation)
    }

    /// Notes what has been changed so far, for a value that is about to be written under a name that nobody knows yet.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot(self.changes.iter().map(|changes| changes.load(Ordering::Acquire)).collect())
    }

    /// Takes a token as if that had been done then; `None` where something was changed since that may have been this.
    #[must_use]
    pub fn token_since(self: &Arc<Self>, name: &[u8], then: &Snapshot) -> Option<Token> {
        let index = self.index(name);
        let mut names = lock(&self.stripes[index]);
        let is_same = self.changes[index].load(Ordering::Acquire) == then.0[index];
        is_same.then(|| self.token_in(&mut names, name))
    }

    /// Changes an entry in one step, from outside of any load.
    ///
    /// Where `change` says [`Change::New`], what was read before is not kept, and nobody joins the load under way any
    /// more. What it takes out of a store must be handed out and dropped by the caller, since dropping a value runs
    /// code of its author.
    pub fn change<T>(&self, name: &[u8], change: impl FnOnce() -> (T, Change)) -> T {
        let index = self.index(name);
        let mut names = lock(&self.stripes[index]);
        let (result, change) = change();
        if change == Change::New {
            self.changes[index].fetch_add(1, Ordering::AcqRel);
            names.get_mut(name).into_iter().for_each(Slot::supersede);
        }
        result
    }

    /// Removes entries in one step: of every name that `concerns`, nothing that was read before is kept.
    pub fn remove_all<T>(&self, concerns: impl Fn(&[u8]) -> bool, remove: impl FnOnce() -> T) -> T {
        let mut stripes: Vec<_> = self.stripes.iter().map(lock).collect();
        for changes in &self.changes {
            changes.fetch_add(1, Ordering::AcqRel);
        }
        for (name, slot) in stripes.iter_mut().flat_map(|names| names.iter_mut()) {
            if concerns(name) {
                slot.supersede();
            }
        }
        remove()
    }

    /// Returns whether nothing is known of any name.
    #[cfg(test)]
    fn is_empty(&self) -> bool {
        self.stripes.iter().all(|stripe| lock(stripe).is_empty())
    }

    fn stripe(&self, name: &[u8]) -> MutexGuard<'_, Names> {
        lock(&self.stripes[self.index(name)])
    }

    fn index(&self, name: &[u8]) -> usize {
        // The lowest bits choose the bucket inside a table, so the stripe takes others.
        (self.hasher.hash_one(name) >> 48) as usize % STRIPES
    }
}

impl Slot {
    fn supersede(&mut self) {
        self.generation += 1;
        if let Some(flight) = self.flight.take() {
            flight.supersede();
        }
    }
}

/// Returns a number that no other flight of this process has.
#[must_use]
pub fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(flights: &Arc<Flights>) -> Turn<()> {
        flights.join(b"name", 1, TypeId::of::<u8>(), || None)
    }

    #[test]
    fn nothing_is_left_behind_when_all_callers_leave() {
        let flights = Arc::new(Flights::default());
        assert!(flights.is_empty());
        let (leader, waiter, token) = (join(&flights), join(&flights), flights.token(b"name"));
        assert!(matches!((&leader, &waiter), (Turn::Lead(_), Turn::Wait(_))));
        flights.change(b"name", || ((), Change::New));
        let next = join(&flights);
        assert!(matches!(next, Turn::Lead(_)), "nobody joins a load from before a change");
        for caller in [leader, waiter, next] {
            drop(caller);
            assert!(!flights.is_empty(), "a token is still out");
        }
        drop(token);
        assert!(flights.is_empty());
    }

    #[test]
    fn nothing_is_left_behind_when_a_load_lands() {
        let flights = Arc::new(Flights::default());
        let Turn::Lead(leader) = join(&flights) else { panic!("nobody else loads") };
        leader.land(Landing::Released);
        assert!(flights.is_empty());
    }
}
