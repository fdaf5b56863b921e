//! A store that keeps failing is left alone for a while.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use super::super::{Answer, ErasedBackend};
use super::guard::guarded;
use super::{Call, Contact, Guard, Layer, Means};
use crate::clock::{Clock, Tick};
use crate::error::{Error, Kind};
use crate::lock::{Mutex, MutexGuard, lock};

/// Leaves a store alone that failed several times in a row: calls fail at once, with [`Kind::Store`], and load it no
/// further. After a rest one call, and only one, tries whether it is back.
///
/// It takes no thread and no timer: whoever calls after the rest is the one who tries. Failures are errors that may pass,
/// time-outs included. Clones count together.
///
/// ```
/// # use cache_core::__private::larder;
/// use std::time::Duration;
/// use larder::backend::layer::Breaker;
/// use larder::{Settings, backend::Memory, clock::Clock, testing};
///
/// let breaker = Breaker::new(5, Duration::from_secs(10));
/// let settings = Settings::backend(Memory::new(Clock::manual())).breaker(breaker.clone());
/// let larder = testing::isolated_with([("default", settings)])?;
/// larder.cache("default").blocking().has("key")?;
/// assert_eq!(breaker.breaks().opened, 0);
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Breaker {
    failures: u32,
    rest: Duration,
    did: Arc<Did>,
}

/// What a [`Breaker`] did so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Breaks {
    /// How often it began to leave the store alone.
    pub opened: u64,
    /// Calls that failed at once.
    pub refused: u64,
    /// Calls that tried whether the store is back.
    pub probes: u64,
    /// How often the store was back.
    pub closed: u64,
}

#[derive(Debug, Default)]
struct Did {
    opened: AtomicU64,
    refused: AtomicU64,
    probes: AtomicU64,
    closed: AtomicU64,
}

impl Breaker {
    /// Leaves the store alone after so many failures in a row, each time for this long.
    #[must_use]
    pub fn new(failures: u32, rest: Duration) -> Self {
        Self { failures, rest, did: Arc::default() }
    }

    /// Returns what people read of it.
    pub(crate) fn said(&self) -> String {
        format!("breaker {} (rests {:?})", self.failures, self.rest)
    }

    /// Returns what it did so far, around all stores that it is applied to.
    #[must_use]
    pub fn breaks(&self) -> Breaks {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let Did { opened, refused, probes, closed } = &*self.did;
        Breaks { opened: read(opened), refused: read(refused), probes: read(probes), closed: read(closed) }
    }
}

impl Layer for Breaker {
    fn wrap(&self, store: Arc<dyn ErasedBackend>, means: &Means) -> Result<Arc<dyn ErasedBackend>, Error> {
        let wrong = |sentence| Err(Error::configuration(sentence));
        match self {
            Self { failures: 0, .. } => wrong("its breaker opens after 0 failures: write 1 or more"),
            Self { rest: Duration::ZERO, .. } => wrong("its breaker rests for no time: write one, or leave it out"),
            Self { failures, rest, did } => {
                let (clock, did) = (means.clock().clone(), Arc::clone(did));
                Ok(guarded(store, Arc::new(Fuse::new(*failures, *rest, clock, did))))
            }
        }
    }
}

/// A breaker as it is around one store.
struct Fuse {
    failures: u32,
    rest: Duration,
    clock: Clock,
    state: Mutex<State>,
    /// Closed, and the last call did not fail: then no lock is taken.
    is_calm: AtomicBool,
    did: Arc<Did>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Calls pass; so many have failed since one did not.
    Closed(u32),
    /// Calls fail until then.
    Open(Tick),
    /// One call is under way to see whether the store is back.
    Probing,
}

/// A call that was let through.
struct Pass<'a> {
    fuse: &'a Fuse,
    is_probe: bool,
    told: bool,
}

impl Fuse {
    fn new(failures: u32, rest: Duration, clock: Clock, did: Arc<Did>) -> Self {
        Self { failures, rest, clock, state: Mutex::new(State::Closed(0)), is_calm: AtomicBool::new(true), did }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Lets a call through, or none.
    fn enter(&self) -> Option<Pass<'_>> {
        let pass = |is_probe| Some(Pass { fuse: self, is_probe, told: false });
        if self.is_calm.load(Ordering::Acquire) {
            return pass(false);
        }
        let mut state = self.state();
        match *state {
            State::Closed(_) => pass(false),
            State::Open(until) if until <= self.clock.now() => {
                *state = State::Probing;
                self.did.probes.fetch_add(1, Ordering::Relaxed);
                pass(true)
            }
            State::Open(_) | State::Probing => {
                self.did.refused.fetch_add(1, Ordering::Relaxed);
                None
            }
        }
    }

    /// Notes what came of a call.
    fn note(&self, contact: Contact, is_probe: bool) {
        if contact == Contact::Answered && self.is_calm.load(Ordering::Acquire) {
            return;
        }
        let mut state = self.state();
        let next = match (*state, contact) {
            // A call from before says nothing of now.
            (State::Open(_) | State::Probing, _) if !is_probe => return,
            (State::Closed(_), Contact::Unknown) => return,
            (State::Closed(failed), Contact::Failed) if failed + 1 < self.failures => State::Closed(failed + 1),
            (State::Closed(_), Contact::Failed) => {
                self.did.opened.fetch_add(1, Ordering::Relaxed);
                log::warn!(target: "larder", "a store failed {} times in a row and is left alone for {:?}", self.failures, self.rest);
                State::Open(self.clock.now().after(self.rest))
            }
            (_, Contact::Failed) => State::Open(self.clock.now().after(self.rest)),
            // The caller has left: the next one tries.
            (_, Contact::Unknown) => State::Open(self.clock.now()),
            (State::Closed(_), Contact::Answered) => State::Closed(0),
            (_, Contact::Answered) => {
                self.did.closed.fetch_add(1, Ordering::Relaxed);
                log::info!(target: "larder", "a store is back that was left alone");
                State::Closed(0)
            }
        };
        *state = next;
        self.is_calm.store(next == State::Closed(0), Ordering::Release);
    }
}

impl Pass<'_> {
    fn tell(mut self, contact: Contact) {
        self.told = true;
        self.fuse.note(contact, self.is_probe);
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if !self.told {
            self.fuse.note(Contact::Unknown, self.is_probe);
        }
    }
}

impl Guard for Fuse {
    async fn around<'a, T: Send + 'a>(
        &'a self,
        call: Call,
        run: impl Fn() -> Answer<'a, Result<T, Error>> + Send + Sync + 'a,
    ) -> Result<T, Error> {
        let Some(pass) = self.enter() else {
            let sentence = format!("`{call}` was not tried: the store kept failing and is left alone for a while");
            return Err(Error::new(Kind::Store, sentence));
        };
        let outcome = run().await;
        pass.tell(Contact::of(&outcome));
        outcome
    }
}
