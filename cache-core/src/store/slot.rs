//! What a hit asks of an entry, in half a line of memory.

use super::history::MOST;
use crate::clock::Tick;
use crate::column::COLUMNS;
use crate::key::Piece;
use crate::lock::atomic::{AtomicU32, Ordering};

/// A place for an entry. What it holds besides stands elsewhere at its number: values of one type in a column of theirs.
#[derive(Debug)]
#[repr(align(32))]
pub(super) struct Slot {
    pub(super) key: Piece,
    /// The end of what is served without a question.
    pub(super) fresh_until: Tick,
    /// The half of the hash that the index knows.
    pub(super) hash: u32,
    /// From the lowest bit: uses, the number of the column (one too many where there is a record), that of the family.
    side: AtomicU32,
}

/// How often an entry counts as used since its turn came last; more than this makes no difference.
const MAX_USES: u32 = MOST as u32;
/// Where the bits of the column begin, and those of the family.
const COLUMN: u32 = 4;
const FAMILY: u32 = 8;
const NOBODY: u32 = u32::MAX >> FAMILY;

impl Slot {
    pub(super) fn new(key: Piece, fresh_until: Tick, hash: u32, family: u32, column: Option<u8>) -> Self {
        assert!(family < NOBODY, "sixteen million patterns and versions have entries in one shard");
        let column = u32::from(column.unwrap_or(COLUMNS));
        Self { key, fresh_until, hash, side: AtomicU32::new(family << FAMILY | column << COLUMN) }
    }

    pub(super) fn vacant() -> Self {
        Self {
            key: Piece::default(),
            fresh_until: Tick::from_nanos(0),
            hash: 0,
            side: AtomicU32::new(NOBODY << FAMILY),
        }
    }

    pub(super) fn is_vacant(&self) -> bool {
        self.family() == NOBODY
    }

    #[inline]
    pub(super) fn family(&self) -> u32 {
        self.side.load(Ordering::Relaxed) >> FAMILY
    }

    /// Returns the column that the value stands in; `None` where a record stands there.
    #[inline]
    pub(super) fn column(&self) -> Option<u8> {
        column_in(self.side.load(Ordering::Relaxed))
    }

    /// Gives the place to another entry of the same key, which takes over what uses were counted.
    pub(super) fn hand_over(&mut self, fresh_until: Tick, family: u32, column: Option<u8>) {
        let uses = *self.side.get_mut() & MAX_USES;
        *self = Self::new(self.key, fresh_until, self.hash, family, column);
        *self.side.get_mut() |= uses;
    }

    /// Notes that the entry was of use, and returns the column that its value stands in, as [`column`](Self::column) does.
    #[inline]
    pub(super) fn note_use(&self) -> Option<u8> {
        // Two readers at once may count as one; a read-modify-write would cost each of them. Nothing but uses changes while
        // there are readers.
        let side = self.side.load(Ordering::Relaxed);
        if side & MAX_USES < MAX_USES {
            self.side.store(side + 1, Ordering::Relaxed);
        }
        column_in(side)
    }

    /// Begins to count its uses anew, and returns how many there were. Nobody reads meanwhile.
    pub(super) fn take_uses(&self) -> u8 {
        let side = self.side.load(Ordering::Relaxed);
        self.side.store(side & !MAX_USES, Ordering::Relaxed);
        (side & MAX_USES).to_le_bytes()[0]
    }
}

#[inline]
fn column_in(side: u32) -> Option<u8> {
    let number = (side >> COLUMN).to_le_bytes()[0] & 0xf;
    (number < COLUMNS).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_takes_half_a_line_of_memory() {
        assert_eq!((size_of::<Slot>(), align_of::<Slot>()), (32, 32));
    }

    #[test]
    fn uses_columns_and_families_do_not_touch_each_other() {
        for (family, column) in [(0, None), (7, Some(0)), (NOBODY - 1, Some(COLUMNS - 1)), (NOBODY - 1, None)] {
            let mut slot = Slot::new([1, 2], Tick::NEVER, 3, family, column);
            (0..40).for_each(|_| _ = slot.note_use());
            assert_eq!((slot.family(), slot.column(), slot.is_vacant()), (family, column, false));
            slot.hand_over(Tick::NEVER, 8, Some(5));
            assert_eq!((slot.take_uses(), slot.take_uses()), (MOST, 0));
            assert_eq!((slot.key, slot.hash, slot.family(), slot.column()), ([1, 2], 3, 8, Some(5)));
        }
        assert!(Slot::vacant().is_vacant());
    }
}
