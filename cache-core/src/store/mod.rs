//! The store inside the process: typed values, bounded, each with a time of its own.
//!
//! One table holds values of all types, so that one budget bounds them all. A slot is half a line of memory, with the
//! beginning of a key and the end of its time. Everything else stands in columns, at the number of the slot: a number, a
//! short text, or what is shared by count, in one of its type; other values in records behind pointers; what is left of a
//! long key; links of queues. So the number is all that a hit waits for: where there are many, and memory is slow, it asks
//! for the slot, the value and the text behind that at once. And nobody pays for what is long or heavy in others. The other
//! ways were measured as well: with a slot of a whole line that has the value in it, reads of a hundred thousand entries took
//! a quarter longer; tables for each type would bound nothing together, and a cache of many types would have to be divided up
//! in advance.
//!
//! Entries are spread over shards by a seeded hash; the budget is one for all shards, so that a value may be larger than
//! a shard's share. A shard has several locks, and a reader takes one of them: a count that two readers write to by turns
//! goes back and forth between their processors, so that two threads would read hardly more than one. A write takes all
//! of them. Nothing runs in the background: what has expired leaves when it is read, when room is needed, and a few at a
//! time with each write.
//!
//! No value is dropped while a lock is held: dropping one runs code of its author, which may call the cache again.

mod families;
mod gone;
mod history;
mod index;
mod limits;
mod listing;
mod policy;
mod queue;
mod rests;
mod shard;
mod slot;
mod tenants;
mod tuner;

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::Arc;
use std::thread;

pub use gone::{Inserted, Removed, Taken};
use limits::Budget;
pub use limits::Limits;
pub use listing::Place;
use policy::Reach;
use shard::{Newcomer, Shard};
use tenants::Stand;
use tuner::Tuner;

use crate::clock::{Clock, Tick};
use crate::flight::hand_on;
use crate::key::{Address, Name, Scope};
use crate::lock::atomic::{AtomicU64, AtomicUsize, Ordering};
use crate::lock::{ReadersGuard, ReadersLock, WriterGuard, read_often, write_seldom};
use crate::record::Erased;
use crate::value::Lying;

/// How many slots a write looks at for what has expired.
const SWEEP: usize = 4;

/// One write in so many looks for that in another shard, at as many times more slots: taking a lock costs more than looking.
const ELSEWHERE: usize = 4;

/// How many slots it looks at when there is no room: better that one goes that has expired than one that lives.
const SEARCH: usize = 16;

/// A bounded table of records.
///
/// ```
/// # use cache_core::__private::larder;
/// use std::sync::Arc;
/// use cache_core::clock::{Clock, Tick};
/// use cache_core::key::Scope;
/// use cache_core::record::{Record, Times};
/// use cache_core::store::{Limits, Store};
///
/// let store = Store::new(Limits { max_entries: 100, max_bytes: None }, Clock::manual());
/// let times = Times { created: Tick::from_nanos(0), fresh_until: Tick::NEVER, kept_until: Tick::NEVER };
/// let scope = Scope::new("shop", "1", None)?;
/// let name = scope.name(&"key".into());
/// let inserted = store.insert(&name, Arc::new(Record::new(0, times, 42_u8)), 1);
/// assert!(!inserted.refused && store.get(&name).is_some());
/// assert_eq!(store.remove_starting_with(&scope, "k").len(), 1);
/// assert!(store.is_empty());
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Debug)]
pub struct Store {
    budget: Budget,
    clock: Clock,
    shards: Box<[Apart]>,
    /// How many writes there were: every so many sweep another shard, one after the other.
    writes: AtomicUsize,
    evictions: AtomicU64,
    expirations: AtomicU64,
}

/// A shard where what a hit looks at is in one line of memory with the way to its locks, and nobody else is.
#[derive(Debug)]
#[repr(align(64))]
struct Apart(ReadersLock<Shard>);

/// A record where it lies in the store.
///
/// While there is one of these, those who write have to wait: nothing of a user's own may run meanwhile, since it could
/// call the store.
pub(crate) struct Held<'a> {
    shard: ReadersGuard<'a, Shard>,
    stand: Stand,
}

impl Held<'_> {
    /// Returns where its value lies.
    #[inline]
    pub(crate) fn lying(&self) -> Option<Lying<'_>> {
        self.shard.lying(self.stand)
    }

    /// Reads a copy of the value: where it lies, if copying one runs no code of a user's and does not take long; else once
    /// the store is let go. What is made of it gets its tags.
    #[inline(always)]
    pub(crate) fn read<V>(self, copy: fn(Lying<'_>) -> Option<V>, is_plain: bool) -> Option<V> {
        let lying = self.lying()?;
        if let Lying::Record(record) = lying
            && let Some(bonds) = record.bonds()
        {
            hand_on(bonds);
        }
        match lying {
            Lying::Record(record) if !is_plain || record.is_long() => {
                let record = Erased::clone(record);
                drop(self);
                copy(Lying::Record(&record))
            }
            lying => copy(lying),
        }
    }
}

impl Store {
    /// Makes an empty store.
    #[must_use]
    pub fn new(limits: Limits, clock: Clock) -> Self {
        let count = shards(limits.max_entries);
        let tuner = Arc::new(Tuner::new(count));
        Self {
            budget: Budget::new(limits),
            clock,
            shards: (0..count).map(|_| Apart(ReadersLock::new(Shard::new(Arc::clone(&tuner))))).collect(),
            writes: AtomicUsize::new(0),
            evictions: AtomicU64::new(0),
            expirations: AtomicU64::new(0),
        }
    }

    /// Returns the live record under this name, and notes that it was of use.
    #[must_use]
    pub fn get(&self, name: &Name) -> Option<Erased> {
        let (address, now) = (name.address(), self.clock.now());
        let hash = address.hash();
        let record = read_often(self.shard(hash)).get(hash, address, now)?;
        if has_expired(&record, now) {
            self.remove_expired(hash, address, now);
            return None;
        }
        Some(record)
    }

    /// Finds the record at this address, if it is of its mark and fresh, and notes that it was of use. Of which type its value is,
    /// as a rule, says where to look for that meanwhile.
    #[inline]
    pub(crate) fn seek(&self, address: Address<'_>, of: &TypeId) -> Option<Held<'_>> {
        let hash = address.hash();
        let shard = read_often(self.shard(hash));
        let stand = shard.seek(hash, address, of, &self.clock)?;
        Some(Held { shard, stand })
    }

    /// Gives the record under this name other ends, if it is fresh, and returns whether it was.
    pub fn restamp(&self, name: &Name, fresh_until: Tick, kept_until: Tick) -> bool {
        let address = name.address();
        let hash = address.hash();
        write_seldom(self.shard(hash)).restamp(hash, address, self.clock.now(), fresh_until, kept_until)
    }

    /// Returns the live record under this name. Nothing is noted and nothing is removed, so that no value is dropped.
    #[must_use]
    pub fn peek(&self, name: &Name) -> Option<Erased> {
        let (address, now) = (name.address(), self.clock.now());
        let hash = address.hash();
        let record = read_often(self.shard(hash)).peek(hash, address, now)?;
        (!has_expired(&record, now)).then_some(record)
    }

    /// Returns what is under this name, dead or alive, and whether it is all that was ever known of it: a small value in a
    /// column has forgotten when it was made. Nothing is noted and nothing is removed.
    pub(crate) fn examine(&self, name: &Name) -> Option<(Erased, bool)> {
        let (address, now) = (name.address(), self.clock.now());
        let hash = address.hash();
        read_often(self.shard(hash)).examine(hash, address, now)
    }

    /// Returns what lives under this name, and whether it is known when it was made. Nothing is noted and nothing is removed.
    pub(crate) fn examine_live(&self, name: &Name) -> Option<(Erased, bool)> {
        self.examine(name).filter(|(record, _)| !has_expired(record, self.clock.now()))
    }

    /// Returns how many bytes its records may weigh together.
    pub(crate) fn max_bytes(&self) -> Option<u64> {
        self.budget.limits().max_bytes
    }

    /// Removes an expired record, unless another one has taken its place or it was given more time.
    #[cold]
    fn remove_expired(&self, hash: u64, address: Address<'_>, now: Tick) {
        let mut shard = write_seldom(self.shard(hash));
        let removed = shard.remove_expired(hash, address, now).map(|taken| self.count_out(taken));
        drop(shard);
        drop(removed);
    }

    /// Keeps a record that weighs so many bytes under this name, in place of what was there.
    ///
    /// The limits may be passed by what is being written at this moment, for this moment.
    pub fn insert(&self, name: &Name, record: Erased, bytes: u64) -> Inserted {
        if self.budget.never_fits(bytes) {
            return Inserted { refused: true, _gone: self.remove(name).into_iter().collect(), _refused: Some(record) };
        }
        let address = name.address();
        let newcomer = Newcomer { hash: address.hash(), address };
        let now = self.clock.now();
        let mut gone = Vec::new();
        self.sweep_elsewhere(now, &mut gone);
        let mut shard = write_seldom(self.shard(newcomer.hash));
        let slots = if self.budget.has_room(bytes) { SWEEP } else { SEARCH };
        shard.sweep(slots, now, &mut |taken| gone.push(self.count_out(taken)));
        if let Some(before) = shard.insert(newcomer, record, bytes, now) {
            let grows = bytes > before.bytes;
            self.budget.replace(before.bytes, bytes);
            gone.push(before);
            if grows {
                self.make_room(shard, newcomer, now, &mut gone);
            }
        } else {
            self.budget.enter(bytes);
            self.make_room(shard, newcomer, now, &mut gone);
        }
        Inserted { refused: false, _gone: gone, _refused: None }
    }

    /// Takes out a little of what has expired in one shard after the other, so that no shard has to be written to for that.
    fn sweep_elsewhere(&self, now: Tick, gone: &mut Vec<Taken>) {
        let write = self.writes.fetch_add(1, Ordering::Relaxed);
        if !write.is_multiple_of(ELSEWHERE) {
            return;
        }
        // Whoever is at work there does the same.
        if let Ok(mut shard) = self.shards[write / ELSEWHERE % self.shards.len()].0.try_write() {
            shard.sweep(ELSEWHERE * SWEEP, now, &mut |taken| gone.push(self.count_out(taken)));
        }
    }

    /// Makes room for what has just been put into a shard: first there, then where newcomers have more than their share,
    /// so that a large one does not drive out what is proven next to it, and at last with anybody.
    ///
    /// Whoever makes the store grow does this, and nobody else: nobody has to go for an entry that is overwritten, however
    /// many are at it. The last one that made it grow goes round all shards if it must, so that the limits hold again.
    fn make_room(&self, mut own: WriterGuard<'_, Shard>, newcomer: Newcomer<'_>, now: Tick, gone: &mut Vec<Taken>) {
        while let Some(excess) = self.budget.excess()
            && let Some(taken) = own.evict(Reach::Fair, excess, newcomer, now, |bytes| self.budget.claim(excess, bytes))
        {
            gone.push(self.count(taken));
        }
        drop(own);
        self.go_round(Reach::Newcomers, newcomer, now, gone);
        self.go_round(Reach::Anyone, newcomer, now, gone);
    }

    /// Asks one shard after the other to give somebody up, until there is room or all have declined.
    fn go_round(&self, reach: Reach, newcomer: Newcomer<'_>, now: Tick, gone: &mut Vec<Taken>) {
        let (mut at, mut declined) = (self.place(newcomer.hash), 0);
        while declined < self.shards.len()
            && let Some(excess) = self.budget.excess()
        {
            let mut shard = write_seldom(&self.shards[at].0);
            match shard.evict(reach, excess, newcomer, now, |bytes| self.budget.claim(excess, bytes)) {
                Some(taken) => {
                    gone.push(self.count(taken));
                    declined = 0;
                }
                None => declined += 1,
            }
            at = (at + 1) % self.shards.len();
        }
    }

    /// Takes the record under this name out.
    #[must_use]
    pub fn remove(&self, name: &Name) -> Option<Taken> {
        let (address, now) = (name.address(), self.clock.now());
        let hash = address.hash();
        let taken = write_seldom(self.shard(hash)).remove(hash, address, now)?;
        self.budget.leave(taken.bytes);
        Some(taken)
    }

    /// Takes every record of this scope out whose key begins so.
    pub fn remove_starting_with(&self, scope: &Scope, start: &str) -> Removed {
        self.remove_from_all(|shard, now, out| shard.remove_starting_with(scope, start.as_bytes(), now, out))
    }

    /// Takes every record of this scope out whose pattern has one of these marks.
    pub fn remove_of_marks(&self, scope: &Scope, marks: &[u64]) -> Removed {
        self.remove_from_all(|shard, now, out| shard.remove_of_marks(scope, marks, now, out))
    }

    /// Takes every record out.
    pub fn clear(&self) -> Removed {
        self.remove_from_all(Shard::clear)
    }

    fn remove_from_all(&self, remove: impl Fn(&mut Shard, Tick, &mut dyn FnMut(Taken))) -> Removed {
        let (mut removed, now) = (Vec::new(), self.clock.now());
        for shard in &self.shards {
            remove(&mut write_seldom(&shard.0), now, &mut |taken| {
                self.budget.leave(taken.bytes);
                removed.push(taken);
            });
        }
        Removed(removed)
    }

    /// Returns how many records of this scope it holds of each pattern, by its mark; some may have expired.
    #[must_use]
    pub fn entries_by_mark(&self, scope: &Scope) -> HashMap<u64, u64> {
        let mut entries = HashMap::new();
        for shard in &self.shards {
            read_often(&shard.0).count_by_mark(scope, &mut |mark, count| {
                *entries.entry(mark).or_default() += u64::from(count);
            });
        }
        entries
    }

    /// Returns whether it needs to be told what a record weighs.
    #[must_use]
    pub fn counts_bytes(&self) -> bool {
        self.budget.limits().max_bytes.is_some()
    }

    /// Returns how many records it holds, some of which may have expired.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.budget.entries()
    }

    /// Returns whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns what its records weigh together.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.budget.bytes()
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

    /// Counts a record that has expired, under the lock of its shard.
    fn count_out(&self, taken: Taken) -> Taken {
        self.budget.leave(taken.bytes);
        self.count(taken)
    }

    /// Counts why a record goes that the budget knows to be gone.
    fn count(&self, taken: Taken) -> Taken {
        let counter = if taken.has_expired { &self.expirations } else { &self.evictions };
        counter.fetch_add(1, Ordering::Relaxed);
        taken
    }

    #[inline]
    fn shard(&self, hash: u64) -> &ReadersLock<Shard> {
        &self.shards[self.place(hash)].0
    }

    #[inline]
    fn place(&self, hash: u64) -> usize {
        // The index inside takes the lower half.
        (hash >> 32) as usize & (self.shards.len() - 1)
    }
}

/// So many entries a shard has at least, if there are so many: with fewer, none sees enough to tell who is worth keeping.
const LEAST_A_SHARD: u64 = 128;

/// Returns how many shards there are: a power of two.
fn shards(max_entries: u64) -> usize {
    let wanted = thread::available_parallelism().map_or(8, |threads| threads.get() * 4).next_power_of_two();
    let of_use = usize::try_from(max_entries / LEAST_A_SHARD).unwrap_or(usize::MAX);
    1 << wanted.min(of_use).max(1).ilog2()
}

#[inline]
fn has_expired(record: &Erased, now: Tick) -> bool {
    record.times().kept_until <= now || record.is_withdrawn()
}

#[cfg(test)]
mod tests;
