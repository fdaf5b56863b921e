//! What a near level hears of its store.

use std::sync::Arc;

use super::Near;
use crate::backend::{ErasedBackend, Listener, Listening};
use crate::cache::marker::ANY;
use crate::error::Error;
use crate::lock::atomic::Ordering;

/// Hears for a near level.
struct Ear(Arc<Near>);

/// Has a near level hear of what changes in its store, until what this returns is dropped; `None` where the store does not
/// tell.
pub(crate) fn listen(near: &Arc<Near>, backend: &dyn ErasedBackend) -> Result<Option<Listening>, Error> {
    if !near.tells {
        return Ok(None);
    }
    // Names and markers alike begin with the prefix.
    let start = String::from_utf8_lossy(&near.start).into_owned();
    backend.listen(&start, Arc::new(Ear(Arc::clone(near)))).map(Some)
}

impl Listener for Ear {
    fn changed(&self, name: &[u8]) {
        match self.0.markers.tag_of(name) {
            Some(tag) => self.0.withdraw(tag),
            None => self.0.forget(name),
        }
    }

    fn changed_all(&self) {
        self.0.empty();
    }

    fn lost(&self) {
        self.0.is_heard.store(false, Ordering::Release);
    }

    /// First what may have been changed meanwhile goes, and what is on its way here.
    fn regained(&self) {
        self.0.empty();
        self.0.is_heard.store(true, Ordering::Release);
    }
}

impl Near {
    /// Hears that a marker says something else: lets go of what has that tag.
    fn withdraw(&self, tag: u64) {
        self.seen.forget(tag);
        // What stands for all tags is no tag of anything.
        if tag != ANY {
            self.tags.withdraw(tag);
        }
    }
}
