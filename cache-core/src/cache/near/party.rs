//! All near levels of one registry: what one of its caches changes, the others are told.

use std::sync::{Arc, Weak};

use super::Near;
use crate::lock::{RwLock, read, write};

/// The near levels of one registry. Caches that share a store are told of each other's changes by it at once, whether the
/// store tells or not; one of another store with the same names loses an entry by that, and asks for it again.
#[derive(Debug, Default)]
pub(crate) struct Party(RwLock<Vec<Weak<Near>>>);

impl Party {
    pub(crate) fn join(&self, near: &Arc<Near>) {
        let mut nears = write(&self.0);
        nears.retain(|near| near.strong_count() > 0);
        nears.push(Arc::downgrade(near));
    }

    fn each(&self, tell: impl Fn(&Near)) {
        // Told outside of the lock: what is dropped by that runs code of its author.
        let nears: Vec<_> = match &read(&self.0)[..] {
            [] => return,
            nears => nears.iter().filter_map(Weak::upgrade).collect(),
        };
        for near in &nears {
            tell(near);
        }
    }

    pub(crate) fn changed(&self, name: &[u8]) {
        self.each(|near| near.forget(name));
    }

    pub(crate) fn changed_all(&self, start: &[u8]) {
        self.each(|near| near.forget_all(start));
    }

    /// Says that the marker of a tag was drawn anew.
    pub(crate) fn withdrew(&self, tag: u64) {
        self.each(|near| near.seen.forget(tag));
    }
}
