//! Where a store of files is, and how large it may get.

use std::path::{Path, PathBuf};
use std::time::Duration;

use cache_core::clock::Clock;
use cache_core::error::Error;

use super::census::Sum;
use crate::place::Place;

const MAX_VALUE_BYTES: u64 = 64 << 20;
const CULL_FREQUENCY: u32 = 20;
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);
const LONGEST_LOCK_TIMEOUT: Duration = Duration::from_secs(86_400);

/// Where a store of files is, and how large it may get.
///
/// ```
/// use cache_backends::file::{Config, File};
///
/// let folder = tempfile::tempdir()?;
/// let store = File::new(Config::new(folder.path()).max_entries(100_000).max_bytes(1 << 30))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    pub(super) folder: PathBuf,
    pub(super) max_value_bytes: u64,
    pub(super) max_entries: Option<u64>,
    pub(super) max_bytes: Option<u64>,
    pub(super) cull_frequency: u32,
    pub(super) lock_timeout: Duration,
    pub(super) clock: Clock,
}

impl Config {
    /// Begins with a folder, which is made at the first write where it is missing. A relative one is below the current
    /// folder of the process when the store is opened, and stays there.
    #[must_use]
    pub fn new(folder: impl AsRef<Path>) -> Self {
        Self {
            folder: folder.as_ref().to_owned(),
            max_value_bytes: MAX_VALUE_BYTES,
            max_entries: None,
            max_bytes: None,
            cull_frequency: CULL_FREQUENCY,
            lock_timeout: LOCK_TIMEOUT,
            clock: Clock::default(),
        }
    }

    /// Reads what somebody has written down: `file:///var/cache/shop` or `file://./cache`, and the options
    /// `max_value_bytes` and `lock_timeout`.
    ///
    /// # Errors
    ///
    /// With a sentence that says what to write.
    pub fn from_place(place: Place) -> Result<Self, Error> {
        let Place { locations, max_entries, max_bytes, cull_frequency, mut options, .. } = place;
        let [location] = locations.as_slice() else {
            return Err(Error::configuration(format!("a store of files has one folder, and not {}", locations.len())));
        };
        if location.scheme() != "file" || location.path().len() < 2 {
            let sentence = "the folder of a store of files is written as `file:///var/cache/shop`, with three slashes";
            return Err(Error::configuration(sentence));
        }
        let mut config = Self { max_entries, max_bytes, ..Self::new(location.path()) };
        config.max_value_bytes = options.bytes("max_value_bytes")?.unwrap_or(MAX_VALUE_BYTES);
        config.lock_timeout = options.time("lock_timeout")?.unwrap_or(LOCK_TIMEOUT);
        config.cull_frequency = cull_frequency.unwrap_or(CULL_FREQUENCY);
        options.done()?;
        config.checked()
    }

    /// Sets the size of the largest value, in bytes; 64 MiB unless this says otherwise. A larger one is refused, and a
    /// file that holds one is not read.
    #[must_use]
    pub fn max_value_bytes(self, bytes: u64) -> Self {
        Self { max_value_bytes: bytes, ..self }
    }

    /// Sets how many entries there may be, within about a tenth.
    #[must_use]
    pub fn max_entries(self, entries: u64) -> Self {
        Self { max_entries: Some(entries), ..self }
    }

    /// Sets how many bytes all values may have together, within about a tenth.
    #[must_use]
    pub fn max_bytes(self, bytes: u64) -> Self {
        Self { max_bytes: Some(bytes), ..self }
    }

    /// Sets which part goes at once when the store is full: one entry in so many; one in 20 unless this says otherwise.
    #[must_use]
    pub fn cull_frequency(self, one_in: u32) -> Self {
        Self { cull_frequency: one_in, ..self }
    }

    /// Sets how long a change waits for another process that holds a lock, before it is given up; 5 seconds unless this
    /// says otherwise, and a day at most.
    #[must_use]
    pub fn lock_timeout(self, time: Duration) -> Self {
        Self { lock_timeout: time, ..self }
    }

    /// Sets where the time is read; all stores of one folder are to agree on it.
    #[must_use]
    pub fn clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// Makes the path an absolute one, and asks whether all this can work.
    pub(super) fn checked(mut self) -> Result<Self, Error> {
        self.folder = std::path::absolute(&self.folder)
            .map_err(|error| Error::configuration("a store of files needs a folder").with_source(error))?;
        if self.folder.exists() && !self.folder.is_dir() {
            return Err(Error::configuration(format!("`{}` is no folder", self.folder.display())));
        }
        if self.cull_frequency == 0 {
            return Err(Error::configuration("`cull_frequency` is to be 1 or more: one entry in so many goes at once"));
        }
        self.lock_timeout = self.lock_timeout.min(LONGEST_LOCK_TIMEOUT);
        Ok(self)
    }

    pub(super) fn is_bounded(&self) -> bool {
        self.max_entries.is_some() || self.max_bytes.is_some()
    }

    /// Returns the size of the largest value that has room.
    pub(super) fn largest(&self) -> u64 {
        self.max_value_bytes.min(self.max_bytes.unwrap_or(u64::MAX))
    }

    /// Returns what a store that holds so much is to come down to; what is within its bounds stays.
    pub(super) fn goal(&self, sum: Sum) -> Sum {
        let part = u64::from(self.cull_frequency);
        let goal = |is: u64, max: Option<u64>| max.filter(|max| is > *max).map_or(u64::MAX, |max| max - max / part);
        Sum { entries: goal(sum.entries, self.max_entries), bytes: goal(sum.bytes, self.max_bytes) }
    }
}
