//! Changes that listeners make while they are told of one, which may go round in a circle.

use std::cell::RefCell;
use std::iter;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

thread_local! {
    static CURRENT: RefCell<Option<Arc<Cause>>> = const { RefCell::new(None) };
}

/// How deep changes may cause each other: a tree whose parents are changed along with their children is no circle.
const DEPTH: usize = 32;

/// How many changes one may cause in all: where each causes several, a circle of that depth would never end.
const CHANGES: u32 = 1000;

/// A change, linked to the one whose listener made it.
#[derive(Debug)]
pub(crate) struct Cause {
    name: &'static str,
    parent: Option<Arc<Cause>>,
    depth: usize,
    first: Arc<First>,
}

/// The change that nobody's listener made.
#[derive(Debug, Default)]
struct First {
    caused: AtomicU32,
    is_said: AtomicBool,
}

/// Returns the name of the change that is being told on this thread, if one is.
pub(crate) fn current() -> Option<&'static str> {
    CURRENT.try_with(|current| current.borrow().as_ref().map(|cause| cause.name)).ok().flatten()
}

impl Cause {
    /// Returns the cause that a change is, or nothing where it belongs to a circle, which is said once for all of it.
    pub(crate) fn new(name: &'static str) -> Option<Arc<Self>> {
        let Some(parent) = CURRENT.try_with(|current| current.borrow().clone()).ok().flatten() else {
            return Some(Arc::new(Self { name, parent: None, depth: 0, first: Arc::default() }));
        };
        let (first, depth) = (Arc::clone(&parent.first), parent.depth + 1);
        let caused = first.caused.fetch_add(1, Ordering::Relaxed);
        if depth < DEPTH && caused < CHANGES {
            return Some(Arc::new(Self { name, parent: Some(parent), depth, first }));
        }
        if !first.is_said.swap(true, Ordering::Relaxed) {
            let chain: Vec<_> = iter::successors(Some(&*parent), |cause| cause.parent.as_deref()).collect();
            let chain: Vec<_> = chain.iter().rev().map(|cause| cause.name).chain([name]).collect();
            let chain = chain.join(" → ");
            log::error!(target: "larder", "listeners change what they hear of, and nobody is told of it any more: {chain}");
        }
        None
    }

    /// Does something that this has caused.
    pub(crate) fn cause<R>(self: &Arc<Self>, what: impl FnOnce() -> R) -> R {
        let before = CURRENT.try_with(|current| current.replace(Some(Arc::clone(self)))).ok().flatten();
        let _back = Back(before);
        what()
    }
}

/// Puts the cause back that was current before, also after a panic.
struct Back(Option<Arc<Cause>>);

impl Drop for Back {
    fn drop(&mut self) {
        let before = self.0.take();
        let _ = CURRENT.try_with(|current| current.replace(before));
    }
}
