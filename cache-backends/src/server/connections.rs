//! [`Connections`]: those to one server, each kept for the next who needs one.
//!
//! A connection is taken and put back without a word to the server. Whether it still lives is found out by using it; only
//! one that nobody has used for a while is asked first, before a statement that cannot be repeated. And what somebody has
//! left in the midst of an answer is closed, not mended: nobody is ever handed the answer to another's question.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::Connection;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::Wire;

/// What was used so lately is taken to be alive.
const FRESH: Duration = Duration::from_secs(1);
/// What was not needed for so long is closed.
const SPARE: Duration = Duration::from_mins(5);
/// What is so old is closed: servers change places behind a name, and sessions grow.
const OLD: Duration = Duration::from_mins(30);

/// The connections to one server: a bounded number.
pub(crate) struct Connections<W: Wire> {
    pub(super) wire: W,
    places: Semaphore,
    /// The one that was used last is last.
    idle: Mutex<Vec<Kept<W::Connection>>>,
}

struct Kept<C> {
    connection: C,
    opened: Instant,
    used: Instant,
}

/// A connection while somebody uses it. Dropped, it is closed.
pub(crate) struct Held<'a, W: Wire> {
    pub connection: W::Connection,
    opened: Instant,
    /// Whether it was there before, and may have died meanwhile.
    pub was_kept: bool,
    home: &'a Connections<W>,
    _place: SemaphorePermit<'a>,
}

impl<W: Wire> Connections<W> {
    pub(crate) fn new(wire: W, most: usize) -> Self {
        Self { wire, places: Semaphore::new(most), idle: Mutex::default() }
    }

    /// Takes a connection, or opens one; waits while there are too many. With `surely`, one that may have died unseen is
    /// asked first.
    pub(crate) async fn take(&self, surely: bool) -> Result<Held<'_, W>, sqlx::Error> {
        let place = self.places.acquire().await.map_err(|_| sqlx::Error::PoolClosed)?;
        let now = Instant::now();
        if let Some(mut kept) = self.newest(now) {
            let is_fresh = now.saturating_duration_since(kept.used) < FRESH;
            if !surely || is_fresh || kept.connection.ping().await.is_ok() {
                let Kept { connection, opened, .. } = kept;
                return Ok(Held { connection, opened, was_kept: true, home: self, _place: place });
            }
            self.forget();
        }
        let connection = self.wire.connect().await?;
        Ok(Held { connection, opened: now, was_kept: false, home: self, _place: place })
    }

    fn newest(&self, now: Instant) -> Option<Kept<W::Connection>> {
        let mut idle = self.idle();
        let newest = idle.pop()?;
        let spare = idle.iter().take_while(|kept| now.saturating_duration_since(kept.used) > SPARE).count();
        let spare: Vec<_> = idle.drain(..spare).collect();
        drop(idle);
        drop(spare);
        Some(newest)
    }

    /// Closes those that nobody uses: where one has died, the others have too, as a rule.
    pub(crate) fn forget(&self) {
        let idle = std::mem::take(&mut *self.idle());
        drop(idle);
    }

    /// Takes leave of the server on those that nobody uses.
    pub(crate) async fn close(&self) {
        let idle = std::mem::take(&mut *self.idle());
        for kept in idle {
            // A server that is gone has taken its leave.
            let _ = kept.connection.close().await;
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Kept<W::Connection>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W: Wire> Held<'_, W> {
    /// Keeps it for the next one, unless it is old.
    pub(crate) fn put_back(self) {
        let Self { connection, opened, home, _place, .. } = self;
        let used = Instant::now();
        if used.saturating_duration_since(opened) < OLD {
            home.idle().push(Kept { connection, opened, used });
        }
    }
}
