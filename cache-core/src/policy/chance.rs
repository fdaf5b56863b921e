//! Early expiry by chance: how long before its end a value is loaded anew, so that of many processes few do it at once.
//!
//! Each process draws once for each value, and not at each hit: what is asked for often is not loaded sooner than what is
//! asked for now and then. How far apart the draws of two processes lie goes by what the value cost, so that the one who
//! comes first is done, as a rule, before the next one begins. (After "Optimal Probabilistic Cache Stampede Prevention",
//! Vattani, Chierichetti and Lowenstein, 2015.)

use std::time::Duration;

use super::Options;
use crate::clock::Tick;
use crate::record::Times;

/// The part of its time within which a value is ever loaded anew by chance: its end, half as long as the whole.
const WINDOW: f64 = 0.5;

/// Returns how long before its end a value is loaded anew that took `cost` to make and is fresh for `lifetime`.
///
/// `draw` is a number from 0 to below 1. What cost nothing, or is fresh for ever, is not loaded before its end. However dear
/// it was, half of its time is not touched: the nearer its cost comes to that, the more evenly the draws spread over the
/// other half.
///
/// ```
/// use std::time::Duration;
/// use cache_core::policy::{Options, lead};
///
/// let second = Duration::from_secs(1);
/// let lead = |cost, draw| lead(&Options::ttl(100).early(1.0), cost, 100 * second, draw);
/// assert_eq!(lead(second, 0.0), Duration::ZERO);
/// assert!(lead(second, 0.5) < second && lead(second, 0.9) > 2 * second, "the mean is what it cost");
/// assert!(lead(1000 * second, 0.999) <= 50 * second, "half of its time is not touched");
/// assert_eq!(lead(Duration::ZERO, 0.9), Duration::ZERO);
/// ```
#[must_use]
pub fn lead(options: &Options, cost: Duration, lifetime: Duration, draw: f32) -> Duration {
    let Some(beta) = options.early else { return Duration::ZERO };
    let (mean, window) = (cost.as_secs_f64() * f64::from(beta), lifetime.as_secs_f64() * WINDOW);
    if mean <= 0.0 || !mean.is_finite() {
        return Duration::ZERO;
    }
    // An exponential distribution without what lies beyond the window: what is cut off there, and put at its beginning
    // instead, would all begin at one moment.
    let within = -(-window / mean).exp_m1();
    let lead = -mean * (-f64::from(draw.clamp(0.0, 1.0)) * within).ln_1p();
    Duration::try_from_secs_f64(lead).unwrap_or_default().min(lifetime / 2)
}

/// Returns from when on a fresh record is loaded anew by chance that has drawn this lead, where that is before its end.
pub(super) fn early_from(times: Times, lead: Duration) -> Option<Tick> {
    if lead.is_zero() || times.fresh_until == Tick::NEVER {
        return None;
    }
    // It may have been given another end since it was made.
    let lead = lead.min(times.fresh_until.since(times.created) / 2);
    Some(times.fresh_until.before(lead))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn draws() -> impl Iterator<Item = f32> {
        (0_u16..1000).map(|number| f32::from(number) / 1000.0)
    }

    fn leads(beta: f32, cost: Duration, lifetime: Duration) -> Vec<f64> {
        let options = Options::ttl(1).early(beta);
        draws().map(|draw| lead(&options, cost, lifetime, draw).as_secs_f64()).collect()
    }

    #[test]
    fn the_mean_of_all_leads_is_what_a_value_cost_times_beta() {
        for beta in [0.5, 1.0, 3.0] {
            let leads = leads(beta, SECOND, 1000 * SECOND);
            let mean = leads.iter().sum::<f64>() / 1000.0;
            assert!((mean / f64::from(beta) - 1.0).abs() < 0.01, "{mean} for {beta}");
        }
    }

    #[test]
    fn what_costs_more_than_its_time_is_spread_over_half_of_that_and_piles_up_nowhere() {
        for cost in [10, 100, 1_000_000] {
            let leads = leads(1.0, cost * SECOND, 10 * SECOND);
            assert!(leads.iter().all(|lead| *lead <= 5.0), "for a cost of {cost} s");
            let most = (0_u8..10).map(|tenth| {
                let from = f64::from(tenth) / 2.0;
                leads.iter().filter(|lead| (from..from + 0.5).contains(*lead)).count()
            });
            assert!(most.max() < Some(200), "for a cost of {cost} s");
        }
    }

    #[test]
    fn nothing_is_early_that_cost_nothing_or_is_not_asked_to_be() {
        assert!(leads(1.0, Duration::ZERO, 10 * SECOND).iter().all(|lead| *lead == 0.0));
        assert!(draws().all(|draw| lead(&Options::ttl(10), SECOND, 10 * SECOND, draw).is_zero()));
        for (cost, lifetime) in [(Duration::MAX, SECOND), (SECOND, Duration::MAX), (Duration::MAX, Duration::MAX)] {
            assert!(lead(&Options::ttl(1).early(f32::MAX), cost, lifetime, 1.0) <= lifetime / 2, "and no panic");
        }
    }

    #[test]
    fn a_record_that_was_given_a_shorter_time_keeps_half_of_that() {
        let start = Tick::from_nanos(1_000_000_000_000);
        let times = |seconds: u32| {
            let end = start.after(seconds * SECOND);
            Times { created: start, fresh_until: end, kept_until: end }
        };
        assert_eq!(early_from(times(100), 20 * SECOND), Some(start.after(80 * SECOND)));
        assert_eq!(early_from(times(10), 20 * SECOND), Some(start.after(5 * SECOND)));
        assert_eq!(early_from(times(10), Duration::ZERO), None);
    }
}
