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
use crate::lock::{Mutex, lock};

/// What every lock begins with. No record and no marker is of this format.
const SIGN: [u8; 2] = [MAGIC, b'L'];

/// The locks that one home holds in its store.
#[derive(Debug)]
pub(crate) struct Locks {
    /// Which home it is, among those of all processes.
    who: u64,
    /// Those that are held, looked at or removed here.
    held: Mutex<HashMap<Box<[u8]>, Holders, RandomState>>,
}

/// What is done with one lock.
#[derive(Debug, Default)]
struct Holders {
    /// How many loads hold it, or look whether it is theirs: two, where one takes over while another is leaving.
    held: usize,
    /// How many remove it.
    leaving: usize,
    /// How many of them have had it, or may have: then whoever lets go last is to remove it.
    taken: usize,
}

/// A lock that is being removed.
struct Removal<'a> {
    locks: &'a Locks,
    name: &'a [u8],
}

impl Drop for Removal<'_> {
    fn drop(&mut self) {
        self.locks.change(self.name, |holders| holders.leaving -= 1);
    }
}

impl Locks {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { who: drawn(0), held: Mutex::default() })
    }

    /// Returns what this process writes into its locks.
    fn token(&self) -> Vec<u8> {
        // A process that was copied while it ran is another one.
        [&SIGN[..], &self.who.to_le_bytes(), &std::process::id().to_le_bytes()].concat()
    }

    fn change<T>(&self, name: &[u8], change: impl FnOnce(&mut Holders) -> T) -> T {
        let mut held = lock(&self.held);
        let holders = held.entry(name.into()).or_default();
        let changed = change(holders);
        if holders.held == 0 && holders.leaving == 0 {
            held.remove(name);
        }
        changed
    }

    /// Holds one, so that nobody here begins to remove it; says whether nobody is about it already.
    fn hold(&self, name: &[u8]) -> bool {
        self.change(name, |holders| {
            holders.held += 1;
            holders.leaving == 0
        })
    }

    /// Has one, which somebody holds, removed by whoever lets go of it last.
    fn take(&self, name: &[u8]) {
        self.change(name, |holders| holders.taken += 1);
    }

    /// Takes that back: this one has not got it.
    fn take_back(&self, name: &[u8]) {
        self.change(name, |holders| holders.taken -= 1);
    }

    /// Lets go of one; says whether it is to be removed now.
    fn let_go(&self, name: &[u8]) -> bool {
        self.change(name, |holders| {
            holders.held -= 1;
            holders.held == 0 && std::mem::take(&mut holders.taken) > 0
        })
    }

    /// Begins to remove one, or leaves that to those who hold it here by now.
    fn begin_removal<'a>(&'a self, name: &'a [u8]) -> Option<Removal<'a>> {
        let is_free = self.change(name, |holders| {
            let is_free = holders.held == 0;
            holders.leaving += usize::from(is_free);
            holders.taken += usize::from(!is_free);
            is_free
        });
        is_free.then(|| Removal { locks: self, name })
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
        locks.take(b"name");
        locks.hold(b"other");
        assert!(!locks.let_go(b"name") && !locks.let_go(b"other"), "nobody had the other one");
        assert!(locks.let_go(b"name"));
    }

    #[test]
    fn who_would_remove_a_lock_that_is_held_leaves_that_to_who_holds_it() {
        let locks = Locks::new();
        locks.hold(b"name");
        assert!(locks.begin_removal(b"name").is_none() && locks.begin_removal(b"other").is_some());
        assert!(locks.let_go(b"name"));
        assert!(locks.begin_removal(b"name").is_some());
    }

    #[test]
    fn who_holds_a_lock_that_is_on_its_way_out_is_told_and_of_another_one_is_not() {
        let locks = Locks::new();
        let removal = locks.begin_removal(b"name");
        assert!(!locks.hold(b"name") && locks.hold(b"other"));
        drop(removal);
        assert!(locks.hold(b"name"), "it is out");
    }
}
