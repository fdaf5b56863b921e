//! What the driver and the readers share, and the one place where its lock is taken.

use std::sync::PoisonError;
use std::task::Waker;

// `models/` takes this file as it is, and puts a model checker's lock in the place of that of std.
#[cfg(shuttle)]
use shuttle::sync::Mutex;
#[cfg(not(shuttle))]
use std::sync::Mutex;

use super::state::{State, Tray};

/// Wake-ups cannot be lost: whoever has to wait looks and leaves its waker in one step under the lock, and whoever changes
/// what is waited for changes it and takes the wakers in one step under the same lock. So the change is either seen by the
/// look, or finds the waker.
///
/// - A reader waits only when it has read everything that came; so each frame, and the end, takes the wakers of all of
///   them. One who leaves takes its own along.
/// - The driver waits for room, or for the body. It leaves its waker before it asks the body, since the last reader may go
///   in between. Leaving wakes it in both cases, and new room only where there was none before.
///
/// Under the lock no foreign code runs but the cloning of a waker or of a frame. Wakers are woken, and wakers and frames
/// dropped, after it: each of these may end in the runtime, or drop a reader, which comes back here.
pub(super) struct Shared(Mutex<State>);

impl Shared {
    pub(super) fn new(state: State) -> Self {
        Self(Mutex::new(state))
    }

    /// Looks, or changes something, and then carries out of the lock what follows from that.
    pub(super) fn step<T>(&self, step: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let was_full = state.is_full();
        let result = step(&mut state);
        state.let_go(was_full);
        let Tray { due, dropped } = std::mem::take(&mut state.tray);
        drop(state);
        due.into_iter().for_each(Waker::wake);
        drop(dropped);
        result
    }
}
