//! The store inside the process: typed values, bounded, each with a time of its own.
//!
//! One table holds values of all types, each behind an erased pointer, so that one budget bounds them all. The other
//! way, a table for each type, was measured beside it (`benches/`): a typed `quick_cache` with a time in each value takes
//! 0.7 of a hit here with 1,024 entries and 0.5 with 100,000, where one more pointer is one more cache miss. It lost
//! because tables that each have a budget of their own bound nothing together: a cache that holds many types would have
//! to be divided up in advance, and the one that is busy could not use what the others leave. Entries are
//! spread over shards by a seeded hash; the budget is one for all shards, so that a value may be larger than a shard's
//! share. Nothing runs in the background: what has expired leaves when it is read, when room is needed, and a few at a
//! time with each write.
//!
//! No value is dropped while a lock is held: dropping one runs code of its author, which may call the cache again.

mod queue;
mod shard;

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread;

use ahash::RandomState;
use shard::Shard;

use crate::clock::Clock;
use crate::record::Erased;

/// What a store may hold at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// So many entries.
    pub max_entries: u64,
    /// So many bytes, as told when they are inserted.
    pub max_bytes: Option<u64>,
}

/// A bounded table of records.
#[derive(Debug)]
pub struct Store {
    limits: Limits,
    clock: Clock,
    // Seeded: whoever chooses keys must not be able to choose their places.
    hasher: RandomState,
    shards: Vec<RwLock<Shard>>,
    entries: AtomicU64,
    bytes: AtomicU64,
    evictions: AtomicU64,
    expirations: AtomicU64,
    /// Where the next one looks for room whose own shard has none.
    next_victim: AtomicUsize,
}

/// What became of a record that was to be kept, and what had to go for it.
///
/// To be dropped outside of all locks.
#[derive(Debug)]
#[must_use = "what had to go is dropped with this, and must be dropped outside of all locks"]
pub struct Inserted {
    /// Whether the record alone is over the limit. Then nothing is under its name any more.
    pub refused: bool,
    _gone: Vec<Erased>,
}

/// Records that were taken out together. To be dropped outside of all locks.
#[derive(Debug)]
#[must_use = "values are dropped with this, and must be dropped outside of all locks"]
pub struct Removed(Vec<Erased>);

impl Removed {
    /// Returns how many there were.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there were none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Store {
    /// Makes an empty store.
    #[must_use]
    pub fn new(limits: Limits, clock: Clock) -> Self {
        let shards = thread::available_parallelism().map_or(8, |threads| threads.get() * 4).next_power_of_two();
        // Small stores are not cut so thin that a shard holds a handful.
        let shards = shards.min(usize::try_from(limits.max_entries / 32).unwrap_or(usize::MAX).next_power_of_two());
        Self {
            limits,
            clock,
            hasher: RandomState::new(),
            shards: (0..shards.max(1)).map(|_| RwLock::default()).collect(),
            entries: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            evictions: AtomicU64::new(0),
            expirations: AtomicU64::new(0),
            next_victim: AtomicUsize::new(0),
        }
    }

    /// Returns the live record under this name, and notes that it was of use.
    #[must_use]
    #[inline]
    pub fn get(&self, name: &[u8]) -> Option<Erased> {
        let hash = self.hasher.hash_one(name);
        let record = read(self.shard(hash)).get(hash, name)?;
        if record.times().kept_until > self.clock.now() {
            return Some(record);
        }
        self.remove_if(hash, name, &record);
        None
    }

    /// Returns the live record under this name. Nothing is noted and nothing is removed, so that no value is dropped.
    #[must_use]
    pub fn peek(&self, name: &[u8]) -> Option<Erased> {
        let hash = self.hasher.hash_one(name);
        let record = read(self.shard(hash)).peek(hash, name)?;
        (record.times().kept_until > self.clock.now()).then_some(record)
    }

    /// Removes an expired record, unless another one has taken its place.
    #[cold]
    fn remove_if(&self, hash: u64, name: &[u8], record: &Erased) {
        let removed = write(self.shard(hash)).remove_if(hash, name, |there| std::sync::Arc::ptr_eq(there, record));
        if let Some((_, bytes)) = &removed {
            self.count_out(1, *bytes);
            self.expirations.fetch_add(1, Ordering::Relaxed);
        }
        drop(removed);
    }

    /// Keeps a record that weighs so many bytes under this name, in place of what was there.
    pub fn insert(&self, name: &[u8], record: Erased, bytes: u64) -> Inserted {
        if self.limits.max_bytes.is_some_and(|max| bytes > max) {
            let gone = self.remove(name).into_iter().chain([record]).collect();
            return Inserted { refused: true, _gone: gone };
        }
        let hash = self.hasher.hash_one(name);
        let now = self.clock.now();
        let mut gone = Vec::new();
        let mut shard = write(self.shard(hash));
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.entries.fetch_add(1, Ordering::Relaxed);
        if let Some((before, weighed)) = shard.insert(hash, name, record, bytes) {
            self.count_out(1, weighed);
            gone.push(before);
        }
        shard.sweep(now, &mut |record, bytes| self.evict(record, bytes, &mut gone));
        while self.is_over() && shard.evict(hash, name, now, &mut |record, bytes| self.evict(record, bytes, &mut gone))
        {
        }
        drop(shard);
        self.make_room(hash, name, &mut gone);
        Inserted { refused: false, _gone: gone }
    }

    /// Takes from other shards what the newcomer's own could not give.
    fn make_room(&self, hash: u64, name: &[u8], gone: &mut Vec<Erased>) {
        let now = self.clock.now();
        let mut empty = 0;
        while self.is_over() && empty < self.shards.len() {
            let victim = self.next_victim.fetch_add(1, Ordering::Relaxed) % self.shards.len();
            let evicted = write(&self.shards[victim])
                .evict(hash, name, now, &mut |record, bytes| self.evict(record, bytes, gone));
            empty = if evicted { 0 } else { empty + 1 };
        }
    }

    /// Takes the record under this name out.
    #[must_use]
    pub fn remove(&self, name: &[u8]) -> Option<Erased> {
        let hash = self.hasher.hash_one(name);
        let (record, bytes) = write(self.shard(hash)).remove_if(hash, name, |_| true)?;
        self.count_out(1, bytes);
        Some(record)
    }

    /// Takes every record out whose name begins with `scope`.
    pub fn remove_starting_with(&self, scope: &[u8]) -> Removed {
        let mut removed = Vec::new();
        for shard in &self.shards {
            write(shard).remove_all(|name| name.starts_with(scope), &mut |record, bytes| {
                self.count_out(1, bytes);
                removed.push(record);
            });
        }
        Removed(removed)
    }

    /// Takes every record out.
    pub fn clear(&self) -> Removed {
        self.remove_starting_with(&[])
    }

    /// Returns whether it needs to be told what a record weighs.
    #[must_use]
    pub fn counts_bytes(&self) -> bool {
        self.limits.max_bytes.is_some()
    }

    /// Returns how many records it holds, some of which may have expired.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.entries.load(Ordering::Relaxed)
    }

    /// Returns whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns what its records weigh together.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Returns how many live records had to make room.
    #[must_use]
    pub fn evictions(&self) -> u64 {
        self.evictions.load(Ordering::Relaxed)
    }

    /// Returns how many records left because their time was over.
    #[must_use]
    pub fn expirations(&self) -> u64 {
        self.expirations.load(Ordering::Relaxed)
    }

    fn is_over(&self) -> bool {
        self.len() > self.limits.max_entries || self.limits.max_bytes.is_some_and(|max| self.bytes() > max)
    }

    fn evict(&self, record: Erased, bytes: u64, gone: &mut Vec<Erased>) {
        let expired = record.times().kept_until <= self.clock.now();
        let counter = if expired { &self.expirations } else { &self.evictions };
        counter.fetch_add(1, Ordering::Relaxed);
        self.count_out(1, bytes);
        gone.push(record);
    }

    fn count_out(&self, entries: u64, bytes: u64) {
        self.entries.fetch_sub(entries, Ordering::Relaxed);
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    #[inline]
    fn shard(&self, hash: u64) -> &RwLock<Shard> {
        // The table inside takes the lowest and the highest bits.
        &self.shards[(hash >> 32) as usize & (self.shards.len() - 1)]
    }
}

/// A panic elsewhere must not take the store down: each step under a lock leaves the shard whole.
fn read(shard: &RwLock<Shard>) -> RwLockReadGuard<'_, Shard> {
    shard.read().unwrap_or_else(PoisonError::into_inner)
}

fn write(shard: &RwLock<Shard>) -> RwLockWriteGuard<'_, Shard> {
    shard.write().unwrap_or_else(PoisonError::into_inner)
}
