//! A future driven by the thread that asks for it.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// Runs a future to its end on this thread, which parks while there is nothing to do.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
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
