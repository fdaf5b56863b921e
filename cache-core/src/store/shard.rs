//! One part of the table, with its own lock and its own queues.

use std::any::TypeId;
use std::ops::Range;
use std::sync::Arc;

use super::gone::Taken;
use super::index::Index;
use super::limits::Measure;
use super::policy::{Policy, Reach};
use super::tenants::{Stand, Tenants};
use super::tuner::Tuner;
use crate::clock::{Clock, Tick};
use crate::key::{Address, Key, Scope};
use crate::record::Erased;
use crate::value::Lying;

/// What room is made for: it is never its own victim.
#[derive(Clone, Copy)]
pub(super) struct Newcomer<'a> {
    pub(super) hash: u64,
    pub(super) address: Address<'a>,
}

/// What a hit looks at stands at the beginning.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Shard {
    index: Index,
    tenants: Tenants,
    /// Slots without a tenant.
    free: Vec<u32>,
    policy: Policy,
    /// The slot that the next write looks at first.
    sweep_at: usize,
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
        let (index, tenants, free) = (Index::default(), Tenants::default(), Vec::new());
        Self { index, tenants, free, policy: Policy::new(tuner), sweep_at: 0 }
    }

    /// Returns the record at an address, and notes that it was of use.
    pub(super) fn get(&self, hash: u64, address: Address<'_>, now: Tick) -> Option<Erased> {
        let slot = self.find(hash, address)?;
        self.tenants.note_use(slot);
        self.tenants.record(slot, now)
    }

    pub(super) fn peek(&self, hash: u64, address: Address<'_>, now: Tick) -> Option<Erased> {
        self.tenants.record(self.find(hash, address)?, now)
    }

    /// Returns the record at an address, and whether it is known when it was made.
    pub(super) fn examine(&self, hash: u64, address: Address<'_>, now: Tick) -> Option<(Erased, bool)> {
        let slot = self.find(hash, address)?;
        Some((self.tenants.record(slot, now)?, self.tenants.knows_age(slot)))
    }

    /// Returns where the value at an address stands, if it is of its mark and fresh, and notes that it was of use.
    ///
    /// The time is read last: what was looked for may still be on its way from memory then.
    #[inline]
    pub(super) fn seek(&self, hash: u64, address: Address<'_>, of: &TypeId, clock: &Clock) -> Option<Stand> {
        // As a rule, the first one with its hash is it: nothing is asked in the loop, and all questions behind it.
        let slot = self.index.find(half(hash), |_| true)?;
        self.tenants.touch(slot, of);
        let Address { scope, mark, head: [first, second], rest } = address;
        let is_it = self.tenants.has_head(slot, address.head) && self.tenants.is_behind_head(slot, address);
        let slot = if is_it { slot } else { self.find_among(hash, scope, mark, first, second, rest)? };
        self.tenants.use_fresh(slot, clock.now())
    }

    /// Looks for the one among those with one hash: there is seldom more than one.
    ///
    /// An address comes in its parts, since a whole one stands in memory, where each hit would write it for this alone.
    #[cold]
    #[inline(never)]
    fn find_among(&self, hash: u64, scope: &Scope, mark: u64, first: u64, second: u64, rest: &[u64]) -> Option<u32> {
        let address = Address { scope, mark, head: [first, second], rest };
        let is_it = |slot| self.tenants.has_head(slot, address.head) && self.tenants.is_behind_head(slot, address);
        self.index.find(half(hash), is_it)
    }

    /// Returns where a value lies that stands there.
    #[inline]
    pub(super) fn lying(&self, stand: Stand) -> Option<Lying<'_>> {
        self.tenants.lying(stand)
    }

    /// Gives the record at an address other ends, if it is fresh, and returns whether it was.
    pub(super) fn restamp(
        &mut self,
        hash: u64,
        address: Address<'_>,
        now: Tick,
        fresh_until: Tick,
        kept_until: Tick,
    ) -> bool {
        self.find(hash, address).is_some_and(|slot| self.tenants.restamp(slot, now, fresh_until, kept_until))
    }

    fn find(&self, hash: u64, address: Address<'_>) -> Option<u32> {
        self.index.find(half(hash), |slot| self.tenants.is(slot, address))
    }

    /// Puts a record in, and returns the one that was there.
    pub(super) fn insert(&mut self, newcomer: Newcomer<'_>, record: Erased, bytes: u64, now: Tick) -> Option<Taken> {
        let Newcomer { hash, address } = newcomer;
        if let Some(slot) = self.find(hash, address) {
            let before = self.tenants.replace(slot, address, record, now);
            return Some(Taken { bytes: self.policy.reweigh(slot, bytes), ..before });
        }
        let slot = self.free.pop().unwrap_or_else(|| self.tenants.add_slot());
        self.tenants.move_in(slot, half(hash), address, record);
        self.index.insert(half(hash), slot, |slot| self.tenants.hash(slot));
        self.policy.arrive(slot, half(hash), bytes);
        None
    }

    fn move_out(&mut self, slot: u32, now: Tick) -> Option<Taken> {
        let hash = self.tenants.hash(slot);
        let taken = self.tenants.move_out(slot, now)?;
        self.index.remove(hash, slot, |slot| self.tenants.hash(slot));
        self.free.push(slot);
        Some(Taken { bytes: self.policy.leave(slot), ..taken })
    }

    /// Takes the record at an address out.
    pub(super) fn remove(&mut self, hash: u64, address: Address<'_>, now: Tick) -> Option<Taken> {
        self.move_out(self.find(hash, address)?, now)
    }

    /// Takes the record at an address out, if it has expired.
    pub(super) fn remove_expired(&mut self, hash: u64, address: Address<'_>, now: Tick) -> Option<Taken> {
        let slot = self.find(hash, address)?;
        if self.tenants.has_expired(slot, now) { self.move_out(slot, now) } else { None }
    }

    /// Takes every record of this scope out whose key begins so.
    pub(super) fn remove_starting_with(&mut self, scope: &Scope, start: &[u8], now: Tick, out: &mut dyn FnMut(Taken)) {
        self.remove_all(|tenants, slot| tenants.starts_with(slot, scope, start), now, out);
    }

    /// Takes every record of this scope out whose pattern has one of these marks.
    pub(super) fn remove_of_marks(&mut self, scope: &Scope, marks: &[u64], now: Tick, out: &mut dyn FnMut(Taken)) {
        self.remove_all(|tenants, slot| tenants.is_of_marks(slot, scope, marks), now, out);
    }

    /// Says how many records of this scope there are of each pattern.
    pub(super) fn count_by_mark(&self, scope: &Scope, out: &mut dyn FnMut(u64, u32)) {
        self.tenants.count_by_mark(scope, out);
    }

    /// Takes every record out.
    pub(super) fn clear(&mut self, now: Tick, out: &mut dyn FnMut(Taken)) {
        self.remove_all(|_, _| true, now, out);
    }

    fn remove_all(&mut self, is_meant: impl Fn(&Tenants, u32) -> bool, now: Tick, out: &mut dyn FnMut(Taken)) {
        for slot in 0..self.tenants.slots() {
            self.move_out_if(slot, now, &is_meant, out);
        }
        if self.index.is_empty() {
            // An empty shard gives its memory back.
            *self = Self::new(self.policy.tuner());
        }
    }

    /// Adds the keys that begin so of what lives in these slots and is of this scope; returns how many slots there are.
    pub(super) fn list(
        &self,
        scope: &Scope,
        start: &[u8],
        slots: Range<usize>,
        now: Tick,
        out: &mut Vec<Key>,
    ) -> usize {
        let count = self.tenants.slots();
        for slot in slots.start.min(count)..slots.end.min(count) {
            let slot = u32::try_from(slot).expect("slots are counted in 32 bits");
            if !self.tenants.is_vacant(slot)
                && self.tenants.starts_with(slot, scope, start)
                && !self.tenants.has_expired(slot, now)
            {
                out.extend(self.tenants.key(slot));
            }
        }
        count
    }

    /// Takes out what has expired among the next few slots.
    pub(super) fn sweep(&mut self, slots: usize, now: Tick, out: &mut dyn FnMut(Taken)) {
        for _ in 0..slots.min(self.tenants.slots()) {
            self.sweep_at = (self.sweep_at + 1) % self.tenants.slots();
            self.move_out_if(self.sweep_at, now, |tenants, slot| tenants.has_expired(slot, now), out);
        }
    }

    fn move_out_if(
        &mut self,
        slot: usize,
        now: Tick,
        is_meant: impl Fn(&Tenants, u32) -> bool,
        out: &mut dyn FnMut(Taken),
    ) {
        let slot = u32::try_from(slot).expect("slots are counted in 32 bits");
        if !self.tenants.is_vacant(slot)
            && is_meant(&self.tenants, slot)
            && let Some(taken) = self.move_out(slot, now)
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
        let judge = |slot| self.tenants.judge(slot, newcomer.address, now);
        let victim = self.policy.victim(too_much, reach, judge)?;
        if !claim(self.policy.weight(victim)) {
            return None;
        }
        if !self.tenants.has_expired(victim, now) {
            self.policy.remember(victim, self.tenants.hash(victim));
        }
        self.move_out(victim, now)
    }
}
