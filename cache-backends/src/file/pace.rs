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
        // A write costs about two looks: were it one, a store of which each write leaves something behind would never become
        // smaller; and often enough for a small store. What was written meanwhile counts, else it would grow by that.
        let looks = counts.entries.midpoint(counts.removals).max(WRITES);
        let bound = if config.is_bounded() { (sum.entries / 64).max(1) } else { looks };
        let writes = looks.min(bound).cast_signed();
        let meanwhile = self.writes_left.load(Ordering::Relaxed).clamp(-writes, 0);
        self.writes_left.store(writes + meanwhile, Ordering::Relaxed);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_while_a_drawer_is_looked_through_counts() {
        let (config, counts) = (Config::new("folder"), Counts { removals: 200, ..Counts::NOTHING });
        let pace = Pace::new(0);
        let writes_to_the_next = || (1..=1_000).find(|_| pace.is_due(Fullness::Within));
        let ends_after = |writes: u32| {
            (0..writes).for_each(|_| assert!(!pace.is_due(Fullness::Within), "it is under way"));
            pace.end(&config, Sum::default(), counts);
        };
        assert_eq!(writes_to_the_next(), Some(1));
        ends_after(0);
        assert_eq!(writes_to_the_next(), Some(100), "two looks for each, of which one was there before");
        ends_after(60);
        assert!(writes_to_the_next().is_some_and(|writes| writes < 50), "they are paid for");
        ends_after(10_000);
        assert_eq!(writes_to_the_next(), Some(1), "it is behind");
    }
}
