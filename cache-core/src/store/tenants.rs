//! Who lives in a shard: everything that is known of an entry, each thing at the number of its slot.

use std::any::TypeId;

use super::families::Families;
use super::gone::{Gone, Taken};
use super::policy::Verdict;
use super::rests::Rests;
use super::slot::Slot;
use crate::clock::Tick;
use crate::column::Columns;
use crate::key::{Address, Key, Piece, Scope, bytes_of};
use crate::record::{Erased, Times};
use crate::value::Lying;

/// The entries of a shard, in columns. What a hit looks at stands at the beginning.
#[derive(Debug, Default)]
#[repr(C)]
pub(super) struct Tenants {
    slots: Vec<Slot>,
    families: Families,
    columns: Columns,
    rests: Rests,
    /// Not longer than it must be: nothing stands here as long as all values stand in columns.
    records: Vec<Option<Erased>>,
}

/// With more slots than this in a shard, most of what a hit looks at comes from afar: fewer are near at hand anyway, and to
/// look twice would cost more than it saves.
const FEW: usize = 1_024;

/// Where the value of an entry stands: in a column, or else in a record; at which number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stand {
    number: u32,
    column: Option<u8>,
}

impl Tenants {
    /// Returns how many slots there are, with and without a tenant.
    pub(super) fn slots(&self) -> usize {
        self.slots.len()
    }

    /// Asks memory for the value of the entry in a slot, if that is of this type, where there are many: it comes while the key
    /// is compared.
    #[inline(always)]
    pub(super) fn touch(&self, number: u32, of: &TypeId) {
        if self.slots.len() > FEW {
            self.columns.touch(of, number);
        }
    }

    /// Returns whether the key of the entry in a slot begins so.
    #[inline(always)]
    pub(super) fn has_head(&self, number: u32, head: Piece) -> bool {
        self.slots.get(number as usize).is_some_and(|slot| slot.key == head)
    }

    /// Returns whether the entry in a slot is the one at this address, whatever its mark.
    pub(super) fn is(&self, number: u32, address: Address<'_>) -> bool {
        self.slots.get(number as usize).is_some_and(|slot| {
            slot.key == address.head
                && self.rests.agree(number, address.rest)
                && self.families.is_of(slot.family(), address.scope)
        })
    }

    /// Returns whether the entry in a slot, whose key begins like that of an address, is the one there, and of its mark.
    #[inline(always)]
    pub(super) fn is_behind_head(&self, number: u32, address: Address<'_>) -> bool {
        match self.slots.get(number as usize) {
            Some(slot) => self.families.is(slot.family(), address) && self.rests.agree(number, address.rest),
            None => false,
        }
    }

    /// Notes that an entry was of use, if it is fresh, and returns where its value stands then.
    #[inline(always)]
    pub(super) fn use_fresh(&self, number: u32, now: Tick) -> Option<Stand> {
        match self.slots.get(number as usize) {
            Some(slot) if now < slot.fresh_until => Some(Stand { number, column: slot.note_use() }),
            _ => None,
        }
    }

    /// Notes that an entry was of use.
    pub(super) fn note_use(&self, number: u32) {
        self.slots[number as usize].note_use();
    }

    /// Returns the hash that an entry came with.
    #[inline]
    pub(super) fn hash(&self, number: u32) -> u32 {
        self.slots[number as usize].hash
    }

    /// Returns where a value lies that stands there.
    #[inline]
    pub(super) fn lying(&self, Stand { number, column }: Stand) -> Option<Lying<'_>> {
        match column {
            Some(column) => Some(Lying::Column(&self.columns, column, number)),
            None => self.kept(number).filter(|record| !record.is_withdrawn()).map(Lying::Record),
        }
    }

    /// Returns the record of an entry. One that is made of a small value alone was made now, for all that anybody knows.
    pub(super) fn record(&self, number: u32, now: Tick) -> Option<Erased> {
        let slot = &self.slots[number as usize];
        let Some(column) = slot.column() else { return self.kept(number).cloned() };
        let end = slot.fresh_until;
        let times = Times { created: now, fresh_until: end, kept_until: end };
        self.columns.get(column)?.record(number, self.families.mark(slot.family())?, times)
    }

    /// Returns whether it is known when an entry was made.
    pub(super) fn knows_age(&self, number: u32) -> bool {
        self.slots[number as usize].column().is_none_or(|column| self.columns.remember(column))
    }

    fn kept(&self, number: u32) -> Option<&Erased> {
        self.records.get(number as usize)?.as_ref()
    }

    /// Returns whether nobody lives in a slot.
    pub(super) fn is_vacant(&self, number: u32) -> bool {
        self.slots[number as usize].is_vacant()
    }

    /// Returns whether the time of an entry is over.
    pub(super) fn has_expired(&self, number: u32, now: Tick) -> bool {
        let slot = &self.slots[number as usize];
        match slot.column() {
            Some(_) => slot.fresh_until <= now,
            None => self.kept(number).is_none_or(|record| super::has_expired(record, now)),
        }
    }

    /// Returns whether an entry is of this scope, and its key begins so.
    pub(super) fn starts_with(&self, number: u32, scope: &Scope, start: &[u8]) -> bool {
        let slot = &self.slots[number as usize];
        self.families.is_of(slot.family(), scope)
            && (start.is_empty() || bytes_of(&self.rests.whole(number, slot.key)).starts_with(start))
    }

    /// Returns whether an entry is of this scope, and its pattern has one of these marks.
    pub(super) fn is_of_marks(&self, number: u32, scope: &Scope, marks: &[u64]) -> bool {
        let family = self.slots[number as usize].family();
        self.families.is_of(family, scope) && self.families.mark(family).is_some_and(|mark| marks.contains(&mark))
    }

    pub(super) fn count_by_mark(&self, scope: &Scope, out: &mut dyn FnMut(u64, u32)) {
        self.families.count_by_mark(scope, out);
    }

    /// Returns the key of an entry.
    pub(super) fn key(&self, number: u32) -> Option<Key> {
        let slot = &self.slots[number as usize];
        let words = self.rests.whole(number, slot.key);
        let text = bytes_of(&words);
        let end = text.iter().position(|byte| *byte == 0).unwrap_or(text.len());
        Key::kept(self.families.mark(slot.family())?, &text[..end])
    }

    /// Says what becomes of an entry when its turn comes, unless it is the one that room is made for, and begins to count
    /// its uses anew.
    pub(super) fn judge(&self, number: u32, newcomer: Address<'_>, now: Tick) -> Verdict {
        match () {
            () if self.is(number, newcomer) => Verdict::Spared,
            () if self.has_expired(number, now) => Verdict::Goes,
            () => Verdict::Used(self.slots[number as usize].take_uses()),
        }
    }

    /// Gives an entry other ends, if it is fresh, and returns whether it was.
    pub(super) fn restamp(&mut self, number: u32, now: Tick, fresh_until: Tick, kept_until: Tick) -> bool {
        let slot = &mut self.slots[number as usize];
        let is_fresh = now < slot.fresh_until;
        if is_fresh {
            slot.fresh_until = fresh_until;
            if slot.column().is_none()
                && let Some(record) = self.kept(number)
            {
                record.restamp(fresh_until, kept_until);
            }
        }
        is_fresh
    }

    /// Makes a slot, and returns its number.
    pub(super) fn add_slot(&mut self) -> u32 {
        self.slots.push(Slot::vacant());
        u32::try_from(self.slots.len() - 1).expect("fewer than four thousand million entries in one shard")
    }

    /// Lets an entry move into a slot. It belongs to the pattern of its record, whoever's name it is written under.
    pub(super) fn move_in(&mut self, number: u32, hash: u32, address: Address<'_>, record: Erased) {
        let (fresh_until, whose) = (record.times().fresh_until, Address { mark: record.mark(), ..address });
        let (column, family) = (self.take_in(number, record), self.families.enter(whose));
        self.rests.put(number, address.rest);
        self.slots[number as usize] = Slot::new(address.head, fresh_until, hash, family, column);
    }

    /// Gives an entry another record, and returns the one that it had; it weighs nothing yet.
    pub(super) fn replace(&mut self, number: u32, address: Address<'_>, record: Erased, now: Tick) -> Taken {
        let (fresh_until, whose) = (record.times().fresh_until, Address { mark: record.mark(), ..address });
        let before = self.give_up(number, now);
        let (column, family) = (self.take_in(number, record), self.families.enter(whose));
        let slot = &mut self.slots[number as usize];
        self.families.leave(slot.family());
        slot.hand_over(fresh_until, family, column);
        // Who is written again is of use: a counter that is only ever written must not go for it.
        slot.note_use();
        before
    }

    /// Lets the tenant of a slot move out, if there is one; it weighs nothing yet.
    pub(super) fn move_out(&mut self, number: u32, now: Tick) -> Option<Taken> {
        if self.is_vacant(number) {
            return None;
        }
        let taken = self.give_up(number, now);
        let slot = std::mem::replace(&mut self.slots[number as usize], Slot::vacant());
        self.families.leave(slot.family());
        self.rests.forget(number);
        Some(taken)
    }

    /// Keeps a record: its value in a column, where it may stand in one, and returns which.
    fn take_in(&mut self, number: u32, record: Erased) -> Option<u8> {
        let column = record.column().and_then(|new| self.columns.put(number, &record, new));
        if column.is_none() {
            let at = number as usize;
            if self.records.len() <= at {
                self.records.resize(at + 1, None);
            }
            self.records[at] = Some(record);
        }
        column
    }

    fn give_up(&mut self, number: u32, now: Tick) -> Taken {
        let (has_expired, slot) = (self.has_expired(number, now), &self.slots[number as usize]);
        let gone = match slot.column() {
            Some(column) => Gone::Value(self.columns.take(column, number)),
            None => Gone::Record(self.records.get_mut(number as usize).and_then(Option::take)),
        };
        Taken { fresh_until: slot.fresh_until, has_expired, bytes: 0, _gone: gone }
    }
}
