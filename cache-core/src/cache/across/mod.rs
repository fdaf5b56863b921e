//! One body across processes: a lock beside an entry, which spares the source and decides nothing.
//!
//! Whoever finds nothing puts a name into the store before the body runs, unless it is there, and takes it away
//! afterwards; whoever finds it there waits for the value, not for the lock. It goes by itself after the time that the site
//! says. What is kept is decided by tickets, as without it: a lock that is lost or over, or cannot be had since the store
//! is down, costs one more run of the body and nothing else.
//!
//! Within a process the loads under way do that already, and so its lock belongs to the process: a load that takes over
//! from one that was left does not wait for its own kind.

mod held;
mod turns;

use std::collections::HashMap;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use ahash::RandomState;

pub(super) use held::Held;

use super::home::Home;
use super::marker::drawn;
use crate::codec::wire::MAGIC;
use crate::executor::is_blocking;
use crate::lock::atomic::{AtomicU64, Ordering};
use crate::lock::{Mutex, lock};

/// What every lock begins with. No record and no marker is of this format.
const SIGN: [u8; 2] = [MAGIC, b'L'];

/// The locks that one home holds in its store.
#[derive(Debug)]
pub(crate) struct Locks {
    /// Which home it is, among those of all processes.
    who: u64,
    /// How many loads hold each of them: two, where one takes over while another is leaving.
    held: Mutex<HashMap<Box<[u8]>, usize, RandomState>>,
    /// How many removals have begun, and how many of them are over.
    removals: Removals,
}

#[derive(Debug, Default)]
struct Removals {
    begun: AtomicU64,
    over: AtomicU64,
}

/// A lock that is being removed.
struct Removal<'a>(&'a Removals);

impl Drop for Removal<'_> {
    fn drop(&mut self) {
        self.0.over.fetch_add(1, Ordering::AcqRel);
    }
}

impl Locks {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { who: drawn(0), held: Mutex::default(), removals: Removals::default() })
    }

    /// Returns what this process writes into its locks.
    fn token(&self) -> Vec<u8> {
        // A process that was copied while it ran is another one.
        [&SIGN[..], &self.who.to_le_bytes(), &std::process::id().to_le_bytes()].concat()
    }

    fn hold(&self, name: &[u8]) {
        *lock(&self.held).entry(name.into()).or_default() += 1;
    }

    fn let_go(&self, name: &[u8]) {
        let mut held = lock(&self.held);
        if let Some(count) = held.get_mut(name) {
            *count -= 1;
            if *count == 0 {
                held.remove(name);
            }
        }
    }

    #[cfg(test)]
    fn holds(&self, name: &[u8]) -> bool {
        lock(&self.held).contains_key(name)
    }

    /// Begins to remove a lock, unless somebody here holds it.
    fn begin_removal(&self, name: &[u8]) -> Option<Removal<'_>> {
        let held = lock(&self.held);
        if held.contains_key(name) {
            return None;
        }
        // Under the lock: who holds it from now on can tell.
        self.removals.begun.fetch_add(1, Ordering::AcqRel);
        Some(Removal(&self.removals))
    }

    /// Returns how many removals have begun, if all of them are over.
    fn removals(&self) -> Option<u64> {
        let over = self.removals.over.load(Ordering::Acquire);
        (over == self.removals.begun.load(Ordering::Acquire)).then_some(over)
    }
}

impl Home {
    /// Waits for a moment, and says whether that could be done.
    async fn rest(&self, time: Duration) -> bool {
        if is_blocking() && !self.clock.is_manual() {
            // The thread is this caller's own, and a runtime that it stands in may have no other to move its timers.
            thread::sleep(time);
            return true;
        }
        match self.executor.sleep(time) {
            Some(sleep) => {
                sleep.await;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{Future, pending};
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::super::marker::is_marker;
    use super::*;
    use crate::backend::Memory;
    use crate::clock::Clock;
    use crate::codec::wire::{Wire, number_from_bytes};
    use crate::executor::NoExecutor;
    use crate::policy::Options;
    use crate::registry::{Plan, Registry, Settings};

    #[test]
    fn a_lock_is_neither_a_record_nor_a_number_nor_a_marker_and_no_two_homes_have_the_same() {
        let (one, other) = (Locks::new().token(), Locks::new().token());
        assert_ne!(one, other);
        assert_eq!((Wire::read(&one), number_from_bytes(&one), is_marker(&one)), (None, None, false));
    }

    #[test]
    fn without_a_timer_whoever_comes_second_looks_once_more_and_runs_the_body() {
        let (clock, options) = (Clock::manual(), Options::ttl(60).lock(10));
        let store = Arc::new(Memory::new(clock.clone()));
        let [here, there] = [(); 2].map(|()| {
            let caches = vec![("default".to_owned(), Settings::backend(Arc::clone(&store)))];
            let (clock, executor) = (clock.clone(), Arc::new(NoExecutor));
            let registry = Registry::new(Plan { caches, clock, executor, ..Plan::default() });
            registry.and_then(|registry| registry.cache("default")).unwrap()
        });
        let context = &mut Context::from_waker(Waker::noop());
        let mut ours = pin!(here.get_or_load("key", options, pending::<u8>));
        assert!(ours.as_mut().poll(context).is_pending());
        let mut theirs = pin!(there.get_or_load("key", options, async || 2_u8));
        assert_eq!(theirs.as_mut().poll(context), Poll::Ready(2));
        assert_eq!(there.stats().locked, 1);
    }

    #[test]
    fn a_lock_is_held_until_the_last_of_those_who_hold_it_lets_go() {
        let locks = Locks::new();
        locks.hold(b"name");
        locks.hold(b"name");
        locks.let_go(b"name");
        assert!(locks.holds(b"name") && !locks.holds(b"other"));
        locks.let_go(b"name");
        assert!(!locks.holds(b"name"));
    }
}
