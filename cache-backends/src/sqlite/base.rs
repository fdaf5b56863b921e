//! [`Base`]: the file that readers and the writer have in common, and whether it is still the same.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use cache_core::clock::Clock;
use cache_core::error::Error;

use super::config::Config;
use crate::database::dialect::{Dialect, Flavour};

/// How often readers ask whether the file is still there, in milliseconds.
const LOOK: u64 = 1_000;

/// What tells one file from another in its place.
type Identity = Option<(u64, u64)>;

#[derive(Debug)]
pub(super) struct Base {
    pub dialect: Dialect,
    pub clock: Clock,
    pub patience: Duration,
    /// The file, or a name in the memory of the process.
    pub path: PathBuf,
    pub in_memory: bool,
    /// Counts the files that were there under this path; 0 where none is known to be.
    generation: AtomicU64,
    opened: AtomicU64,
    identity: Mutex<Identity>,
    looked: AtomicU64,
}

impl Base {
    pub fn new(config: &Config) -> Result<Self, Error> {
        static STORES: AtomicU64 = AtomicU64::new(0);
        let in_memory = || format!("file:/larder-{}?vfs=memdb", STORES.fetch_add(1, Ordering::Relaxed)).into();
        Ok(Self {
            dialect: Dialect::new(Flavour::Sqlite, config.parsed_table()?),
            clock: config.clock.clone(),
            patience: config.patience,
            path: config.path.clone().unwrap_or_else(in_memory),
            in_memory: config.path.is_none(),
            generation: AtomicU64::new(0),
            opened: AtomicU64::new(0),
            identity: Mutex::default(),
            looked: AtomicU64::new(0),
        })
    }

    pub fn now(&self) -> i64 {
        self.clock.wall_millis().try_into().unwrap_or(i64::MAX)
    }

    /// Returns the number of the file that is to be read; 0 where it is to be opened first. Now and then it looks whether
    /// somebody has taken the file away, as one may to empty a cache.
    pub fn generation(&self, now: i64) -> u64 {
        let looked = self.looked.load(Ordering::Relaxed);
        if now.unsigned_abs().abs_diff(looked) >= LOOK {
            self.looked.store(now.unsigned_abs(), Ordering::Relaxed);
            self.look();
        }
        self.generation.load(Ordering::Acquire)
    }

    /// Notes it if the file under the path is not the one that was opened.
    pub fn look(&self) {
        if self.is_open() && !self.in_memory && self.identity() != *self.known() {
            self.forget();
        }
    }

    pub fn is_open(&self) -> bool {
        self.generation.load(Ordering::Acquire) != 0
    }

    /// Has everybody open the file anew.
    pub fn forget(&self) {
        self.generation.store(0, Ordering::Release);
    }

    /// Notes that a file was opened, and which one.
    pub fn note(&self, identity: Identity) {
        *self.known() = identity;
        self.generation.store(self.opened.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Release);
    }

    pub fn identity(&self) -> Identity {
        if self.in_memory { None } else { identity(&self.path) }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Identity> {
        self.identity.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(unix)]
fn identity(path: &Path) -> Identity {
    use std::os::unix::fs::MetadataExt;
    path.metadata().ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Identity {
    path.metadata().ok().map(|_| (0, 0))
}
