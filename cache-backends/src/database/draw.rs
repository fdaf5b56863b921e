//! What is drawn: versions, and who culls.

use std::sync::LazyLock;

use crate::ids::Ids;

/// Returns a number that nobody can foresee, and no other process draws.
fn draw() -> u64 {
    static IDS: LazyLock<Ids> = LazyLock::new(Ids::default);
    IDS.draw()
}

/// Returns a version for an entry: above 0, and even, as a tombstone tells by the last bit what it has taken the place of.
pub(super) fn version() -> i64 {
    draw().cast_signed() & !1 | 2
}

/// Returns a version for a mark: above 0, and so small that millions of them can be added up.
pub(super) fn mark() -> i64 {
    (draw() >> 23).cast_signed() | 1
}

/// Returns whether one of so many is drawn, where one in `odds` is.
pub(super) fn wins(tickets: usize, odds: u64) -> bool {
    draw() % odds.max(1) < tickets as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_even_and_marks_can_be_added_up() {
        for _ in 0..1_000 {
            let (version, mark) = (version(), mark());
            assert!(version >= 2 && version % 2 == 0 && version < i64::MAX, "{version}");
            assert!((1..1 << 40).contains(&mark), "{mark}");
        }
    }

    #[test]
    fn one_in_so_many_wins() {
        let won = (0..64_000).filter(|_| wins(1, 64)).count();
        assert!((500..2_000).contains(&won), "{won} of 64,000 won where one in 64 does");
        assert!(wins(64, 64) && wins(1, 1) && wins(1, 0) && !wins(0, 64));
    }
}
