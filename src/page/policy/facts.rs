//! What a stored response is worth: computed once, when it is kept.

use serde::{Deserialize, Serialize};

/// What a stored response is worth: numbers and flags, so that a hit only compares. Times are in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is decided for itself")]
pub(crate) struct Facts {
    /// When the response was made, as its `Date`, its `Age` and the time on the way say: `now - born` is its age (RFC
    /// 9111, 4.2.3).
    pub(crate) born: u64,
    /// How long from `born` it is fresh.
    pub(crate) fresh: u64,
    /// How long after that it may be served while another is made.
    pub(crate) stale: u64,
    /// How long after that it may be served when making another fails.
    pub(crate) stale_if_error: u64,
    /// Never used without asking: `no-cache`, or nobody can tell how old it is.
    pub(crate) always_ask: bool,
    /// Never stale, whatever a client or a site says: `must-revalidate`, `proxy-revalidate`, `s-maxage`.
    pub(crate) never_stale: bool,
    /// May answer requests with `Authorization`.
    pub(crate) for_authorized: bool,
    /// Has something to ask with: `ETag` or `Last-Modified`.
    pub(crate) validator: bool,
}

/// How long at least a response is kept that can be asked for with its validator.
const HOUR: u64 = 3_600_000;

impl Facts {
    /// Returns the age in seconds.
    pub(crate) fn age(&self, now: u64) -> u64 {
        self.lived(now) / 1000
    }

    /// Returns for how many seconds it is still fresh; negative once it is not.
    pub(crate) fn left(&self, now: u64) -> i64 {
        let end = self.born.saturating_add(self.fresh);
        // Whole seconds, downwards: half a second too late is a second.
        let left = if end >= now { (end - now) / 1000 } else { (now - end).div_ceil(1000) };
        let left = i64::try_from(left).unwrap_or(i64::MAX);
        if end >= now { left } else { -left }
    }

    /// Returns until when it is worth keeping: until it cannot be served any more, and with a validator for as long
    /// again as it was fresh, at least an hour, to be asked for.
    pub(crate) fn kept_until(&self) -> u64 {
        let asked_for = if self.validator { self.fresh.max(HOUR) } else { 0 };
        let after = self.stale.max(self.stale_if_error).max(asked_for);
        self.born.saturating_add(self.fresh).saturating_add(after)
    }

    /// Returns how much longer it is served without a question; `None`: for ever.
    #[cfg(feature = "panel")]
    pub(crate) fn fresh_for(&self, now: u64) -> Option<u64> {
        match self.fresh {
            _ if self.always_ask => Some(0),
            u64::MAX => None,
            fresh => Some(fresh.saturating_sub(self.lived(now))),
        }
    }

    /// Makes it end no later than after this time from now, and says whether that is sooner than before.
    pub(crate) fn shorten(&mut self, time: u64, now: u64) -> bool {
        let fresh = self.lived(now).saturating_add(time);
        let is_sooner = fresh < self.fresh;
        self.fresh = self.fresh.min(fresh);
        is_sooner
    }

    /// Returns whether it can be used at all: at once, stale, or after asking.
    pub(super) fn is_of_use(&self, now: u64) -> bool {
        (self.validator || !self.always_ask) && self.kept_until() > now
    }

    pub(super) fn lived(&self, now: u64) -> u64 {
        now.saturating_sub(self.born)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fresh_for(fresh: u64) -> Facts {
        Facts {
            born: 10_000,
            fresh,
            stale: 0,
            stale_if_error: 0,
            always_ask: false,
            never_stale: false,
            for_authorized: false,
            validator: false,
        }
    }

    #[test]
    fn age_and_what_is_left_of_the_freshness_are_whole_seconds() {
        let facts = fresh_for(2000);
        let at = |now| (facts.age(now), facts.left(now));
        let table = [(9000, (0, 3)), (10_000, (0, 2)), (10_999, (0, 1)), (12_000, (2, 0)), (12_001, (2, -1))];
        for (now, expected) in table {
            assert_eq!(at(now), expected, "{now}");
        }
    }

    #[test]
    fn a_page_is_kept_for_its_last_use_and_with_a_validator_at_least_an_hour_more() {
        let facts = fresh_for(2000);
        assert_eq!(facts.kept_until(), 12_000);
        assert_eq!(Facts { stale: 5, stale_if_error: 7, ..facts.clone() }.kept_until(), 12_007);
        assert_eq!(Facts { validator: true, ..facts.clone() }.kept_until(), 12_000 + HOUR);
        assert_eq!(Facts { validator: true, fresh: 3 * HOUR, ..facts }.kept_until(), 10_000 + 6 * HOUR);
    }

    #[test]
    fn a_page_can_be_made_to_end_sooner_and_not_later() {
        // After so many milliseconds it is said to last so much longer.
        let table = [
            ((0, 0), (true, 0)),
            ((0, 1999), (true, 1999)),
            ((999, 1000), (true, 1999)),
            ((1000, 1000), (false, 2000)),
            ((5000, 0), (false, 2000)),
            ((0, u64::MAX), (false, 2000)),
        ];
        for ((after, time), expected) in table {
            let mut facts = fresh_for(2000);
            assert_eq!((facts.shorten(time, facts.born + after), facts.fresh), expected, "{after} {time}");
        }
    }

    #[test]
    fn absurd_numbers_are_no_panic() {
        let numbers = [0, 1, u64::MAX / 2, i64::MAX.unsigned_abs(), u64::MAX - 1, u64::MAX];
        for (born, fresh) in numbers.into_iter().flat_map(|born| numbers.map(|fresh| (born, fresh))) {
            for now in numbers {
                let facts = Facts { born, stale: fresh, validator: true, ..fresh_for(fresh) };
                assert!(facts.age(now) <= now / 1000);
                assert!(facts.left(now) > 0 || facts.kept_until() >= born);
                assert!(facts.kept_until() >= facts.born.saturating_add(facts.fresh));
            }
        }
    }
}
