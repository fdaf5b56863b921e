//! What a store may hold, and what it holds: one budget for all shards.

use crate::lock::atomic::{AtomicU64, Ordering};

/// What a store may hold at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// So many entries.
    pub max_entries: u64,
    /// So many bytes, as told when they are inserted.
    pub max_bytes: Option<u64>,
}

/// What there can be too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    Entries,
    Bytes,
}

/// Counts what the shards hold together. Each change is counted under the lock of the shard that changes.
#[derive(Debug)]
pub(super) struct Budget {
    limits: Limits,
    entries: AtomicU64,
    bytes: AtomicU64,
}

impl Budget {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, entries: AtomicU64::new(0), bytes: AtomicU64::new(0) }
    }

    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    pub(super) fn entries(&self) -> u64 {
        self.entries.load(Ordering::Relaxed)
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Returns whether an entry of so many bytes could not even be kept alone.
    pub(super) fn never_fits(&self, bytes: u64) -> bool {
        self.limits.max_entries == 0 || self.limits.max_bytes.is_some_and(|max| bytes > max)
    }

    /// Returns whether one more entry of so many bytes fits as things are.
    pub(super) fn has_room(&self, bytes: u64) -> bool {
        self.entries() < self.limits.max_entries
            && self.limits.max_bytes.is_none_or(|max| self.bytes().saturating_add(bytes) <= max)
    }

    /// Returns what there is too much of.
    pub(super) fn excess(&self) -> Option<Measure> {
        let bytes = self.limits.max_bytes.is_some_and(|max| self.bytes() > max);
        let entries = || (self.entries() > self.limits.max_entries).then_some(Measure::Entries);
        if bytes { Some(Measure::Bytes) } else { entries() }
    }

    pub(super) fn enter(&self, bytes: u64) {
        self.entries.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Counts one that takes the place of another in a single step: whoever looks meanwhile must not find both.
    pub(super) fn replace(&self, before: u64, bytes: u64) {
        self.bytes.fetch_add(bytes.wrapping_sub(before), Ordering::Relaxed);
    }

    /// Counts one out that is to make room, if there is still too much: of several who make room for the same thing only so
    /// many send somebody away as it takes.
    pub(super) fn claim(&self, excess: Measure, bytes: u64) -> bool {
        let less = |of: &AtomicU64, max: u64, by: u64| {
            of.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| (now > max).then(|| now.wrapping_sub(by)))
                .is_ok()
        };
        match excess {
            Measure::Entries if less(&self.entries, self.limits.max_entries, 1) => {
                self.bytes.fetch_sub(bytes, Ordering::Relaxed);
                true
            }
            Measure::Bytes if less(&self.bytes, self.limits.max_bytes.unwrap_or(u64::MAX), bytes) => {
                self.entries.fetch_sub(1, Ordering::Relaxed);
                true
            }
            Measure::Entries | Measure::Bytes => false,
        }
    }

    pub(super) fn leave(&self, bytes: u64) {
        self.entries.fetch_sub(1, Ordering::Relaxed);
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }
}
