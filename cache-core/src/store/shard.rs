//! One part of the table, with its own lock and its own queues.

use std::sync::Arc;

use super::gone::{Gone, Taken};
use super::history::MOST;
use super::index::Index;
use super::label::Label;
use super::limits::Measure;
use super::policy::{Policy, Reach, Verdict};
use super::tuner::Tuner;
use crate::clock::Tick;
use crate::column::Columns;
use crate::lock::atomic::{AtomicU8, Ordering};
use crate::record::{Erased, Times};
use crate::value::Lying;

/// How often a record counts as used since its turn came last; more than this makes no difference.
const MAX_USES: u8 = MOST;

/// What room is made for: it is never its own victim.
#[derive(Clone, Copy, Debug)]
pub(super) struct Newcomer<'a> {
    pub(super) hash: u64,
    pub(super) name: &'a [u8],
}

/// What a hit looks at stands at the beginning, in one line with the lock.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Shard {
    index: Index,
    slots: Vec<Option<Tenant>>,
    columns: Columns,
    free: Vec<u32>,
    policy: Policy,
    /// The slot that the next write looks at first.
    sweep_at: usize,
}

/// Who lives in a slot: one line of memory, with all that a hit asks about a record before it reads it.
#[derive(Debug)]
#[repr(align(64))]
struct Tenant {
    name: Label,
    mark: u64,
    fresh_until: Tick,
    content: Content,
    hash: u32,
    uses: AtomicU8,
}

/// Where a tenant's value is.
#[derive(Debug)]
enum Content {
    Record(Erased),
    /// One of the shard's columns, at the number of the slot. Its time ends when it is no longer fresh.
    Column(u16),
}

impl Tenant {
    fn has_expired(&self, now: Tick) -> bool {
        match &self.content {
            Content::Record(record) => super::has_expired(record, now),
            Content::Column(_) => self.fresh_until <= now,
        }
    }

    #[inline]
    fn mark(&self) {
        // Two readers at once may count as one; a read-modify-write would cost each of them.
        let uses = self.uses.load(Ordering::Relaxed);
        if uses < MAX_USES {
            self.uses.store(uses + 1, Ordering::Relaxed);
        }
    }

    /// Says what becomes of it when its turn comes, and begins to count its uses anew.
    fn judge(&self, newcomer: Newcomer<'_>, now: Tick) -> Verdict {
        match () {
            () if self.name.is(newcomer.name) => Verdict::Spared,
            () if self.has_expired(now) => Verdict::Goes,
            () => Verdict::Used(self.uses.swap(0, Ordering::Relaxed)),
        }
    }
}

/// The half of a hash that the index knows; the other one decides which shard it is.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "half of the bits")]
fn half(hash: u64) -> u32 {
    hash as u32
}

impl Shard {
    /// Makes an empty shard, one of those that share a tuner.
    pub(super) fn new(tuner: Arc<Tuner>) -> Self {
        let (index, slots, columns, free) = (Index::default(), Vec::new(), Columns::default(), Vec::new());
        Self { index, slots, columns, free, policy: Policy::new(tuner), sweep_at: 0 }
    }

    /// Returns the record under this name, and notes that it was of use.
    pub(super) fn get(&self, hash: u64, name: &[u8], now: Tick) -> Option<Erased> {
        let slot = self.find(hash, name)?;
        self.tenant(slot)?.mark();
        self.record(slot, now)
    }

    pub(super) fn peek(&self, hash: u64, name: &[u8], now: Tick) -> Option<Erased> {
        self.record(self.find(hash, name)?, now)
    }

    /// Returns the record in a slot. One that is made of a value alone was made now, for all that anybody knows.
    fn record(&self, slot: u32, now: Tick) -> Option<Erased> {
        let tenant = self.tenant(slot)?;
        match &tenant.content {
            Content::Record(record) => Some(Erased::clone(record)),
            Content::Column(column) => {
                let end = tenant.fresh_until;
                let times = Times { created: now, fresh_until: end, kept_until: end };
                self.columns.get(*column)?.record(slot, tenant.mark, times)
            }
        }
    }

    /// Returns the slot of the record under this name, if it is of this mark and fresh, and notes that it was of use.
    #[inline]
    pub(super) fn seek(&self, hash: u64, name: &[u8], mark: u64, now: Tick) -> Option<u32> {
        let slot = self.find(hash, name)?;
        let tenant = self.tenant(slot)?;
        if tenant.mark != mark || tenant.fresh_until <= now {
            return None;
        }
        tenant.mark();
        Some(slot)
    }

    /// Returns where the value in a slot lies.
    #[inline]
    pub(super) fn lying(&self, slot: u32) -> Option<Lying<'_>> {
        match &self.tenant(slot)?.content {
            Content::Record(record) if record.is_withdrawn() => None,
            Content::Record(record) => Some(Lying::Record(record)),
            Content::Column(column) => Some(Lying::Column(&self.columns, *column, slot)),
        }
    }

    /// Gives the record under this name other ends, if it is fresh, and returns whether it was.
    pub(super) fn restamp(&mut self, hash: u64, name: &[u8], now: Tick, fresh_until: Tick, kept_until: Tick) -> bool {
        let Some(tenant) = self.find(hash, name).and_then(|slot| self.slots[slot as usize].as_mut()) else {
            return false;
        };
        let is_fresh = now < tenant.fresh_until;
        if is_fresh {
            tenant.fresh_until = fresh_until;
            if let Content::Record(record) = &tenant.content {
                record.restamp(fresh_until, kept_until);
            }
        }
        is_fresh
    }

    #[inline]
    fn find(&self, hash: u64, name: &[u8]) -> Option<u32> {
        self.index.find(half(hash), |slot| self.tenant(slot).is_some_and(|tenant| tenant.name.is(name)))
    }

    #[inline]
    fn tenant(&self, slot: u32) -> Option<&Tenant> {
        self.slots.get(slot as usize)?.as_ref()
    }

    /// Puts a record in, and returns the one that was there.
    pub(super) fn insert(&mut self, newcomer: Newcomer<'_>, record: Erased, bytes: u64, now: Tick) -> Option<Taken> {
        let Newcomer { hash, name } = newcomer;
        let (mark, fresh_until) = (record.mark(), record.times().fresh_until);
        if let Some(slot) = self.find(hash, name)
            && let Some(tenant) = self.slots[slot as usize].take()
        {
            // Who is written again is of use: a counter that is only ever written must not go for it.
            tenant.mark();
            let (has_expired, before) = (tenant.has_expired(now), tenant.fresh_until);
            let (bytes, gone) = (self.policy.reweigh(slot, bytes), self.give_up(slot, tenant.content));
            let content = self.content(slot, record);
            self.slots[slot as usize] = Some(Tenant { mark, fresh_until, content, ..tenant });
            return Some(Taken { fresh_until: before, has_expired, bytes, _gone: gone });
        }
        let slot = self.free_slot();
        let (name, content, hash, uses) = (name.into(), self.content(slot, record), half(hash), AtomicU8::new(0));
        self.slots[slot as usize] = Some(Tenant { name, mark, fresh_until, content, hash, uses });
        self.index.insert(hash, slot);
        self.policy.arrive(slot, hash, bytes);
        None
    }

    /// Puts the value of a record into a column, where it may stand in one.
    fn content(&mut self, slot: u32, record: Erased) -> Content {
        let column = record.column().and_then(|new| self.columns.put(slot, &record, new));
        column.map_or(Content::Record(record), Content::Column)
    }

    /// Takes a value out of its column.
    fn give_up(&mut self, slot: u32, content: Content) -> Gone {
        match content {
            Content::Record(record) => Gone::Record(record),
            Content::Column(column) => Gone::Value(self.columns.take(column, slot)),
        }
    }

    fn free_slot(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            u32::try_from(self.slots.len() - 1).expect("fewer than four thousand million entries in one shard")
        })
    }

    fn move_out(&mut self, slot: u32, now: Tick) -> Option<Taken> {
        let tenant = self.slots[slot as usize].take()?;
        self.free.push(slot);
        self.index.remove(tenant.hash, slot);
        let (fresh_until, has_expired, bytes) = (tenant.fresh_until, tenant.has_expired(now), self.policy.leave(slot));
        Some(Taken { fresh_until, has_expired, bytes, _gone: self.give_up(slot, tenant.content) })
    }

    /// Takes the record under this name out.
    pub(super) fn remove(&mut self, hash: u64, name: &[u8], now: Tick) -> Option<Taken> {
        self.move_out(self.find(hash, name)?, now)
    }

    /// Takes the record under this name out, if it has expired.
    pub(super) fn remove_expired(&mut self, hash: u64, name: &[u8], now: Tick) -> Option<Taken> {
        let slot = self.find(hash, name)?;
        if self.tenant(slot)?.has_expired(now) { self.move_out(slot, now) } else { None }
    }

    /// Takes every record out whose name is meant.
    pub(super) fn remove_all(&mut self, is_meant: impl Fn(&[u8]) -> bool, now: Tick, out: &mut dyn FnMut(Taken)) {
        for slot in 0..self.slots.len() {
            self.move_out_if(slot, now, |tenant| is_meant(tenant.name.as_bytes()), out);
        }
        if self.index.is_empty() {
            // An empty shard gives its memory back.
            *self = Self::new(self.policy.tuner());
        }
    }

    /// Takes out what has expired among the next few slots.
    pub(super) fn sweep(&mut self, slots: usize, now: Tick, out: &mut dyn FnMut(Taken)) {
        for _ in 0..slots.min(self.slots.len()) {
            self.sweep_at = (self.sweep_at + 1) % self.slots.len();
            self.move_out_if(self.sweep_at, now, |tenant| tenant.has_expired(now), out);
        }
    }

    fn move_out_if(&mut self, slot: usize, now: Tick, is_meant: impl Fn(&Tenant) -> bool, out: &mut dyn FnMut(Taken)) {
        if self.slots[slot].as_ref().is_some_and(is_meant)
            && let Some(taken) = self.move_out(u32::try_from(slot).expect("slots are counted in 32 bits"), now)
        {
            out(taken);
        }
    }

    /// Takes out the record that is worth least among those within reach, if there is one.
    pub(super) fn evict(
        &mut self,
        reach: Reach,
        too_much: Measure,
        newcomer: Newcomer<'_>,
        now: Tick,
        claim: impl FnOnce(u64) -> bool,
    ) -> Option<Taken> {
        let slots = &self.slots;
        let judge =
            |slot: u32| slots[slot as usize].as_ref().map_or(Verdict::Goes, |tenant| tenant.judge(newcomer, now));
        let victim = self.policy.victim(too_much, reach, judge)?;
        if !claim(self.policy.weight(victim)) {
            return None;
        }
        if let Some(tenant) = &self.slots[victim as usize]
            && !tenant.has_expired(now)
        {
            self.policy.remember(victim, tenant.hash);
        }
        self.move_out(victim, now)
    }
}
