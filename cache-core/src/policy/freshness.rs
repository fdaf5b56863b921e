//! What a record is worth: pure functions of its times and now.

use std::time::Duration;

use super::chance::early_from;
use super::{Options, Ttl};
use crate::clock::Tick;
use crate::record::{Record, Times};

/// How long a value is kept where neither the site nor its cache says so.
pub(crate) const DEFAULT_TIME: Duration = Duration::from_secs(300);

/// What a record is worth now.
///
/// ```
/// use std::time::Duration;
/// use cache_core::clock::Clock;
/// use cache_core::policy::{Freshness, Options, Ttl, freshness, times};
///
/// let (now, second) = (Clock::manual().now(), Duration::from_secs(1));
/// let options = Options::ttl(10).stale(5);
/// let made = times(&options, Ttl::Default, 0.0, now).expect("it is kept");
/// let at = |seconds| freshness(made, &options, now.after(seconds * second));
/// assert_eq!([at(9), at(10), at(15)], [Freshness::Fresh, Freshness::Stale, Freshness::Gone]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// It is served.
    Fresh,
    /// It is served, and one caller should load it anew already.
    Ahead,
    /// It is served while one caller loads it anew.
    Stale,
    /// It is served only when loading it anew fails.
    Spare,
    /// It is not served.
    Gone,
}

/// Returns the times of a value made now, or `None` when it is not to be kept.
///
/// `usual` is the time of the cache, and `draw` a number from 0 to 1 that decides how much of the jitter this value gets.
#[must_use]
pub fn times(options: &Options, usual: Ttl, draw: f32, now: Tick) -> Option<Times> {
    let ttl = if options.ttl == Ttl::Default { usual } else { options.ttl };
    let ttl = match ttl {
        Ttl::Default => DEFAULT_TIME,
        Ttl::For(time) => time,
        Ttl::Forever => return Some(Times { created: now, fresh_until: Tick::NEVER, kept_until: Tick::NEVER }),
    };
    if ttl.is_zero() {
        return None;
    }
    let early = part_of(ttl, options.jitter.clamp(0.0, 1.0) * draw.clamp(0.0, 1.0));
    let ttl = ttl.saturating_sub(early);
    let fresh_until = now.after(ttl);
    let kept_until = fresh_until.after(options.stale.max(options.stale_if_error));
    Some(Times { created: now, fresh_until, kept_until })
}

/// Returns how long a value is kept that is to be kept so long, and no longer than `most`; `usual` is the time of the cache.
///
/// ```
/// use std::time::Duration;
/// use cache_core::policy::{Ttl, at_most};
///
/// let [minute, hour] = [60, 3600].map(Duration::from_secs);
/// assert_eq!(at_most(Ttl::For(hour), Ttl::Default, minute), Ttl::For(minute));
/// assert_eq!(at_most(Ttl::Default, Ttl::For(minute), hour), Ttl::For(minute));
/// assert_eq!(at_most(Ttl::Forever, Ttl::Default, hour), Ttl::For(hour));
/// ```
#[must_use]
pub fn at_most(ttl: Ttl, usual: Ttl, most: Duration) -> Ttl {
    match if ttl == Ttl::Default { usual } else { ttl } {
        Ttl::Default => Ttl::For(most.min(DEFAULT_TIME)),
        Ttl::For(time) => Ttl::For(most.min(time)),
        Ttl::Forever => Ttl::For(most),
    }
}

/// Returns what a record with these times is worth now. At its very end a value is no longer fresh.
#[must_use]
#[inline]
pub fn freshness(times: Times, options: &Options, now: Tick) -> Freshness {
    if now < times.fresh_until {
        return match options.refresh_ahead {
            Some(part) if is_ahead(times, part, now) => Freshness::Ahead,
            _ => Freshness::Fresh,
        };
    }
    if now >= times.kept_until {
        Freshness::Gone
    } else if now < times.fresh_until.after(options.stale) {
        Freshness::Stale
    } else if now < times.fresh_until.after(options.stale_if_error) {
        Freshness::Spare
    } else {
        Freshness::Gone
    }
}

/// Returns the same of a record that has drawn this [lead](super::lead).
#[must_use]
#[inline]
pub fn freshness_by_chance(times: Times, lead: Duration, options: &Options, now: Tick) -> Freshness {
    match freshness(times, options, now) {
        Freshness::Fresh if options.early.is_some() && early_from(times, lead).is_some_and(|from| now >= from) => {
            Freshness::Ahead
        }
        freshness => freshness,
    }
}

impl<V: ?Sized> Record<V> {
    /// Returns what it is worth now.
    #[inline]
    pub(crate) fn freshness(&self, options: &Options, now: Tick) -> Freshness {
        freshness_by_chance(self.times(), self.lead(), options, now)
    }
}

/// Returns until when a record with these times, that has drawn this [lead](super::lead), is fresh beyond all question.
#[must_use]
pub fn fresh_until(times: Times, lead: Duration, options: &Options) -> Tick {
    let early = options.early.and_then(|_| early_from(times, lead));
    fresh_until_ahead(times, options).min(early.unwrap_or(Tick::NEVER))
}

fn fresh_until_ahead(times: Times, options: &Options) -> Tick {
    match options.refresh_ahead {
        Some(part) if times.fresh_until != Tick::NEVER => {
            let lifetime = times.fresh_until.since(times.created);
            times.created.after(part_of(lifetime, part.clamp(0.0, 1.0))).min(times.fresh_until)
        }
        _ => times.fresh_until,
    }
}

fn is_ahead(times: Times, part: f32, now: Tick) -> bool {
    let lifetime = times.fresh_until.since(times.created);
    times.fresh_until != Tick::NEVER && now.since(times.created) >= part_of(lifetime, part.clamp(0.0, 1.0))
}

/// Returns a part, from 0 to 1, of a time; of one that no clock will see the end of, the part that a clock might.
fn part_of(time: Duration, part: f32) -> Duration {
    time.min(Duration::from_nanos(u64::MAX)).mul_f64(f64::from(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Tick = Tick::from_nanos(1_000_000_000_000);

    fn after(seconds: f64) -> Tick {
        START.after(Duration::from_secs_f64(seconds))
    }

    fn made(options: &Options) -> Times {
        times(options, Ttl::Default, 0.0, START).expect("a time over zero")
    }

    #[test]
    fn a_value_is_fresh_until_its_very_end_and_no_longer() {
        let options = Options::ttl(10);
        assert_eq!(freshness(made(&options), &options, after(9.999)), Freshness::Fresh);
        assert_eq!(freshness(made(&options), &options, after(10.0)), Freshness::Gone);
    }

    #[test]
    fn stale_comes_before_spare_and_spare_before_gone() {
        let options = Options::ttl(10).stale(5).stale_if_error(20);
        let at = |seconds| freshness(made(&options), &options, after(seconds));
        assert_eq!(at(14.9), Freshness::Stale);
        assert_eq!(at(15.0), Freshness::Spare);
        assert_eq!(at(29.9), Freshness::Spare);
        assert_eq!(at(30.0), Freshness::Gone);
    }

    #[test]
    fn a_site_that_never_asked_for_stale_values_does_not_get_those_of_another() {
        let generous = Options::ttl(10).stale(60);
        let times = made(&generous);
        assert_eq!(freshness(times, &generous, after(11.0)), Freshness::Stale);
        assert_eq!(freshness(times, &Options::ttl(10), after(11.0)), Freshness::Gone);
    }

    #[test]
    fn refresh_ahead_begins_after_its_part_of_the_time_and_never_for_what_is_kept_for_ever() {
        let options = Options::ttl(10).refresh_ahead(0.8);
        assert_eq!(freshness(made(&options), &options, after(7.9)), Freshness::Fresh);
        assert_eq!(freshness(made(&options), &options, after(8.1)), Freshness::Ahead);
        let forever = Options::forever().refresh_ahead(0.8);
        assert_eq!(freshness(made(&forever), &forever, after(1e9)), Freshness::Fresh);
    }

    #[test]
    fn jitter_only_ever_shortens_and_never_beyond_its_part() {
        let options = Options::ttl(100).jitter(0.1);
        let end = |draw| times(&options, Ttl::Default, draw, START).map(|times| times.fresh_until);
        assert_eq!(end(0.0), Some(after(100.0)));
        assert!(end(1.0) >= Some(after(89.99)) && end(1.0) <= Some(after(90.01)));
    }

    #[test]
    fn the_site_comes_before_the_cache_and_the_cache_before_five_minutes() {
        let end = |options, usual| times(&options, usual, 0.0, START).map(|times| times.fresh_until);
        assert_eq!(end(Options::DEFAULT, Ttl::Default), Some(after(300.0)));
        assert_eq!(end(Options::DEFAULT, Ttl::For(Duration::from_secs(7))), Some(after(7.0)));
        assert_eq!(end(Options::ttl(3), Ttl::For(Duration::from_secs(7))), Some(after(3.0)));
        assert_eq!(end(Options::ttl(0), Ttl::Forever), None);
        assert_eq!(end(Options::forever(), Ttl::For(Duration::from_secs(7))), Some(Tick::NEVER));
    }

    #[test]
    fn a_time_that_does_not_fit_is_for_ever_and_not_a_panic() {
        let end = times(&Options::ttl(u64::MAX), Ttl::Default, 0.5, START).map(|times| times.fresh_until);
        assert_eq!(end, Some(Tick::NEVER));
    }
}
