//! The folder of a store: what is read in it without a lock, and its drawers, which are changed under one.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cache_core::error::Error;

use super::address::{Address, DRAWERS, drawer_path};
use super::book::Book;
use super::census::Census;
use super::draft::Draft;
use super::error::cannot;
use super::found::{self, Found};
use super::head::Head;
use super::held::{self, Held};
use super::pace::Pace;
use super::queue::Queue;
use super::{Config, FOR_EVER};
use crate::ids::Ids;
use crate::rights;

/// How often a folder is made again that somebody removes while it is being used.
pub(super) const TRIES: usize = 4;

/// The folder, and what this process knows of it.
#[derive(Debug)]
pub(super) struct Folder {
    pub config: Config,
    pub ids: Ids,
    pub census: Census,
    pub pace: Pace,
    /// One for each drawer: a lock of a file keeps processes apart, and these keep their threads from waiting for one
    /// another's.
    drawers: Vec<Mutex<()>>,
    queues: Vec<Queue>,
}

impl Folder {
    pub(super) fn new(config: Config) -> Self {
        let drawers = (0..DRAWERS).map(|_| Mutex::default()).collect();
        let queues = (0..DRAWERS).map(|_| Queue::default()).collect();
        let ids = Ids::default();
        let pace = Pace::new(ids.draw());
        Self { config, ids, census: Census::default(), pace, drawers, queues }
    }

    pub(super) fn now(&self) -> u64 {
        self.config.clock.wall_millis()
    }

    /// Returns the time that is so far away, a part of a millisecond for a whole one.
    pub(super) fn until(now: u64, time: Option<Duration>) -> u64 {
        let Some(time) = time else { return FOR_EVER };
        let millis = u64::try_from(time.as_nanos().div_ceil(1_000_000));
        millis.ok().and_then(|millis| now.checked_add(millis)).unwrap_or(FOR_EVER)
    }

    /// Reads the live value of a name.
    pub(super) fn value(&self, address: &Address, name: &[u8], now: u64) -> Result<Option<(Head, Vec<u8>)>, Error> {
        let path = address.path(&self.config.folder);
        found::value(&path, name, self.config.largest(), now).map_err(|error| cannot("read", &path, error))
    }

    /// Reads what stands under a name but for its value; that of another name is as if it were this one's.
    pub(super) fn look(&self, address: &Address) -> Result<Found, Error> {
        let path = address.path(&self.config.folder);
        found::look(&path).map(|(found, _)| found).map_err(|error| cannot("read", &path, error))
    }

    pub(super) fn drawer_path(&self, drawer: u8) -> PathBuf {
        drawer_path(&self.config.folder, drawer)
    }

    /// Reads the book of a drawer without its lock: it may be torn just then, and is none.
    pub(super) fn book(&self, drawer: u8) -> Option<Book> {
        let mut file = rights::open_to_read(&held::book_path(&self.drawer_path(drawer))).ok()?;
        held::read_book(&mut file).ok()?
    }

    /// Writes an entry that is not in its place yet.
    pub(super) fn draft(&self, drawer: u8, head: &[u8], value: &[u8]) -> Result<Draft, Error> {
        let path = self.drawer_path(drawer);
        let write = || Draft::write(&path, self.ids.draw(), head, value);
        in_folder(&path, write).map_err(|error| cannot("write into", &path, error))
    }

    /// Takes the lock of a drawer; `None` where another process, or another store of this one, has it.
    pub(super) fn hold(&self, drawer: u8) -> Result<Option<Held<'_>>, Error> {
        let path = self.drawer_path(drawer);
        let guard = self.drawer(drawer);
        self.try_hold(drawer, &path, guard).map_err(|error| cannot("write into", &path, error))
    }

    fn try_hold<'a>(&'a self, drawer: u8, path: &Path, guard: MutexGuard<'a, ()>) -> io::Result<Option<Held<'a>>> {
        let book = held::book_path(path);
        for _ in 0..TRIES {
            let options = || OpenOptions::new().read(true).write(true).create(true).truncate(false).to_owned();
            let file = in_folder(path, || rights::open_own(&book, &mut options()))?;
            match file.try_lock() {
                Ok(()) if is_removed(&file)? => {}
                Ok(()) => return Held::new(self, drawer, path.to_owned(), file, guard).map(Some),
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Err(io::ErrorKind::NotFound.into())
    }

    /// Returns who waits for the lock of a drawer.
    pub(super) fn queue(&self, drawer: u8) -> &Queue {
        &self.queues[usize::from(drawer)]
    }

    fn drawer(&self, drawer: u8) -> MutexGuard<'_, ()> {
        self.drawers[usize::from(drawer)].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes a file, and before it the folder where that is missing.
fn in_folder<T>(folder: &Path, make: impl Fn() -> io::Result<T>) -> io::Result<T> {
    let mut outcome = make();
    for _ in 0..TRIES {
        match &outcome {
            Err(error) if error.kind() == io::ErrorKind::NotFound => rights::make_folder(folder).or_else(is_lost)?,
            _ => break,
        }
        outcome = make();
    }
    outcome
}

/// Somebody who removes the folders may have come in between: they are made again.
fn is_lost(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

/// Returns whether a file that is open has no name any more.
#[cfg(unix)]
fn is_removed(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    Ok(file.metadata()?.nlink() == 0)
}

#[cfg(not(unix))]
fn is_removed(_: &File) -> io::Result<bool> {
    Ok(false)
}
