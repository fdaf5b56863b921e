//! [`Lock`] and [`Held`]: how a lock is taken, and let go of.

use std::sync::Arc;
use std::time::Duration;

use super::Locks;
use crate::cache::home::{Home, Outside};
use crate::error::Error;
use crate::executor::Executor;
use crate::key::Name;

/// How often a lock is to be removed where the store refuses that: it may without a reason, such as when it has cleared something
/// else meanwhile, and hardly does so again.
const TRIES: usize = 3;

/// The lock of one entry, whoever holds it.
#[derive(Clone, Debug)]
pub(in crate::cache) struct Lock {
    outside: Outside,
    executor: Arc<dyn Executor>,
    locks: Arc<Locks>,
    name: Name,
    token: Vec<u8>,
}

/// A lock that this process holds, or looks whether it does, until this is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    lock: Lock,
    /// Whether it is among those that are held here.
    is_counted: bool,
    /// Whether it is left to this one to remove it.
    is_last: bool,
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
        // Held before it is looked at: what is found to be of this process is removed by nobody here from then on.
        let is_settled = self.locks.hold(self.name.as_bytes());
        let held = Held { lock: self.clone(), is_counted: true, is_last: false };
        // Counted as taken before it is: whoever leaves while it is on its way removes it, and so does whoever is not told what
        // became of that.
        self.locks.take(self.name.as_bytes());
        let is_taken = self.ask_for(time, is_settled).await?;
        if !is_taken {
            self.locks.take_back(self.name.as_bytes());
        }
        Ok(is_taken.then_some(held))
    }

    /// Adds it, or finds that it was left here, or belongs to a load that nobody joins any more: then it lasts as long as a new
    /// one, where the store can do that. Not where it was on its way out: there it is free in a moment, for whoever comes first.
    async fn ask_for(&self, time: Duration, is_settled: bool) -> Result<bool, Error> {
        if self.outside.add(&self.name, &self.token, Some(time)).await? {
            return Ok(true);
        }
        if !is_settled || !self.is_ours().await? {
            return Ok(false);
        }
        // Meanwhile it may have become somebody else's. That costs a run of a body, and is rare.
        Ok(!self.outside.capabilities().touch || self.outside.touch(&self.name, Some(time)).await?)
    }

    /// Does the same where somebody has it, as a rule: a store may write to find out that it is not to.
    pub(super) async fn take_if_free(&self, time: Duration) -> Result<Option<Held>, Error> {
        match self.outside.get(&self.name).await? {
            Some(token) if token != self.token => Ok(None),
            _ => self.take(time).await,
        }
    }

    async fn is_ours(&self) -> Result<bool, Error> {
        Ok(self.outside.get(&self.name).await?.as_ref() == Some(&self.token))
    }

    /// Removes it, if it is still that of this process, and nobody here holds it. Where the store refuses that again and again,
    /// it goes by its time.
    async fn remove(&self) -> Result<(), Error> {
        for _ in 0..TRIES {
            if self.try_to_remove().await? {
                return Ok(());
            }
        }
        log::debug!(target: "larder", "a lock goes by its time: its store has refused {TRIES} times to remove it");
        Ok(())
    }

    /// Tries to; says whether it is gone, or not to be removed here.
    async fn try_to_remove(&self) -> Result<bool, Error> {
        let takes_tickets = self.outside.capabilities().conditional_fill;
        let ticket = if takes_tickets { Some(self.outside.begin_fill(&self.name).await?) } else { None };
        // After the ticket: whoever adds it from now on, since its time was over, does not lose it.
        let Some(_removal) = self.locks.begin_removal(self.name.as_bytes()) else { return Ok(true) };
        if !self.is_ours().await? {
            return Ok(true);
        }
        if let Some(ticket) = ticket {
            // Written for no time it is gone, and only where it has not become somebody else's since.
            return self.outside.set_if(&self.name, &[], Some(Duration::ZERO), &ticket).await;
        }
        // Meanwhile it may have become somebody else's, or been added anew here. That costs a run of a body, and is rare.
        self.outside.delete(&self.name).await?;
        Ok(true)
    }
}

impl Held {
    /// Lets go of it, and removes it where nobody else here holds it. Where the store refuses that again and again, it goes by its
    /// time, which is in the log and no error: others wait for that long, and nothing else is wrong.
    ///
    /// # Errors
    ///
    /// When the store fails. Then it goes by its time, too.
    pub(in crate::cache) async fn release(mut self) -> Result<(), Error> {
        self.let_go();
        if !self.is_last {
            return Ok(());
        }
        // Whoever leaves in the middle of this has dropped it.
        let removed = self.lock.remove().await;
        self.is_last = false;
        removed
    }

    fn let_go(&mut self) {
        if std::mem::take(&mut self.is_counted) {
            self.is_last = self.lock.locks.let_go(self.lock.name.as_bytes());
        }
    }
}

impl Drop for Held {
    /// Frees those who wait in other processes at once, where a task can do that; else it goes by its time.
    fn drop(&mut self) {
        self.let_go();
        if self.is_last {
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
