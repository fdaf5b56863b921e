//! How long bodies took: so many of each length, in steps that grow with it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use once_cell::sync::OnceCell;

/// So many steps to the double.
const EACH: u32 = 4;
/// What is shorter is in the first step: a microsecond, or about that.
const SHORTEST: u32 = 10;
/// What is longer is in the last one: 18 minutes.
const LONGEST: u32 = 40;
const STEPS: usize = ((LONGEST - SHORTEST) * EACH) as usize + 2;

/// Counts how long bodies take. There is room for that from the first one on.
#[derive(Debug, Default)]
pub(super) struct Steps(OnceCell<Box<[AtomicU64; STEPS]>>);

impl Steps {
    pub(super) const fn new() -> Self {
        Self(OnceCell::new())
    }

    pub(super) fn count(&self, nanos: u64) {
        let steps = self.0.get_or_init(|| Box::new([const { AtomicU64::new(0) }; STEPS]));
        steps[step_of(nanos)].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn snapshot(&self) -> LoadTimes {
        let steps = self.0.get();
        LoadTimes(
            steps.map_or_else(Box::default, |steps| steps.iter().map(|count| count.load(Ordering::Relaxed)).collect()),
        )
    }
}

/// Returns the step that a time belongs to.
fn step_of(nanos: u64) -> usize {
    let power = nanos.max(1).ilog2();
    match power {
        ..SHORTEST => 0,
        LONGEST.. => STEPS - 1,
        _ => {
            // The two bits behind the first one.
            let quarter = (nanos >> (power - 2)) & u64::from(EACH - 1);
            ((power - SHORTEST) * EACH) as usize + usize::try_from(quarter).unwrap_or(0) + 1
        }
    }
}

/// Returns where a step begins, in nanoseconds.
fn start_of(step: usize) -> u64 {
    let Some(step) = step.checked_sub(1) else { return 0 };
    let (power, quarter) = (step / EACH as usize, step % EACH as usize);
    ((u64::from(EACH) + quarter as u64) << (SHORTEST - 2)) << power
}

/// Returns the time that stands for all that are in a step.
fn middle_of(step: usize) -> Duration {
    let start = start_of(step);
    let end = if step + 1 < STEPS { start_of(step + 1) } else { start };
    Duration::from_nanos(start.midpoint(end))
}

/// How long the bodies of a site took, since the program began. From
/// [`Site::load_times`](crate::registry::Site::load_times).
///
/// ```
/// # use cache_core::__private::larder;
/// use std::time::Duration;
/// use cache_core::stats::Counters;
///
/// let counters = Counters::new();
/// for millis in 1..=100 {
///     counters.count_load(Duration::from_millis(millis));
/// }
/// let (half, most) = (counters.load_times().quantile(0.5), counters.load_times().quantile(0.99));
/// assert!(half.is_some_and(|time| (44..=56).contains(&time.as_millis())));
/// assert!(most.is_some_and(|time| (87..=111).contains(&time.as_millis())));
/// assert_eq!(Counters::new().load_times().quantile(0.5), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadTimes(Box<[u64]>);

impl LoadTimes {
    /// Returns the time that this part of all bodies took at most, give or take an eighth of it: 0.5 for what is usual,
    /// 0.99 for all but the slowest. `None` where none has run.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place among all is a number from nothing to how many they are"
    )]
    pub fn quantile(&self, part: f64) -> Option<Duration> {
        let all: u64 = self.0.iter().sum();
        let place = ((all as f64 * part.clamp(0.0, 1.0)).ceil() as u64).clamp(1, all.max(1));
        let mut so_far = 0;
        let step = self.0.iter().position(|count| {
            so_far += count;
            so_far >= place
        })?;
        Some(middle_of(step))
    }

    /// Returns how many bodies took how long, the shortest first: each time stands for those that are an eighth off at
    /// most. Those that none took are told too, so that two answers can be compared, one by one; before the first body
    /// has run there are none.
    ///
    /// ```
    /// use std::time::Duration;
    /// use cache_core::stats::Counters;
    ///
    /// let counters = Counters::new();
    /// [5, 5, 70].map(|millis| counters.count_load(Duration::from_millis(millis)));
    /// let times = counters.load_times();
    /// let (short, long): (Vec<_>, Vec<_>) =
    ///     times.steps().filter(|(_, count)| *count > 0).partition(|(time, _)| time.as_millis() < 10);
    /// assert_eq!((short[0].1, long[0].1), (2, 1));
    /// ```
    pub fn steps(&self) -> impl Iterator<Item = (Duration, u64)> {
        self.0.iter().enumerate().map(|(step, count)| (middle_of(step), *count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_in_the_step_that_begins_before_it_and_ends_behind() {
        for nanos in (0..44).flat_map(|power| [0, 1, 3, 5, 7].map(|more| (1_u64 << power) + more * (1 << power) / 8)) {
            let step = step_of(nanos);
            assert!(start_of(step) <= nanos, "{nanos} in {step}");
            assert!(step + 1 == STEPS || nanos < start_of(step + 1), "{nanos} in {step}");
        }
        assert_eq!((step_of(0), step_of(u64::MAX)), (0, STEPS - 1));
    }

    #[test]
    fn a_quantile_is_an_eighth_off_at_most() {
        for micros in [2, 17, 300, 4_999, 70_001, 1_234_567, 600_000_000] {
            let steps = Steps::new();
            steps.count(micros * 1_000);
            let said = steps.snapshot().quantile(0.99).unwrap();
            let off = said.as_secs_f64() / Duration::from_micros(micros).as_secs_f64();
            assert!((0.875..=1.125).contains(&off), "{micros} µs as {said:?}");
        }
    }

    #[test]
    fn one_slow_body_of_a_hundred_is_not_seen_by_the_half_and_is_by_all() {
        let steps = Steps::new();
        (0..99).for_each(|_| steps.count(1_000_000));
        steps.count(1_000_000_000);
        let times = steps.snapshot();
        let of = |part| times.quantile(part).unwrap().as_millis();
        assert_eq!((of(0.0), of(0.5), of(0.99)), (of(0.5), of(0.5), of(0.5)));
        assert!(of(0.5) <= 1 && of(1.0) > 800);
    }
}
