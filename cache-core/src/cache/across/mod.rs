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
    /// How many loads hold each of them: two, where one takes over while another is leaving.
    held: Mutex<HashMap<Box<[u8]>, usize, RandomState>>,
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

    fn holds(&self, name: &[u8]) -> bool {
        lock(&self.held).contains_key(name)
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
