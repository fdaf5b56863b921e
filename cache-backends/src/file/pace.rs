//! When room is to be made: now and then, and at once where a store is over its bounds.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8, Ordering};

use super::Config;
use super::book::Counts;
use super::census::Sum;

/// How many writes there are at least between two looks into drawers whose turn it is.
const WRITES: u64 = 32;

/// When there is something to be done.
#[derive(Debug)]
pub(super) struct Pace {
    writes_left: AtomicI64,
    is_under_way: AtomicBool,
    turn: AtomicU8,
}

/// How full a store is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub(super) enum Fullness {
    Within,
    Over,
    /// So far over that whoever writes has to wait.
    Far,
}

impl Pace {
    /// Begins somewhere: many short programs come round to all drawers too.
    pub(super) fn new(drawn: u64) -> Self {
        let [turn, writes, ..] = drawn.to_le_bytes();
        let writes_left = AtomicI64::new(i64::from(writes) % WRITES.cast_signed());
        Self { writes_left, is_under_way: AtomicBool::new(false), turn: AtomicU8::new(turn) }
    }

    /// Notes a write, and returns whether culling is to begin with it.
    pub(super) fn is_due(&self, fullness: Fullness) -> bool {
        let is_time = self.writes_left.fetch_sub(1, Ordering::Relaxed) <= 0;
        (is_time || fullness > Fullness::Within) && !self.is_under_way.swap(true, Ordering::AcqRel)
    }

    pub(super) fn next_turn(&self) -> u8 {
        self.turn.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn end(&self, config: &Config, sum: Sum, counts: Counts) {
        // As many as are looked at, so that a write costs about one look; and often enough for a small store.
        let looked_at = (counts.entries + counts.removals).max(WRITES);
        let bound = if config.is_bounded() { (sum.entries / 64).max(1) } else { looked_at };
        self.writes_left.store(looked_at.min(bound).cast_signed(), Ordering::Relaxed);
        self.is_under_way.store(false, Ordering::Release);
    }
}

/// Returns how full the store is, as far as this process knows.
pub(super) fn fullness(config: &Config, sum: Sum) -> Fullness {
    let of = |is: u64, max: Option<u64>| match max {
        Some(max) if is > max.saturating_add(max / 16) => Fullness::Far,
        Some(max) if is > max => Fullness::Over,
        _ => Fullness::Within,
    };
    let (entries, bytes) = (of(sum.entries, config.max_entries), of(sum.bytes, config.max_bytes));
    if entries > bytes { entries } else { bytes }
}
