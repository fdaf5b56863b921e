//! What a stored response may do for a request, now: only numbers and flags.

use http::StatusCode;

use super::fresh::millis;
use super::{Facts, Wanted};

/// What a stored response may do for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reuse {
    /// It answers.
    Fresh,
    /// It answers, and another is made behind the answer.
    Stale,
    /// The handler is asked first, with the validators of the stored response. `if_error`: it answers if that fails.
    Ask { if_error: bool },
    /// Nothing: the handler is asked as if nothing was stored, since what is stored is not for this request.
    Nothing,
}

/// How far ahead of the clock a response may be born, in milliseconds: machines differ by seconds. A page that is
/// further ahead was made before the clock was turned back, and nobody knows how old it is.
const AHEAD: u64 = 60_000;

impl Facts {
    /// Says what a stored response may do for a request.
    ///
    /// A request that is `only_if_cached` is answered with 504 where this is not [`Reuse::Fresh`] or [`Reuse::Stale`].
    pub(crate) fn reuse(&self, wanted: &Wanted, now: u64) -> Reuse {
        if wanted.authorized && !self.for_authorized {
            return Reuse::Nothing;
        }
        let lived = self.lived(now);
        if !must_ask(wanted, self, lived, now) {
            if lived < self.fresh {
                return Reuse::Fresh;
            }
            if is_within(lived, self, stale(wanted, self)) {
                return Reuse::Stale;
            }
        }
        Reuse::Ask { if_error: !self.always_ask && is_within(lived, self, on_error(wanted, self)) }
    }
}

fn must_ask(wanted: &Wanted, facts: &Facts, lived: u64, now: u64) -> bool {
    let too_old = wanted.max_age.is_some_and(|most| lived / 1000 > most);
    let ends_too_soon = wanted.min_fresh.is_some_and(|least| facts.fresh.saturating_sub(lived) < millis(least).max(1));
    let from_the_future = facts.born.saturating_sub(now) > AHEAD;
    facts.always_ask || wanted.no_cache || too_old || ends_too_soon || from_the_future
}

/// Returns how long after its time it may be served, in milliseconds, as it says itself or a client does.
///
/// Who says how old it may be, and not how stale, will have nothing stale (RFC 9111, 5.2.1.1).
fn stale(wanted: &Wanted, facts: &Facts) -> u64 {
    let own = if wanted.max_age.is_some() { 0 } else { facts.stale };
    own.max(asked_for(wanted.max_stale, facts))
}

/// Returns how long after its time it may be served when asking fails; `None`: a client that will have nothing without asking
/// is not fobbed off, unless it says so.
fn on_error(wanted: &Wanted, facts: &Facts) -> Option<u64> {
    let own = (!wanted.no_cache).then_some(facts.stale_if_error.max(stale(wanted, facts)));
    let theirs = wanted.stale_if_error.map(|most| asked_for(Some(most), facts));
    own.max(theirs)
}

fn asked_for(most: Option<u64>, facts: &Facts) -> u64 {
    most.filter(|_| !facts.never_stale).map_or(0, millis)
}

fn is_within(lived: u64, facts: &Facts, after: impl Into<Option<u64>>) -> bool {
    after.into().is_some_and(|after| lived < facts.fresh.saturating_add(after))
}

/// Returns whether an answer is a failure that something stored may stand in for (RFC 5861, 4).
pub(crate) fn is_failure(status: StatusCode) -> bool {
    matches!(status.as_u16(), 500 | 502 | 503 | 504)
}

/// Returns whether a response says nothing of the page, but that it cannot be had at the moment.
pub(crate) fn is_of_the_moment(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fresh for 10 seconds, stale for 5 more, and for 20 more on an error.
    const FACTS: Facts = Facts {
        born: 1_000_000,
        fresh: 10_000,
        stale: 5000,
        stale_if_error: 20_000,
        always_ask: false,
        never_stale: false,
        for_authorized: false,
        validator: true,
    };
    const ANY: Wanted = Wanted {
        head: false,
        authorized: false,
        no_cache: false,
        only_if_cached: false,
        max_age: None,
        min_fresh: None,
        max_stale: None,
        stale_if_error: None,
    };
    const ASK: Reuse = Reuse::Ask { if_error: false };
    const ASK_OR_SPARE: Reuse = Reuse::Ask { if_error: true };

    /// What it may do after so many milliseconds.
    fn after(wanted: Wanted, facts: &Facts, millis: u64) -> Reuse {
        facts.reuse(&wanted, facts.born + millis)
    }

    #[test]
    fn fresh_comes_before_stale_and_stale_before_spare() {
        let table = [
            (0, Reuse::Fresh),
            (9999, Reuse::Fresh),
            (10_000, Reuse::Stale),
            (14_999, Reuse::Stale),
            (15_000, ASK_OR_SPARE),
            (29_999, ASK_OR_SPARE),
            (30_000, ASK),
        ];
        for (millis, expected) in table {
            assert_eq!(after(ANY, &FACTS, millis), expected, "{millis}");
        }
    }

    #[test]
    fn a_client_may_want_more_than_fresh() {
        let table = [
            (Wanted { max_age: Some(3), ..ANY }, 3999, Reuse::Fresh),
            (Wanted { max_age: Some(3), ..ANY }, 4000, ASK_OR_SPARE),
            (Wanted { max_age: Some(12), ..ANY }, 12_000, ASK_OR_SPARE),
            (Wanted { max_age: Some(12), max_stale: Some(3), ..ANY }, 12_000, Reuse::Stale),
            (Wanted { min_fresh: Some(4), ..ANY }, 6000, Reuse::Fresh),
            (Wanted { min_fresh: Some(4), ..ANY }, 6001, ASK_OR_SPARE),
            (Wanted { min_fresh: Some(u64::MAX), ..ANY }, 0, ASK_OR_SPARE),
            (Wanted { no_cache: true, ..ANY }, 0, ASK),
            (Wanted { no_cache: true, stale_if_error: Some(60), ..ANY }, 0, ASK_OR_SPARE),
        ];
        for (wanted, millis, expected) in table {
            assert_eq!(after(wanted, &FACTS, millis), expected, "{wanted:?} {millis}");
        }
    }

    #[test]
    fn a_client_may_want_less_than_fresh_unless_the_response_forbids_it() {
        let forbidden = Facts { never_stale: true, stale: 0, stale_if_error: 0, ..FACTS };
        let table = [
            (Wanted { max_stale: Some(30), ..ANY }, 39_999, Reuse::Stale, ASK),
            (Wanted { max_stale: Some(30), ..ANY }, 40_000, ASK, ASK),
            (Wanted { max_stale: Some(u64::MAX), ..ANY }, 1_000_000_000, Reuse::Stale, ASK),
            (Wanted { stale_if_error: Some(60), ..ANY }, 69_999, ASK_OR_SPARE, ASK),
            (Wanted { stale_if_error: Some(60), ..ANY }, 70_000, ASK, ASK),
            (Wanted { max_stale: Some(1), stale_if_error: Some(1), ..ANY }, 9999, Reuse::Fresh, Reuse::Fresh),
        ];
        for (wanted, millis, lent, kept) in table {
            assert_eq!(after(wanted, &FACTS, millis), lent, "{wanted:?} {millis}");
            assert_eq!(after(wanted, &forbidden, millis), kept, "{wanted:?} {millis}");
        }
    }

    #[test]
    fn what_is_always_asked_for_is_no_spare_either() {
        let facts = Facts { always_ask: true, ..FACTS };
        let generous = Wanted { max_stale: Some(u64::MAX), stale_if_error: Some(u64::MAX), ..ANY };
        assert_eq!(after(ANY, &facts, 0), ASK);
        assert_eq!(after(generous, &facts, 12_000), ASK);
    }

    #[test]
    fn a_request_with_authorization_gets_what_is_for_it_or_nothing() {
        let authorized = Wanted { authorized: true, ..ANY };
        assert_eq!(after(authorized, &FACTS, 0), Reuse::Nothing);
        assert_eq!(after(authorized, &Facts { for_authorized: true, ..FACTS }, 0), Reuse::Fresh);
    }

    #[test]
    fn a_page_from_the_future_is_asked_for_unless_clocks_may_differ_by_that() {
        let at = |now| FACTS.reuse(&ANY, now);
        assert_eq!(at(FACTS.born - AHEAD), Reuse::Fresh);
        assert_eq!(at(FACTS.born - AHEAD - 1), ASK_OR_SPARE);
    }

    #[test]
    fn absurd_numbers_are_no_panic_and_less_time_left_is_never_more_use() {
        let numbers = [0, 1, 999, 1_000_000, u64::MAX - 1, u64::MAX];
        let rank = |reuse| match reuse {
            Reuse::Fresh => 0,
            Reuse::Stale => 1,
            Reuse::Ask { if_error: true } => 2,
            Reuse::Ask { if_error: false } | Reuse::Nothing => 3,
        };
        for fresh in numbers {
            for stale in numbers {
                let facts = Facts { born: 0, fresh, stale, stale_if_error: stale, ..FACTS };
                for most in numbers.map(Some).into_iter().chain([None]) {
                    let wanted =
                        Wanted { max_age: most, min_fresh: most, max_stale: most, stale_if_error: most, ..ANY };
                    let ranks = numbers.map(|now| rank(facts.reuse(&wanted, now)));
                    assert!(ranks.is_sorted(), "{wanted:?} {facts:?} {ranks:?}");
                }
            }
        }
    }
}
