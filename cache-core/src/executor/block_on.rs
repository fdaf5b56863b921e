//! A future driven by the thread that asks for it.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// Runs a future to its end on this thread, which parks while there is nothing to do.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let _blocking = Blocking::begin();
    let mut future = pin!(future);
    // Most futures here are hits, and end at once: they need nobody to wake anybody.
    if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        return output;
    }
    let signal = Arc::new(Signal { thread: thread::current(), raised: AtomicBool::new(false) });
    let waker = Waker::from(Arc::clone(&signal));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        while !signal.raised.swap(false, Ordering::Acquire) {
            thread::park();
        }
    }
}

thread_local! {
    static BLOCKING: Cell<bool> = const { Cell::new(false) };
}

/// Returns whether the caller is polled by `block_on`. Then the runtime that its thread stands in, if any, may be held up by it:
/// a task there that it waits for may never have its turn.
#[must_use]
pub fn is_blocking() -> bool {
    BLOCKING.get()
}

/// The time of a `block_on`, which may stand in another one.
struct Blocking {
    before: bool,
}

impl Blocking {
    fn begin() -> Self {
        Self { before: BLOCKING.replace(true) }
    }
}

impl Drop for Blocking {
    fn drop(&mut self) {
        BLOCKING.set(self.before);
    }
}

/// A flag of its own for each call: a body that blocks again on the same thread would otherwise swallow the wake-up
/// that was meant for its caller.
struct Signal {
    thread: Thread,
    raised: AtomicBool,
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.raised.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_polled_by_a_blocking_call_can_tell() {
        let inner = || block_on(async { is_blocking() });
        assert!(block_on(async { inner() && is_blocking() }));
        assert!(!is_blocking());
        let panics = || block_on(async { panic!("within") });
        std::panic::catch_unwind(panics).expect_err("it panics");
        assert!(!is_blocking());
    }
}
