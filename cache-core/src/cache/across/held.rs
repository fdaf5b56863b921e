//! [`Lock`] and [`Held`]: how a lock is taken, and let go of.

use std::sync::Arc;
use std::time::Duration;

use super::Locks;
use crate::cache::home::{Home, Outside};
use crate::error::Error;
use crate::executor::Executor;
use crate::key::Name;

/// The lock of one entry, whoever holds it.
#[derive(Clone, Debug)]
pub(in crate::cache) struct Lock {
    outside: Outside,
    executor: Arc<dyn Executor>,
    locks: Arc<Locks>,
    name: Name,
    token: Vec<u8>,
}

/// A lock that this process holds, until this is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    lock: Lock,
    /// Whether it is among those that are held here.
    is_counted: bool,
    /// Whether nothing is left to be done in the store.
    is_over: bool,
}

impl Lock {
    /// Returns the lock of the entry of this name.
    pub(super) fn new(home: &Home, outside: &Outside, entry: &Name) -> Self {
        let (locks, executor) = (Arc::clone(&home.locks), Arc::clone(&home.executor));
        let (name, token) = (outside.markers.lock_of(entry), locks.token());
        Self { outside: outside.clone(), executor, locks, name, token }
    }

    /// Takes it for so long, unless somebody else has it.
    pub(super) async fn take(&self, time: Duration) -> Result<Option<Held>, Error> {
        let is_ours = self.outside.add(&self.name, &self.token, Some(time)).await? || self.stays_ours().await?;
        Ok(is_ours.then(|| Held::new(self.clone())))
    }

    /// Does the same where somebody has it, as a rule: a store may write to find out that it is not to.
    pub(super) async fn take_if_free(&self, time: Duration) -> Result<Option<Held>, Error> {
        match self.outside.get(&self.name).await? {
            Some(token) if token != self.token => Ok(None),
            _ => self.take(time).await,
        }
    }

    /// Returns whether this process has it: it may have been left here, or belong to a load that nobody joins any more. Not
    /// where it may be on its way out: then it is free in a moment, for whoever comes first.
    async fn stays_ours(&self) -> Result<bool, Error> {
        let before = self.locks.removals();
        let is_ours = self.is_ours().await?;
        Ok(is_ours && before.is_some() && before == self.locks.removals())
    }

    async fn is_ours(&self) -> Result<bool, Error> {
        Ok(self.outside.get(&self.name).await?.as_ref() == Some(&self.token))
    }

    /// Removes it, if it is still that of this process, and nobody here holds it.
    async fn remove(&self) -> Result<(), Error> {
        let Some(_removal) = self.locks.begin_removal(self.name.as_bytes()) else { return Ok(()) };
        if !self.outside.capabilities().conditional_fill {
            // Between the two it may become somebody else's. That costs a run of a body, and is rare.
            if self.is_ours().await? {
                self.outside.delete(&self.name).await?;
            }
            return Ok(());
        }
        let ticket = self.outside.begin_fill(&self.name).await?;
        if self.is_ours().await? {
            // Written for no time it is gone, and only where it has not become somebody else's since.
            self.outside.set_if(&self.name, &[], Some(Duration::ZERO), &ticket).await?;
        }
        Ok(())
    }
}

impl Held {
    fn new(lock: Lock) -> Self {
        lock.locks.hold(lock.name.as_bytes());
        Self { lock, is_counted: true, is_over: false }
    }

    /// Lets go of it.
    ///
    /// # Errors
    ///
    /// When the store fails. Then it goes by its time.
    pub(in crate::cache) async fn release(mut self) -> Result<(), Error> {
        self.let_go();
        // Whoever leaves in the middle of this has dropped it.
        let removed = self.lock.remove().await;
        self.is_over = true;
        removed
    }

    fn let_go(&mut self) {
        if std::mem::take(&mut self.is_counted) {
            self.lock.locks.let_go(self.lock.name.as_bytes());
        }
    }
}

impl Drop for Held {
    /// Frees those who wait in other processes at once, where a task can do that; else it goes by its time.
    fn drop(&mut self) {
        self.let_go();
        if !self.is_over {
            let lock = self.lock.clone();
            let remove = async move {
                if let Err(error) = lock.remove().await {
                    log::debug!(target: "larder", "a lock goes by its time: {error}");
                }
            };
            drop(self.lock.executor.spawn(Box::pin(remove)));
        }
    }
}
