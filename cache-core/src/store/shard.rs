//! One part of the table, with its own lock, its own queues, and a share of whatever budget is left.

use std::sync::atomic::{AtomicU8, Ordering};

use hashbrown::HashTable;

use super::queue::{Queues, Ticket};
use crate::clock::Tick;
use crate::record::Erased;

/// How many slots a write looks at for what has expired.
const SWEEP: usize = 4;

/// How often a record counts as used since its turn came last; more than this makes no difference.
const MAX_USES: u8 = 3;

#[derive(Debug, Default)]
pub(super) struct Shard {
    index: HashTable<u32>,
    slots: Vec<Slot>,
    free: Vec<u32>,
    queues: Queues,
    /// The slot that the next write looks at first.
    sweep_at: usize,
}

#[derive(Debug)]
struct Slot {
    /// Tells this tenant of the slot from those before: a ticket in a queue may have outlived its record.
    tenancy: u32,
    tenant: Option<Tenant>,
}

#[derive(Debug)]
struct Tenant {
    hash: u64,
    name: Box<[u8]>,
    record: Erased,
    bytes: u64,
    uses: AtomicU8,
}

impl Tenant {
    fn has_expired(&self, now: Tick) -> bool {
        self.record.times().kept_until <= now
    }
}

impl Shard {
    /// Returns the record under this name and notes that it was of use.
    #[inline]
    pub(super) fn get(&self, hash: u64, name: &[u8]) -> Option<Erased> {
        let tenant = self.find(hash, name)?;
        // Two readers at once may count as one; a read-modify-write would cost each of them.
        let uses = tenant.uses.load(Ordering::Relaxed);
        if uses < MAX_USES {
            tenant.uses.store(uses + 1, Ordering::Relaxed);
        }
        Some(Erased::clone(&tenant.record))
    }

    pub(super) fn peek(&self, hash: u64, name: &[u8]) -> Option<Erased> {
        Some(Erased::clone(&self.find(hash, name)?.record))
    }

    #[inline]
    fn find(&self, hash: u64, name: &[u8]) -> Option<&Tenant> {
        let slot = self.index.find(hash, |slot| self.is_at(*slot, hash, name))?;
        self.slots[*slot as usize].tenant.as_ref()
    }

    #[inline]
    fn is_at(&self, slot: u32, hash: u64, name: &[u8]) -> bool {
        self.slots[slot as usize].tenant.as_ref().is_some_and(|tenant| tenant.hash == hash && *tenant.name == *name)
    }

    /// Puts a record in, and returns the one that was there, with what it weighed.
    pub(super) fn insert(&mut self, hash: u64, name: &[u8], record: Erased, bytes: u64) -> Option<(Erased, u64)> {
        let slots = &self.slots;
        let at = |slot: &u32| {
            slots[*slot as usize].tenant.as_ref().is_some_and(|tenant| tenant.hash == hash && *tenant.name == *name)
        };
        if let Some(slot) = self.index.find(hash, at).copied()
            && let Some(tenant) = &mut self.slots[slot as usize].tenant
        {
            let before = std::mem::replace(&mut tenant.record, record);
            let weighed = std::mem::replace(&mut tenant.bytes, bytes);
            return Some((before, weighed));
        }
        let ticket = self.move_in(Tenant { hash, name: name.into(), record, bytes, uses: AtomicU8::new(0) });
        let slots = &self.slots;
        let rehash = |slot: &u32| slots[*slot as usize].tenant.as_ref().map_or(0, |tenant| tenant.hash);
        self.index.insert_unique(hash, ticket.slot, rehash);
        self.queues.arrive(ticket);
        None
    }

    fn move_in(&mut self, tenant: Tenant) -> Ticket {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot { tenancy: 0, tenant: None });
            u32::try_from(self.slots.len() - 1).expect("fewer than four thousand million entries in one shard")
        });
        let place = &mut self.slots[slot as usize];
        place.tenant = Some(tenant);
        Ticket { slot, tenancy: place.tenancy }
    }

    fn move_out(&mut self, slot: u32) -> Option<(Erased, u64)> {
        let place = &mut self.slots[slot as usize];
        let tenant = place.tenant.take()?;
        place.tenancy = place.tenancy.wrapping_add(1);
        self.free.push(slot);
        if let Ok(entry) = self.index.find_entry(tenant.hash, |there| *there == slot) {
            entry.remove();
        }
        let slots = &self.slots;
        self.queues.leave(|ticket| slots[ticket.slot as usize].tenancy == ticket.tenancy);
        Some((tenant.record, tenant.bytes))
    }

    /// Takes the record under this name out, if it is the one that is meant.
    pub(super) fn remove_if(
        &mut self,
        hash: u64,
        name: &[u8],
        is_meant: impl FnOnce(&Erased) -> bool,
    ) -> Option<(Erased, u64)> {
        let slot = *self.index.find(hash, |slot| self.is_at(*slot, hash, name))?;
        let tenant = self.slots[slot as usize].tenant.as_ref()?;
        if is_meant(&tenant.record) { self.move_out(slot) } else { None }
    }

    /// Takes every record out whose name is meant.
    pub(super) fn remove_all(&mut self, is_meant: impl Fn(&[u8]) -> bool, out: &mut dyn FnMut(Erased, u64)) {
        for slot in 0..self.slots.len() {
            if self.slots[slot].tenant.as_ref().is_some_and(|tenant| is_meant(&tenant.name)) {
                self.give_up(slot, out);
            }
        }
    }

    /// Takes out what has expired among the next few slots.
    pub(super) fn sweep(&mut self, now: Tick, out: &mut dyn FnMut(Erased, u64)) {
        for _ in 0..SWEEP.min(self.slots.len()) {
            self.sweep_at = (self.sweep_at + 1) % self.slots.len();
            if self.slots[self.sweep_at].tenant.as_ref().is_some_and(|tenant| tenant.has_expired(now)) {
                self.give_up(self.sweep_at, out);
            }
        }
    }

    fn give_up(&mut self, slot: usize, out: &mut dyn FnMut(Erased, u64)) {
        let slot = u32::try_from(slot).expect("slots are counted in 32 bits");
        if let Some((record, bytes)) = self.move_out(slot) {
            out(record, bytes);
        }
    }

    /// Takes out the record that is worth least, but never the newcomer; says whether there was one.
    pub(super) fn evict(&mut self, hash: u64, newcomer: &[u8], now: Tick, out: &mut dyn FnMut(Erased, u64)) -> bool {
        let slots = &self.slots;
        let victim = self.queues.next_victim(|ticket| {
            let place = &slots[ticket.slot as usize];
            let tenant = place.tenant.as_ref().filter(|_| place.tenancy == ticket.tenancy)?;
            let spared = tenant.hash == hash && *tenant.name == *newcomer;
            let uses = if tenant.has_expired(now) { 0 } else { tenant.uses.load(Ordering::Relaxed) };
            tenant.uses.store(uses.saturating_sub(1), Ordering::Relaxed);
            Some(if spared { 1 } else { uses })
        });
        match victim.and_then(|ticket| self.move_out(ticket.slot)) {
            Some((record, bytes)) => {
                out(record, bytes);
                true
            }
            None => false,
        }
    }
}
