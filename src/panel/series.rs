//! What has happened at each site in the last hour, in steps that grow longer while that hour fills.

use std::collections::VecDeque;

use serde::Serialize;

/// So many steps has a plot, and so many are kept of each site: they cover ten minutes, then twenty, then an hour.
const STEPS: usize = 120;

/// How many samples make a step, first and later.
const LONGER: [usize; 3] = [1, 2, 6];

/// What the columns of a row are.
pub(super) const COLUMNS: [&str; 9] = ["t", "s", "hits", "misses", "stale", "loads", "load_ms", "saved_ms", "errors"];

/// What a site has counted since the program began.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) hits: u64,
    pub(super) misses: u64,
    pub(super) stale: u64,
    pub(super) loads: u64,
    pub(super) load_ms: f64,
    /// Those who did not wait for a body.
    pub(super) spared: u64,
    pub(super) errors: u64,
}

/// A step of a site, with when it ended and how many seconds it took.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Row(u64, f64, f32, f32, f32, f32, f32, f32, f32);

/// What has happened in a step, in the order of the columns. Halves of doubles are exact enough for a plot.
type Step = [f32; 7];

/// Which of them is how much waiting was saved.
const SAVED: usize = 5;

/// The steps of all sites, which share their times.
#[derive(Debug, Default)]
pub(super) struct Series {
    times: VecDeque<Time>,
    sites: Vec<Line>,
    /// Which of [`LONGER`] it is.
    longer: usize,
    /// How many samples are in the newest step.
    samples: usize,
}

#[derive(Clone, Copy, Debug)]
struct Time {
    end: u64,
    millis: u64,
}

/// A site. One that nobody has called takes no room for steps.
#[derive(Debug, Default)]
struct Line {
    before: Counts,
    steps: VecDeque<Step>,
}

impl Series {
    /// Begins with what sites have counted before.
    pub(super) fn begin(counts: impl Iterator<Item = Counts>) -> Self {
        let sites = counts.map(|before| Line { before, steps: VecDeque::new() });
        Self { sites: sites.collect(), ..Self::default() }
    }

    /// Adds what has happened since another time, and returns how much waiting all sites together have saved.
    pub(super) fn sample(&mut self, counts: impl Iterator<Item = Counts>, since: u64, at: u64) -> f64 {
        if self.samples == 0 || self.times.is_empty() {
            self.begin_step(since);
        }
        if let Some(time) = self.times.back_mut() {
            time.millis += at.saturating_sub(since);
            time.end = at;
        }
        let mut all_saved = 0.0;
        for (line, now) in self.sites.iter_mut().zip(counts) {
            let happened = now.since(&line.before);
            line.before = now;
            all_saved += f64::from(happened[SAVED]);
            if line.steps.is_empty() && happened.iter().any(|much| *much > 0.0) {
                line.steps = vec![Step::default(); self.times.len()].into();
            }
            if let Some(step) = line.steps.back_mut() {
                *step = sum(*step, happened);
            }
        }
        self.samples = (self.samples + 1) % LONGER[self.longer];
        all_saved
    }

    fn begin_step(&mut self, end: u64) {
        if self.times.len() == STEPS {
            if self.longer + 1 < LONGER.len() {
                self.longer += 1;
                self.put_together(LONGER[self.longer] / LONGER[self.longer - 1]);
            } else {
                self.times.pop_front();
                for line in &mut self.sites {
                    line.steps.pop_front();
                }
            }
        }
        self.times.push_back(Time { end, millis: 0 });
        for line in self.sites.iter_mut().filter(|line| !line.steps.is_empty()) {
            line.steps.push_back(Step::default());
        }
    }

    /// Makes one step of so many.
    fn put_together(&mut self, count: usize) {
        let times: Vec<_> = self.times.drain(..).collect();
        let join = |times: &[Time]| {
            let end = times.last().map_or(0, |time| time.end);
            Time { end, millis: times.iter().map(|time| time.millis).sum() }
        };
        self.times = times.chunks(count).map(join).collect();
        for line in &mut self.sites {
            let steps: Vec<_> = line.steps.drain(..).collect();
            line.steps = steps.chunks(count).map(|steps| steps.iter().copied().fold(Step::default(), sum)).collect();
        }
    }

    /// Returns the rows of a site, by its number.
    pub(super) fn rows(&self, site: usize) -> Vec<Row> {
        let steps = self.sites.get(site).map(|line| &line.steps);
        let row = |(at, time): (usize, &Time)| {
            let step = steps.and_then(|steps| steps.get(at)).copied().unwrap_or_default();
            let [hits, misses, stale, loads, load_ms, saved_ms, errors] = step;
            Row(time.end, seconds(time.millis), hits, misses, stale, loads, load_ms, saved_ms, errors)
        };
        self.times.iter().enumerate().map(row).collect()
    }
}

fn sum(one: Step, other: Step) -> Step {
    std::array::from_fn(|column| one[column] + other[column])
}

#[expect(clippy::cast_precision_loss, reason = "a step takes seconds, and not years")]
fn seconds(millis: u64) -> f64 {
    millis as f64 / 1000.0
}

/// Returns how long a body takes for one value, as a rule: one that is asked for many is one load of as many misses.
#[expect(clippy::cast_precision_loss, reason = "what was saved is an estimate")]
pub(super) fn usual_ms(load_ms: f64, loads: u64, misses: u64) -> f64 {
    if loads == 0 { 0.0 } else { load_ms / loads.max(misses) as f64 }
}

impl Counts {
    /// A store that was emptied, or caches of another test, may make less of what there was.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "it is drawn")]
    fn since(&self, before: &Self) -> Step {
        let count = |now: u64, before: u64| now.saturating_sub(before) as f32;
        [
            count(self.hits, before.hits),
            count(self.misses, before.misses),
            count(self.stale, before.stale),
            count(self.loads, before.loads),
            (self.load_ms - before.load_ms).max(0.0) as f32,
            self.saved_since(before) as f32,
            count(self.errors, before.errors),
        ]
    }

    /// Returns what bodies would have taken for those who did not wait for one, if they had taken what they do as a rule.
    ///
    /// It goes by who was spared since, and not by what all have saved so far: that is less when bodies have become faster.
    #[expect(clippy::cast_precision_loss, reason = "what was saved is an estimate")]
    fn saved_since(&self, before: &Self) -> f64 {
        usual_ms(self.load_ms, self.loads, self.misses) * self.spared.saturating_sub(before.spared) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes samples of two sites, of which one has a hit a second and nobody calls the other.
    fn sampled(seconds: u64) -> Series {
        let counts = |second| [Counts { hits: second, ..Counts::default() }, Counts::default()].into_iter();
        let mut series = Series::begin(counts(0));
        for second in (5..=seconds).step_by(5) {
            series.sample(counts(second), (second - 5) * 1000, second * 1000);
        }
        series
    }

    #[test]
    fn steps_grow_longer_until_they_cover_an_hour_and_no_more_of_them_are_kept() {
        for (seconds, steps, first_end, longest) in [
            (600, 120, 5, 5),
            (605, 61, 10, 10),
            (1200, 120, 10, 10),
            (1205, 41, 30, 30),
            (3600, 120, 30, 30),
            (7200, 120, 3630, 30),
        ] {
            let rows = sampled(seconds).rows(0);
            assert_eq!(rows.len(), steps, "{seconds}");
            assert_eq!(rows[0].0, first_end * 1000, "{seconds}");
            assert_eq!(rows.last().map(|row| row.0), Some(seconds * 1000));
            for row in &rows {
                assert!((row.1 - f64::from(row.2)).abs() < 0.001 && row.1 <= f64::from(longest), "{row:?}");
            }
        }
    }

    #[test]
    fn who_is_never_called_takes_no_room_and_has_rows_all_the_same() {
        let series = sampled(700);
        assert!(series.sites[1].steps.is_empty());
        assert_eq!(series.rows(1).len(), series.rows(0).len());
        assert!(series.sites[0].steps.len() <= STEPS && std::mem::size_of::<Step>() * STEPS < 3500);
        assert_eq!(series.rows(7).len(), series.rows(0).len(), "a site that is not there has counted nothing");
    }

    #[test]
    fn what_is_saved_in_a_step_is_never_less_for_bodies_that_have_become_faster() {
        let slow = Counts { hits: 10, spared: 10, loads: 1, load_ms: 100.0, ..Counts::default() };
        let faster = Counts { hits: 12, spared: 12, loads: 11, load_ms: 110.0, ..slow };
        let mut series = Series::begin([Counts::default()].into_iter());
        let saved = [series.sample([slow].into_iter(), 0, 5000), series.sample([faster].into_iter(), 5000, 10_000)];
        assert!((saved[0] - 1000.0).abs() < 0.01 && (saved[1] - 20.0).abs() < 0.01, "{saved:?}");
    }

    #[test]
    fn a_body_that_is_asked_for_many_takes_a_part_of_its_time_for_each() {
        assert!((usual_ms(50.0, 1, 50) - 1.0).abs() < 0.001);
        assert!((usual_ms(50.0, 5, 5) - 10.0).abs() < 0.001);
        assert!((usual_ms(50.0, 5, 0) - 10.0).abs() < 0.001, "refreshed, and never missed");
        assert!(usual_ms(0.0, 0, 7).abs() < 0.001);
    }
}
