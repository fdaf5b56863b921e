//! How old a response is when it comes, and how long it is fresh (RFC 9111, 4.2).

use http::HeaderMap;
use http::header::{AGE, DATE, EXPIRES, LAST_MODIFIED};

use super::Times;
use crate::page::grammar::{Directives, age, date};

/// How long a guess may reach, in seconds: a week. A page that was modified long ago may be modified today.
const LONGEST_GUESS: u64 = 604_800;

/// Returns when a response was made, in milliseconds, as the most careful of those who know it says (RFC 9111, 4.2.3).
///
/// The time on the way counts for a response that comes from somewhere, which `Date` or `Age` on it show. One without
/// either was made right here, and the time that took was spent before it was born.
pub(super) fn birth(headers: &HeaderMap, times: Times) -> u64 {
    let apparent = date::of(headers, &DATE, times.seconds()).map_or(0, |date| times.seconds().saturating_sub(date));
    let travelled = headers.contains_key(AGE) || headers.contains_key(DATE);
    let way = if travelled { times.answered.saturating_sub(times.asked) } else { 0 };
    let age = millis(age::of(headers)).saturating_add(way).max(millis(apparent));
    times.answered.saturating_sub(age)
}

/// Returns how long a response says that it is fresh, in seconds; `targeted` without a look at `Expires`.
pub(super) fn explicit(said: &Directives, targeted: bool, headers: &HeaderMap, times: Times) -> Option<u64> {
    let expires = || if targeted { None } else { expires(headers, times) };
    said.s_maxage.or(said.max_age).or_else(expires)
}

/// Returns how long `Expires` says that it is fresh: what is said twice, or is no date, is over (RFC 9111, 5.3).
fn expires(headers: &HeaderMap, times: Times) -> Option<u64> {
    headers.contains_key(EXPIRES).then(|| {
        let end = date::of(headers, &EXPIRES, times.seconds()).unwrap_or(0);
        end.saturating_sub(made(headers, times))
    })
}

/// Returns a tenth of the time since the response was last modified, in seconds (RFC 9111, 4.2.2).
pub(super) fn guess(headers: &HeaderMap, times: Times) -> Option<u64> {
    let modified = date::of(headers, &LAST_MODIFIED, times.seconds())?;
    Some((made(headers, times).saturating_sub(modified) / 10).min(LONGEST_GUESS)).filter(|guess| *guess > 0)
}

fn made(headers: &HeaderMap, times: Times) -> u64 {
    date::of(headers, &DATE, times.seconds()).unwrap_or(times.seconds())
}

pub(super) const fn millis(seconds: u64) -> u64 {
    seconds.saturating_mul(1000)
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    type Line<'a> = (HeaderName, &'a str);

    /// 1 January 2026.
    const NOW: u64 = 1_767_225_600;

    fn headers(lines: &[Line]) -> HeaderMap {
        let value = |text: &str| HeaderValue::from_str(text).expect("a value");
        lines.iter().map(|(name, text)| (name.clone(), value(text))).collect()
    }

    fn at(seconds: i64) -> String {
        let date = date::write(NOW.saturating_add_signed(seconds));
        date.to_str().expect("a date is ASCII").to_owned()
    }

    fn age_after(way: u64, lines: &[Line]) -> u64 {
        let answered = NOW * 1000 + 900;
        answered - birth(&headers(lines), Times { asked: answered - way, answered, good_for: None })
    }

    #[test]
    fn a_response_is_as_old_as_the_most_careful_one_says() {
        let (past, now, future) = (at(-7200), at(0), at(60));
        let table: [(u64, &[Line], u64); 9] = [
            (0, &[], 0),
            (0, &[(DATE, &now)], 0),
            (0, &[(DATE, &past)], 7_200_000),
            (0, &[(DATE, &future)], 0),
            (0, &[(DATE, "foo"), (AGE, "25")], 25_000),
            (0, &[(DATE, &past), (AGE, "25")], 7_200_000),
            (0, &[(DATE, &now), (AGE, "25")], 25_000),
            (1500, &[(DATE, &now), (AGE, "25")], 26_500),
            (1500, &[(DATE, &now)], 1500),
        ];
        for (way, lines, expected) in table {
            assert_eq!(age_after(way, lines), expected, "{way} {lines:?}");
        }
    }

    #[test]
    fn a_response_that_was_made_here_is_as_young_as_can_be_however_long_that_took() {
        assert_eq!(age_after(30_000, &[]), 0);
    }

    #[test]
    fn times_are_obeyed_in_their_order() {
        let (later, earlier, now) = (at(50), at(-50), at(0));
        let cc = http::header::CACHE_CONTROL;
        let table: [(&[Line], Option<u64>); 12] = [
            (&[], None),
            (&[(EXPIRES, &later)], Some(50)),
            (&[(EXPIRES, &later), (DATE, &earlier)], Some(100)),
            (&[(EXPIRES, &earlier), (DATE, &now)], Some(0)),
            (&[(EXPIRES, &later), (DATE, "foo")], Some(50)),
            (&[(EXPIRES, "0")], Some(0)),
            (&[(EXPIRES, &later), (EXPIRES, &later)], Some(0)),
            (&[(EXPIRES, &later), (cc.clone(), "max-age=7")], Some(7)),
            (&[(EXPIRES, "0"), (cc.clone(), "max-age=7")], Some(7)),
            (&[(EXPIRES, &later), (cc.clone(), "max-age=0")], Some(0)),
            (&[(cc.clone(), "max-age=7, s-maxage=9")], Some(9)),
            (&[(cc.clone(), "s-maxage=1"), (cc, "max-age=7")], Some(1)),
        ];
        let times = Times { asked: NOW * 1000, answered: NOW * 1000, ..Times::default() };
        for (lines, expected) in table {
            let map = headers(lines);
            assert_eq!(explicit(&Directives::of(&map), false, &map, times), expected, "{lines:?}");
        }
        let map = headers(&[(EXPIRES, &later)]);
        assert_eq!(explicit(&Directives::default(), true, &map, times), None);
    }

    #[test]
    fn a_guess_is_a_tenth_and_at_most_a_week() {
        let times = Times { asked: NOW * 1000, answered: NOW * 1000, ..Times::default() };
        let table =
            [(-86_400, Some(8640)), (-5, None), (-10, Some(1)), (60, None), (-400_000_000, Some(LONGEST_GUESS))];
        for (modified, expected) in table {
            assert_eq!(guess(&headers(&[(LAST_MODIFIED, &at(modified))]), times), expected, "{modified}");
        }
        assert_eq!(guess(&headers(&[]), times), None);
        let dated = headers(&[(LAST_MODIFIED, &at(-200)), (DATE, &at(-100))]);
        assert_eq!(guess(&dated, times), Some(10), "the tenth is one of the time before `Date`");
    }
}
