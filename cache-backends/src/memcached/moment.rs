//! [`Moment`]: when an entry ends, in the words of a server.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Numbers of seconds up to this one are from now on; larger ones are seconds since 1970.
const MONTH: u64 = 30 * 86_400;
/// The last second since 1970 that a server can be told.
const LAST: u64 = 0x7FFF_FFFF;

/// When an entry ends, in the words of a server: `0` is never, and up to thirty days are seconds from now on.
///
/// What ends later is told as a date, by the clock of this process: there a minute is not much. What would end after the
/// last date that can be told, in January 2038, ends then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment(u64);

impl Moment {
    pub(super) const NEVER: Self = Self(0);

    /// Returns the end of what lives for so long; `None` where that is no time at all.
    pub(super) fn after(time: Option<Duration>) -> Option<Self> {
        Self::after_since(time, now())
    }

    /// Returns the moment in so many seconds of the server's: one at least.
    pub(super) fn in_seconds(seconds: u64) -> Self {
        Self::after_seconds(seconds, now())
    }

    /// A server counts whole seconds, and is somewhere in the midst of one: with one more an entry never ends too early.
    fn after_since(time: Option<Duration>, now: u64) -> Option<Self> {
        let Some(time) = time else { return Some(Self::NEVER) };
        if time.is_zero() {
            return None;
        }
        let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0 && time.as_secs() < u64::MAX);
        Some(Self::after_seconds(if seconds < MONTH { seconds + 1 } else { seconds }, now))
    }

    fn after_seconds(seconds: u64, now: u64) -> Self {
        match seconds {
            ..=MONTH => Self(seconds.max(1)),
            // Where the dates are over, or this clock is before 1970, thirty days are the most.
            _ if now <= MONTH || now >= LAST - MONTH => Self(MONTH),
            _ => Self(now.saturating_add(seconds).min(LAST)),
        }
    }
}

/// Returns the seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000;

    fn told(time: Duration) -> Option<String> {
        Moment::after_since(Some(time), NOW).map(|moment| moment.to_string())
    }

    #[test]
    fn a_time_is_rounded_up_and_never_ends_in_the_second_that_it_began_in() {
        assert_eq!(told(Duration::from_nanos(1)).as_deref(), Some("2"));
        assert_eq!(told(Duration::from_millis(1_000)).as_deref(), Some("2"));
        assert_eq!(told(Duration::from_millis(1_001)).as_deref(), Some("3"));
    }

    #[test]
    fn no_time_is_none_and_no_end_is_zero() {
        assert_eq!(told(Duration::ZERO), None);
        assert_eq!(Moment::after_since(None, NOW), Some(Moment::NEVER));
        assert_ne!(Moment::after_seconds(0, NOW), Moment::NEVER, "what has an end does not lose it");
    }

    #[test]
    fn beyond_thirty_days_a_time_is_a_date_and_never_one_of_long_ago() {
        assert_eq!(told(Duration::from_secs(MONTH - 1)), Some(MONTH.to_string()));
        assert_eq!(told(Duration::from_secs(MONTH)), Some(MONTH.to_string()));
        assert_eq!(told(Duration::from_secs(MONTH + 1)), Some((NOW + MONTH + 1).to_string()));
        assert_eq!(told(Duration::MAX), Some(LAST.to_string()), "a larger number would be one below zero");
        for now in [0, MONTH, LAST - 1, LAST, u64::MAX] {
            assert_eq!(Moment::after_seconds(MONTH + 1, now), Moment(MONTH), "at {now}");
        }
    }
}
