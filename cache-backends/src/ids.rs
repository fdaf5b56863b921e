//! Numbers that no other process draws.

use std::hash::{BuildHasher, RandomState};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

/// A source of versions, generations and names of files. Its seed is of the process, and what is drawn also depends on
/// the process's number: a fork goes another way.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    seed: RandomState,
    drawn: AtomicU64,
}

impl Ids {
    /// Draws a number of 63 bits that is not zero.
    pub(crate) fn draw(&self) -> u64 {
        self.draw_in(process::id())
    }

    fn draw_in(&self, process: u32) -> u64 {
        let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
        (self.seed.hash_one((process, drawn)) >> 1).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fork_draws_other_numbers() {
        let parent = Ids::default();
        let fork = Ids { seed: parent.seed.clone(), drawn: AtomicU64::new(0) };
        assert!((0..100).all(|_| parent.draw_in(1) != fork.draw_in(2)));
    }

    #[test]
    fn no_number_is_drawn_twice_nor_by_two() {
        let (one, other) = (Ids::default(), Ids::default());
        let drawn: std::collections::HashSet<_> = (0..1_000).flat_map(|_| [one.draw(), other.draw()]).collect();
        assert!(drawn.len() == 2_000 && drawn.iter().all(|id| *id > 0 && i64::try_from(*id).is_ok()));
    }
}
