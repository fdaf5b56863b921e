//! How much a store in a table is to hold.

/// How much a store is to hold, and how it makes room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    /// How many live entries; `None` is without a bound.
    pub max_entries: Option<u64>,
    /// The largest value that it takes.
    pub max_value_bytes: Option<u64>,
    /// One entry in so many goes when there are too many.
    pub cull_frequency: Option<u32>,
}

impl Limits {
    /// One in so many writes looks for what is too old.
    pub(super) const PURGE: u64 = 64;

    /// Returns how many writes there are to one that counts: so few that the bound is kept within some three per cent.
    pub(super) fn writes_to_a_count(&self) -> Option<u64> {
        self.max_entries.map(|most| (most / 32).max(4))
    }

    /// Returns how many of so many entries are to go.
    pub(super) fn excess(&self, entries: u64) -> u64 {
        let Some(most) = self.max_entries.filter(|most| entries > *most) else { return 0 };
        entries - most + most / u64::from(self.cull_frequency.unwrap_or(20).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_goes_and_a_little_more() {
        let limits = Limits { max_entries: Some(100), ..Limits::default() };
        assert_eq!([99, 100, 101, 130].map(|entries| limits.excess(entries)), [0, 0, 6, 35]);
        let third = Limits { cull_frequency: Some(3), ..limits };
        assert_eq!(third.excess(101), 34);
        let all = Limits { cull_frequency: Some(1), ..limits };
        assert_eq!((all.excess(101), Limits::default().excess(u64::MAX)), (101, 0));
    }

    #[test]
    fn a_count_is_rare_and_the_rarer_the_more_there_is_room_for() {
        let odds = |max_entries| Limits { max_entries, ..Limits::default() }.writes_to_a_count();
        assert_eq!([None, Some(0), Some(1_000), Some(1_000_000)].map(odds), [None, Some(4), Some(31), Some(31_250)]);
    }
}
