//! What has happened in the last hour: in all caches together by a row for every five seconds, and at each site.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use cache_core::registry::{caches_if_made, clock, effects};
use once_cell::sync::OnceCell;
use serde::Serialize;

use super::places;
use super::series::{self, Counts, Series};
use crate::clock::{Clock, Tick};
use crate::{Site, Stats};

/// From one row to the next.
pub(super) const EVERY: Duration = Duration::from_secs(5);
/// An hour of them.
const ROWS: usize = 720;

/// What the columns of a row are.
pub(super) const COLUMNS: [&str; 10] =
    ["t", "hits", "misses", "stale", "loads", "load_ms", "saved_ms", "errors", "entries", "bytes"];

/// What has happened in one interval; entries and bytes as they stood at its end.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Row(pub(super) u64, u64, u64, u64, u64, f64, f64, u64, u64, Option<u64>);

/// The rows that there are.
#[derive(Debug)]
pub(super) struct History {
    clock: Clock,
    started: u64,
    ring: Mutex<Ring>,
    /// Who takes samples; nobody, where time is moved by hand.
    sampler: OnceCell<Thread>,
}

#[derive(Debug)]
struct Ring {
    rows: VecDeque<Row>,
    before: Totals,
    sites: Series,
    /// When the last sample was taken, by a clock that nobody sets back.
    sampled: Tick,
    /// The time of the last row or answer.
    last: u64,
    /// The time of the last answer.
    answered: u64,
}

/// What was counted since the program began.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    hits: u64,
    misses: u64,
    stale: u64,
    loads: u64,
    load_ms: f64,
    errors: u64,
    entries: u64,
    bytes: Option<u64>,
}

/// That of all panels of the program, for as long as there is one.
static SHARED: Mutex<Weak<History>> = Mutex::new(Weak::new());

impl History {
    /// Returns the history of the program, which begins now where there was none; in a test with caches of its own, a new one.
    pub(super) fn begin() -> Arc<Self> {
        effects::watch();
        let clock = clock();
        if clock.is_manual() {
            return Arc::new(Self::new(clock));
        }
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let new = Arc::new(Self::new(clock));
            new.keep_sampling();
            *shared = Arc::downgrade(&new);
            new
        })
    }

    fn new(clock: Clock) -> Self {
        let started = clock.wall_millis();
        let sites = Series::begin(counts());
        let ring = Ring {
            rows: VecDeque::new(),
            before: Totals::now(),
            sites,
            sampled: clock.precise(),
            last: started,
            answered: 0,
        };
        Self { clock, started, ring: Mutex::new(ring), sampler: OnceCell::new() }
    }

    /// Has a thread take samples until nobody has this any more.
    fn keep_sampling(self: &Arc<Self>) {
        let whose = Arc::downgrade(self);
        let sample = move || {
            let mut next = Instant::now() + EVERY;
            loop {
                thread::park_timeout(next.saturating_duration_since(Instant::now()));
                let Some(history) = whose.upgrade() else { return };
                if Instant::now() >= next {
                    history.sample();
                    next = Instant::now() + EVERY;
                }
            }
        };
        match thread::Builder::new().name("larder-panel".to_owned()).spawn(sample) {
            Ok(sampler) => drop(self.sampler.set(sampler.thread().clone())),
            Err(error) => log::warn!(target: "larder", "the panel shows no history: it has got no thread: {error}"),
        }
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a row for what has happened since the last one.
    pub(super) fn sample(&self) {
        let now = Totals::now();
        let mut ring = self.ring();
        // Later than whatever was told before it, also where somebody has set the clock back.
        let at = self.clock.wall_millis().max(ring.last + 1);
        let before = std::mem::replace(&mut ring.sampled, self.clock.precise());
        let took = u64::try_from(ring.sampled.since(before).as_millis()).unwrap_or(u64::MAX);
        let since = at.saturating_sub(took);
        ring.last = at;
        let saved = ring.sites.sample(counts(), since, at);
        let row = now.row_since(&ring.before, saved, at);
        ring.before = now;
        if ring.rows.len() == ROWS {
            ring.rows.pop_front();
        }
        ring.rows.push_back(row);
    }

    /// Returns the rows after a time.
    pub(super) fn rows_after(&self, time: u64) -> Vec<Row> {
        self.ring().rows.iter().filter(|row| row.0 > time).cloned().collect()
    }

    /// Returns what has happened at a site, by its number.
    pub(super) fn rows_of(&self, site: usize) -> Vec<series::Row> {
        self.ring().sites.rows(site)
    }

    /// Returns the time of an answer, which no other one has; no row after it has this time or an earlier one.
    pub(super) fn now(&self) -> u64 {
        let mut ring = self.ring();
        ring.last = self.clock.wall_millis().max(ring.last).max(ring.answered + 1);
        ring.answered = ring.last;
        ring.last
    }

    /// Returns when it began.
    pub(super) fn started(&self) -> u64 {
        self.started
    }
}

/// Returns what all sites have counted, by their numbers.
fn counts() -> impl Iterator<Item = Counts> {
    places::all().iter().map(|site| counts_of(site))
}

fn counts_of(site: &Site) -> Counts {
    let stats = site.stats();
    Counts {
        hits: stats.hits,
        misses: stats.misses,
        stale: stats.stale,
        loads: stats.loads,
        load_ms: millis(stats.load_time),
        spared: spared(&stats),
        errors: stats.failed + stats.trouble,
    }
}

/// Its thread ends now, and not when it would have looked next.
impl Drop for History {
    fn drop(&mut self) {
        if let Some(sampler) = self.sampler.get() {
            sampler.unpark();
        }
    }
}

impl Totals {
    /// Asks for no cache that nobody has made yet: a program that says later what its caches are would be too late for that.
    fn now() -> Self {
        let (mut all, caches) = (Self::default(), caches_if_made());
        for (number, cache) in caches.iter().enumerate() {
            let stats = cache.stats();
            all.hits += stats.hits;
            all.misses += stats.misses;
            all.stale += stats.stale;
            all.loads += stats.loads;
            all.load_ms += millis(stats.load_time);
            all.errors += stats.failed + stats.trouble;
            if caches[..number].iter().any(|earlier| earlier.is_beside(cache)) {
                // What is in a store that caches share is counted once.
                continue;
            }
            all.entries += stats.entries;
            if cache.counts_bytes() {
                all.bytes = Some(all.bytes.unwrap_or(0) + stats.bytes);
            }
        }
        all
    }

    /// A store that was emptied, or caches of another test, may make less of what there was.
    fn row_since(&self, before: &Self, saved: f64, at: u64) -> Row {
        Row(
            at,
            self.hits.saturating_sub(before.hits),
            self.misses.saturating_sub(before.misses),
            self.stale.saturating_sub(before.stale),
            self.loads.saturating_sub(before.loads),
            round((self.load_ms - before.load_ms).max(0.0)),
            round(saved),
            self.errors.saturating_sub(before.errors),
            self.entries,
            self.bytes,
        )
    }
}

pub(super) fn millis(time: Duration) -> f64 {
    round(time.as_secs_f64() * 1000.0)
}

/// A microsecond is exact enough, and short.
pub(super) fn round(millis: f64) -> f64 {
    (millis * 1000.0).round() / 1000.0
}

/// Returns what bodies would have taken for those who did not wait for one, if they had taken what they do.
#[expect(clippy::cast_precision_loss, reason = "what was saved is an estimate")]
pub(super) fn saved_ms(stats: &Stats) -> f64 {
    let usual = series::usual_ms(stats.load_time.as_secs_f64() * 1000.0, stats.loads, stats.misses);
    round(usual * spared(stats) as f64)
}

/// Returns how many callers did not wait for a body: who shared one has waited.
fn spared(stats: &Stats) -> u64 {
    stats.hits + stats.stale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waited_for_the_body_of_another_was_spared_nothing() {
        let mut stats = Stats::default();
        (stats.hits, stats.stale, stats.shared, stats.loads) = (3, 1, 100, 2);
        stats.load_time = Duration::from_millis(20);
        assert_eq!((spared(&stats), saved_ms(&stats).to_bits()), (4, 40.0_f64.to_bits()));
    }
}
