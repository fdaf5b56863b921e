//! Whether what a thread does just now is part of a warm-up, and what came of that.

use std::cell::RefCell;
use std::sync::Arc;

use crate::lock::atomic::{AtomicU64, Ordering};

thread_local! {
    static HEAT: RefCell<Option<Arc<Heat>>> = const { RefCell::new(None) };
}

/// One call of a warm-up.
#[derive(Debug)]
pub(crate) struct Heat {
    /// By which part of its time each value ends early where its site does not say.
    jitter: f32,
    loaded: AtomicU64,
    failed: AtomicU64,
}

/// Says that a thread is part of a warm-up, until it is dropped.
#[derive(Debug)]
pub(crate) struct Within(Option<Arc<Heat>>);

impl Heat {
    pub(crate) fn new(jitter: f32) -> Arc<Self> {
        Arc::new(Self { jitter, loaded: AtomicU64::new(0), failed: AtomicU64::new(0) })
    }

    /// Makes this thread part of it.
    pub(crate) fn enter(self: &Arc<Self>) -> Within {
        Within(HEAT.try_with(|heat| heat.replace(Some(Arc::clone(self)))).ok().flatten())
    }

    /// Returns whether a body has run for it.
    pub(crate) fn has_loaded(&self) -> bool {
        self.loaded.load(Ordering::Relaxed) > 0
    }

    /// Returns whether one has failed.
    pub(crate) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed) > 0
    }
}

impl Drop for Within {
    fn drop(&mut self) {
        let before = self.0.take();
        let _ = HEAT.try_with(|heat| heat.replace(before));
    }
}

fn here() -> Option<Arc<Heat>> {
    HEAT.try_with(|heat| heat.borrow().clone()).ok().flatten()
}

/// Returns by which part of its time a value that was loaded just now ends early where nobody else says.
pub(crate) fn jitter() -> f32 {
    here().map_or(0.0, |heat| heat.jitter)
}

/// Notes that a body has run that stands in no other.
pub(crate) fn note(failed: bool) {
    if let Some(heat) = here() {
        let counter = if failed { &heat.failed } else { &heat.loaded };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}
