//! [`Connections`]: those to one server, each kept for the next who needs one.
//!
//! A connection is taken and put back without a word to the server. Whether it still lives is found out by using it; only
//! one that nobody has used for a while is asked first, before a statement that cannot be repeated.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;

use super::Wire;
use super::left::Left;

/// What was used so lately is taken to be alive.
const FRESH: Duration = Duration::from_secs(1);
/// What was not needed for so long is closed.
const SPARE: Duration = Duration::from_mins(5);
/// What is so old is closed: servers change places behind a name, and sessions grow.
const OLD: Duration = Duration::from_mins(30);
/// How soon a server is asked again that has no time to look who is at its door.
const KNOCK: Duration = Duration::from_millis(2);

/// The connections to one server: a bounded number.
pub(crate) struct Connections<W: Wire> {
    pub(super) wire: W,
    places: Arc<Semaphore>,
    /// The one that was used last is last.
    idle: Mutex<Vec<Kept<W::Connection>>>,
    pub(super) left: Arc<Left>,
}

struct Kept<C> {
    connection: C,
    opened: Instant,
    used: Instant,
}

/// A connection while somebody uses it. Dropped, it is closed.
pub(crate) struct Held<W: Wire> {
    pub connection: W::Connection,
    opened: Instant,
    /// Whether it was there before, and may have died meanwhile.
    pub was_kept: bool,
    pub(super) home: Arc<Connections<W>>,
    _place: OwnedSemaphorePermit,
}

impl<W: Wire> Connections<W> {
    pub(crate) fn new(wire: W, most: usize) -> Arc<Self> {
        Arc::new(Self { wire, places: Arc::new(Semaphore::new(most)), idle: Mutex::default(), left: Arc::default() })
    }

    /// Waits until it may take a connection.
    pub(crate) async fn place(&self) -> OwnedSemaphorePermit {
        Arc::clone(&self.places).acquire_owned().await.expect("it is never closed")
    }

    /// Takes the connection that was used last. With `surely`, only one that was used lately, as any other one may have died
    /// unseen.
    pub(crate) fn newest(
        self: &Arc<Self>,
        place: OwnedSemaphorePermit,
        surely: bool,
    ) -> Result<Held<W>, OwnedSemaphorePermit> {
        let now = Instant::now();
        let since = |kept: &Kept<_>| now.saturating_duration_since(kept.used);
        let mut idle = self.idle();
        let Some(kept) = idle.pop_if(|kept| !surely || since(kept) < FRESH) else { return Err(place) };
        let spare = idle.iter().take_while(|kept| since(kept) > SPARE).count();
        let spare: Vec<_> = idle.drain(..spare).collect();
        drop(idle);
        drop(spare);
        Ok(self.hold(kept, true, place))
    }

    /// Takes a connection that has shown that it lives, or opens one.
    pub(crate) async fn take(self: Arc<Self>, place: OwnedSemaphorePermit) -> Result<Held<W>, sqlx::Error> {
        let newest = self.idle().pop();
        if let Some(mut kept) = newest {
            if kept.connection.ping().await.is_ok() {
                return Ok(self.hold(kept, true, place));
            }
            self.forget();
        }
        let connection = self.open().await?;
        let now = Instant::now();
        Ok(self.hold(Kept { connection, opened: now, used: now }, false, place))
    }

    fn hold(self: &Arc<Self>, kept: Kept<W::Connection>, was_kept: bool, place: OwnedSemaphorePermit) -> Held<W> {
        let Kept { connection, opened, .. } = kept;
        Held { connection, opened, was_kept, home: Arc::clone(self), _place: place }
    }

    async fn open(&self) -> Result<W::Connection, sqlx::Error> {
        loop {
            match self.wire.connect().await {
                // A Unix socket says so where too many stand in line.
                Err(sqlx::Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => sleep(KNOCK).await,
                opened => return opened,
            }
        }
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

impl<W: Wire> Held<W> {
    /// Keeps it for the next one, unless it is old.
    pub(crate) fn put_back(self) {
        let Self { connection, opened, home, _place, .. } = self;
        let used = Instant::now();
        if used.saturating_duration_since(opened) < OLD {
            home.idle().push(Kept { connection, opened, used });
        }
    }

    /// Closes it, and those that nobody uses with it.
    pub(crate) fn give_up(self) {
        self.home.forget();
    }
}
