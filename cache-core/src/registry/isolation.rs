//! Tests that run with caches of their own, and which of them a thread sees.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Registry;
use crate::unusual::Unusual;

/// How many tests run with caches of their own now: while there are none, nobody looks for them.
static ISOLATED: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// The one it entered last is the one it sees; others that it has not left are seen again after that.
    static OWN: RefCell<Vec<Arc<Registry>>> = const { RefCell::new(Vec::new()) };
}

/// Returns whether any thread runs a test with caches of its own: what is found for the program may not be what is asked for.
#[doc(hidden)]
#[inline]
#[must_use]
pub fn is_anyone_isolated() -> bool {
    ISOLATED.load(Ordering::Relaxed) > 0
}

/// Returns the registry of the test that this thread is running, if it has one of its own.
#[inline]
pub(crate) fn isolated() -> Option<Arc<Registry>> {
    if !is_anyone_isolated() {
        return None;
    }
    OWN.try_with(|own| own.borrow().last().cloned()).ok().flatten()
}

/// Makes `registry` the one that this thread sees.
pub(crate) fn enter_own(registry: Arc<Registry>) {
    OWN.with_borrow_mut(|own| own.push(registry));
}

/// Makes this thread see what it saw before it entered `registry`, or what it has entered since.
pub(crate) fn leave_own(registry: &Arc<Registry>) {
    let left = OWN.try_with(|own| {
        let mut own = own.borrow_mut();
        own.iter().rposition(|entered| Arc::ptr_eq(entered, registry)).map(|place| own.remove(place))
    });
    // Dropped outside: with the last handle go the caches, and with them the values.
    drop(left);
}

/// Says that somebody runs with caches of their own, for as long as it lives.
#[derive(Debug)]
pub(crate) struct Isolation {
    _unusual: Unusual,
}

impl Isolation {
    pub(crate) fn begin() -> Self {
        ISOLATED.fetch_add(1, Ordering::Relaxed);
        Self { _unusual: Unusual::begin() }
    }
}

impl Drop for Isolation {
    fn drop(&mut self) {
        ISOLATED.fetch_sub(1, Ordering::Relaxed);
    }
}
