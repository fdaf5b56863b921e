//! What is invalidated before the source has changed for others, and is invalidated once more when it has.

use std::sync::Arc;

use super::{Cache, Namespace};
use crate::commit::{self, Again};
use crate::error::Error;
use crate::executor::Task;
use crate::key::Name;

impl Cache {
    /// Notes that an entry is invalidated, or gets a value that others may not be meant to see for good.
    pub(super) fn note_change(&self, name: &Name) {
        commit::note(|| {
            let (cache, name) = (self.clone(), name.clone());
            let what = self.label(name.as_bytes());
            let task: Task = Box::pin(async move {
                let deleted = cache.delete_name(&name).await;
                cache.say(deleted.map(drop), name.as_str());
            });
            (what, self.again(task))
        });
    }

    /// Notes that all of it is cleared.
    pub(super) fn note_clear(&self, start: &str) {
        commit::note(|| {
            let cache = self.clone();
            let task: Task = Box::pin(async move {
                let cleared = cache.clear().await;
                cache.say(cleared, "all of it");
            });
            (self.label(&[start.as_bytes(), b"\n"].concat()), self.again(task))
        });
    }

    /// Returns whether the work that this is part of has invalidated an entry: what it reads of that may never come true.
    pub(super) fn is_changed_here(&self, name: &Name) -> bool {
        commit::concerns(|| self.label(name.as_bytes()))
    }

    fn again(&self, task: Task) -> Again {
        Again { executor: Arc::clone(&self.home().executor), task }
    }

    fn say(&self, done: Result<(), Error>, what: &str) {
        if let Err(error) = done {
            log::error!(target: "larder", "cache `{}`, `{what}`: not invalidated after the commit: {error}", self.name());
        }
    }

    /// Returns what tells it from the same name elsewhere.
    fn label(&self, name: &[u8]) -> Box<[u8]> {
        let home = std::ptr::from_ref(self.home()).addr().to_le_bytes();
        [&home[..], name].concat().into()
    }
}

impl Namespace {
    /// Notes that all that is in it is invalidated.
    pub(super) fn note_invalidation(&self) {
        commit::note(|| {
            let namespace = self.clone();
            let task: Task = Box::pin(async move {
                let invalidated = namespace.invalidate().await;
                namespace.say(invalidated, namespace.own_start());
            });
            (self.label(&[self.own_start().as_bytes(), b"\n"].concat()), self.again(task))
        });
    }
}
