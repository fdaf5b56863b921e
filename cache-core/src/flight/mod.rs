//! One load at a time for each name, and the token that lets an invalidation win over a load under way.
//!
//! Everything that happens to one name (a load begins, a value is kept, an entry is invalidated) takes the same lock
//! of a [`Flights`] table, so that "look again, then lead" and "nobody invalidated meanwhile, then keep" are single
//! steps. No code of a user runs under that lock.

mod circle;
mod current;
mod leader;
mod slots;
mod state;
mod token;

use std::any::TypeId;
use std::sync::Arc;

use ahash::RandomState;

pub use circle::{Waits, wait_for};
pub use current::{
    Inside, Link, Scoped, Wishes, current, hand_on, hand_on_name, is_anything_loading, is_in_body, wish,
};
pub use leader::{Crowd, Leader};
use slots::{Names, Slot, slot_of};
use state::Flight;
pub use state::{Landing, News, Waiter};
pub use token::Token;

use crate::lock::atomic::{AtomicU64, Ordering};
use crate::lock::{Mutex, MutexGuard, lock};

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
        let stripes = (0..STRIPES).map(|_| Mutex::default()).collect();
        let [changes, ends] = std::array::from_fn(|_| (0..STRIPES).map(|_| AtomicU64::new(0)).collect());
        Self { stripes, changes, ends, hasher }
    }
}

impl Flights {
    /// Decides what a caller is to do who found nothing; `again` looks once more, now that nobody can slip in between.
    pub fn join<T>(self: &Arc<Self>, name: &[u8], mark: u64, of: TypeId, again: impl FnOnce() -> Option<T>) -> Turn<T> {
        self.join_hashed(self.hash(name), name, (mark, of), again)
    }

    fn join_hashed<T>(
        self: &Arc<Self>,
        hash: u64,
        name: &[u8],
        (mark, of): (u64, TypeId),
        again: impl FnOnce() -> Option<T>,
    ) -> Turn<T> {
        let mut names = self.stripe(hash);
        if let Some(slot) = names.get(&hash)
            && let Some(flight) = slot.flight.clone()
        {
            if slot.is_mixed || !slot.is_for(name) || !flight.is_for(mark, of) {
                return Turn::Alone(self.token_of(slot_of(&mut names, hash, name), hash));
            }
            drop(names);
            return match wait_for(flight.id()) {
                Some(waits) => Turn::Wait(Waiter::new(flight, waits)),
                None => Turn::Circle,
            };
        }
        if let Some(found) = again() {
            return Turn::Found(found);
        }
        let flight = Arc::new(Flight::new(mark, of));
        let slot = slot_of(&mut names, hash, name);
        slot.flight = Some(Arc::clone(&flight));
        Turn::Lead(Leader::new(self.token_of(slot, hash), flight))
    }

    /// Returns a number that is another one once a load of this name has ended or its entry was changed; as may be after
    /// those of other names.
    ///
    /// Who reads it, finds nothing in the store, leads, and then reads the same has no need to look again: there was no time
    /// at which anybody could have put something there.
    #[must_use]
    pub fn events(&self, name: &[u8]) -> u64 {
        let index = stripe_of(self.hash(name));
        // Neither of them ever falls, so that the sum is the same only where both are.
        self.ends[index].load(Ordering::Acquire).wrapping_add(self.changes[index].load(Ordering::Acquire))
    }

    /// Takes a token for a value that is about to be read at the source.
    #[must_use]
    pub fn token(self: &Arc<Self>, name: &[u8]) -> Token {
        let hash = self.hash(name);
        self.token_of(slot_of(&mut self.stripe(hash), hash, name), hash)
    }

    fn token_of(self: &Arc<Self>, slot: &mut Slot, hash: u64) -> Token {
        slot.tokens += 1;
        Token::new(self, hash, slot)
    }

    /// Notes what has been changed so far, for a value that is about to be written under a name that nobody knows yet.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot(self.changes.iter().map(|changes| changes.load(Ordering::Acquire)).collect())
    }

    /// Takes a token as if that had been done then; `None` where something was changed since that may have been this.
    #[must_use]
    pub fn token_since(self: &Arc<Self>, name: &[u8], then: &Snapshot) -> Option<Token> {
        let hash = self.hash(name);
        let (index, mut names) = (stripe_of(hash), self.stripe(hash));
        let is_same = self.changes[index].load(Ordering::Acquire) == then.0[index];
        is_same.then(|| self.token_of(slot_of(&mut names, hash, name), hash))
    }

    /// Changes an entry in one step, from outside of any load.
    ///
    /// Where `change` says [`Change::New`], what was read before is not kept, and nobody joins the load under way any
    /// more. What it takes out of a store must be handed out and dropped by the caller, since dropping a value runs
    /// code of its author.
    pub fn change<T>(&self, name: &[u8], change: impl FnOnce() -> (T, Change)) -> T {
        let hash = self.hash(name);
        let mut names = self.stripe(hash);
        let (result, change) = change();
        if change == Change::New {
            self.changes[stripe_of(hash)].fetch_add(1, Ordering::AcqRel);
            names.get_mut(&hash).into_iter().for_each(Slot::supersede);
        }
        result
    }

    /// Removes entries in one step: of every name that `concerns`, nothing that was read before is kept.
    pub fn remove_all<T>(&self, concerns: impl Fn(&[u8]) -> bool, remove: impl FnOnce() -> T) -> T {
        let mut stripes: Vec<_> = self.stripes.iter().map(lock).collect();
        for changes in &self.changes {
            changes.fetch_add(1, Ordering::AcqRel);
        }
        for slot in stripes.iter_mut().flat_map(|names| names.values_mut()) {
            if slot.is_mixed || concerns(&slot.name) {
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

    fn stripe(&self, hash: u64) -> MutexGuard<'_, Names> {
        lock(&self.stripes[stripe_of(hash)])
    }

    fn hash(&self, name: &[u8]) -> u64 {
        self.hasher.hash_one(name)
    }
}

/// Returns the number of the stripe of a name. The lowest bits choose the bucket inside its table, and the highest are what is
/// looked for there, so these are others.
fn stripe_of(hash: u64) -> usize {
    (hash >> 48) as usize % STRIPES
}

/// Returns a number that no other flight of this process has.
#[must_use]
pub fn next_id() -> u64 {
    // Of the whole process: no matter between the threads of one model.
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

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
    fn names_of_one_hash_share_no_load_and_each_change() {
        let flights = Arc::new(Flights::default());
        let join = |name: &str| flights.join_hashed(7, name.as_bytes(), (1, TypeId::of::<u8>()), || None::<()>);
        let (one, other) = (join("one"), join("other"));
        assert!(matches!((&one, &other), (Turn::Lead(_), Turn::Alone(_))));
        drop(one);
        let Turn::Lead(leader) = join("other") else { panic!("nobody else loads") };
        assert!(matches!(join("one"), Turn::Alone(_)), "what is under way is of another name");
        flights.remove_all(|name| name == b"other", || ());
        assert!(!leader.token().is_good());
        drop((leader, other));
        assert!(flights.is_empty());
    }

    #[test]
    fn a_leader_without_company_hands_nothing_over() {
        let flights = Arc::new(Flights::default());
        let Turn::Lead(leader) = join(&flights) else { panic!("nobody else loads") };
        assert!(leader.end().is_none());
        assert!(flights.is_empty());
        let Turn::Lead(leader) = join(&flights) else { panic!("nobody else loads") };
        let Turn::Wait(mut waiter) = join(&flights) else { panic!("somebody else loads") };
        let crowd = leader.end().expect("somebody waits");
        assert!(matches!(join(&flights), Turn::Lead(_)), "nobody joins what has ended");
        let mut poll = || Pin::new(&mut waiter).poll(&mut Context::from_waker(Waker::noop()));
        assert!(poll().is_pending());
        drop(crowd);
        assert!(matches!(poll(), Poll::Ready(News::Landed(Landing::Abandoned))));
    }

    #[test]
    fn nothing_is_left_behind_when_a_load_lands() {
        let flights = Arc::new(Flights::default());
        let Turn::Lead(leader) = join(&flights) else { panic!("nobody else loads") };
        leader.land(Landing::Released);
        assert!(flights.is_empty());
    }
}
