//! [`Backoff`]: how long a server that is away is left alone.

use std::time::Duration;

use cache_core::error::Error;
use tokio::time::Instant;

/// How long it is left alone after one failure; twice as long after each further one.
const SHORTEST: Duration = Duration::from_millis(20);
const LONGEST: Duration = Duration::from_secs(1);

/// What is remembered of failures in a row. It is of a server, whichever runtime asks.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
    last: Option<(Instant, Error)>,
}

impl Backoff {
    /// Lets a connection be opened now, and says what the last one has failed of. Where it has, others hear of it at once
    /// until this one succeeds, fails, or has had its time.
    ///
    /// # Errors
    ///
    /// What the last one has failed of, while the server is left alone.
    pub(super) fn begin(&mut self, now: Instant, within: Duration) -> Result<Option<Error>, Error> {
        match &mut self.last {
            Some((until, error)) if now < *until => Err(error.clone()),
            Some((until, error)) => {
                *until = now + within;
                Ok(Some(error.clone()))
            }
            None => Ok(None),
        }
    }

    /// Returns whether the last connection was of no use.
    #[cfg(feature = "memcached")]
    pub(super) fn is_away(&self) -> bool {
        self.last.is_some()
    }

    /// Takes note that a connection was of no use. The chance is any number.
    pub(super) fn failed(&mut self, now: Instant, error: Error, chance: u64) {
        self.last = Some((now + delay(self.failures, chance), error));
        self.failures = self.failures.saturating_add(1);
    }

    /// Takes note that the server has answered.
    pub(super) fn succeeded(&mut self) {
        *self = Self::default();
    }
}

/// Returns how long to wait after so many failures before: at least half of what is meant, so that those who lost a server
/// together do not come back together.
pub(super) fn delay(failures: u32, chance: u64) -> Duration {
    let half = SHORTEST.saturating_mul(1 << failures.min(16)).min(LONGEST) / 2;
    let range = u64::try_from(half.as_micros()).unwrap_or(u64::MAX).max(1);
    half + Duration::from_micros(chance % range)
}

#[cfg(test)]
mod tests {
    use cache_core::error::Kind;

    use super::*;

    const WITHIN: Duration = Duration::from_secs(2);

    fn away() -> Error {
        Error::new(Kind::Store, "away")
    }

    #[test]
    fn it_waits_longer_each_time_but_never_longer_than_a_second() {
        for (failures, half) in [(0, 10), (1, 20), (2, 40), (5, 320), (6, 500), (u32::MAX, 500)] {
            let half = Duration::from_millis(half);
            assert_eq!(delay(failures, 0), half);
            for chance in [1, 12_345, u64::MAX] {
                assert!((half..half * 2).contains(&delay(failures, chance)), "{failures}");
            }
        }
    }

    #[test]
    fn whoever_comes_while_it_is_left_alone_hears_of_the_last_failure() {
        let (mut backoff, now) = (Backoff::default(), Instant::now());
        assert!(backoff.begin(now, WITHIN).is_ok_and(|last| last.is_none()));
        backoff.failed(now, away(), 0);
        assert!(backoff.begin(now + Duration::from_millis(9), WITHIN).is_err());
        assert!(backoff.begin(now + Duration::from_millis(10), WITHIN).is_ok_and(|last| last.is_some()));
    }

    #[test]
    fn one_tries_it_again_and_the_others_do_not_wait_for_him() {
        let (mut backoff, now) = (Backoff::default(), Instant::now());
        backoff.failed(now, away(), 0);
        let later = now + LONGEST;
        assert!(backoff.begin(later, WITHIN).is_ok());
        assert!(backoff.begin(later, WITHIN).is_err());
        assert!(backoff.begin(later + WITHIN, WITHIN).is_ok(), "he has had his time");
        backoff.succeeded();
        assert!(backoff.begin(later, WITHIN).is_ok_and(|last| last.is_none()));
    }
}
