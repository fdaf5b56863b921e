//! What has happened in the last hour, in all caches together: a row for every five seconds.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use cache_core::registry::{caches_if_made, clock, effects};
use once_cell::sync::OnceCell;
use serde::Serialize;

use crate::clock::Clock;
use crate::{Stats, sites};

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
}

/// What was counted since the program began.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    hits: u64,
    misses: u64,
    stale: u64,
    loads: u64,
    load_ms: f64,
    saved_ms: f64,
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
        let ring = Mutex::new(Ring { rows: VecDeque::new(), before: Totals::now() });
        Self { clock, started, ring, sampler: OnceCell::new() }
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
        let (at, now) = (self.clock.wall_millis(), Totals::now());
        let mut ring = self.ring();
        let row = now.row_since(&ring.before, at);
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

    /// Returns when it began.
    pub(super) fn started(&self) -> u64 {
        self.started
    }

    pub(super) fn now(&self) -> u64 {
        self.clock.wall_millis()
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
        let mut all = Self::default();
        for cache in caches_if_made() {
            let stats = cache.stats();
            all.hits += stats.hits;
            all.misses += stats.misses;
            all.stale += stats.stale;
            all.loads += stats.loads;
            all.load_ms += millis(stats.load_time);
            all.errors += stats.failed + stats.trouble;
            all.entries += stats.entries;
            if cache.counts_bytes() {
                all.bytes = Some(all.bytes.unwrap_or(0) + stats.bytes);
            }
        }
        all.saved_ms = sites().map(|site| saved_ms(&site.stats())).sum();
        all
    }

    /// A store that was emptied, or caches of another test, may make less of what there was.
    fn row_since(&self, before: &Self, at: u64) -> Row {
        Row(
            at,
            self.hits.saturating_sub(before.hits),
            self.misses.saturating_sub(before.misses),
            self.stale.saturating_sub(before.stale),
            self.loads.saturating_sub(before.loads),
            round((self.load_ms - before.load_ms).max(0.0)),
            round((self.saved_ms - before.saved_ms).max(0.0)),
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
    if stats.loads == 0 {
        return 0.0;
    }
    let usual = stats.load_time.as_secs_f64() * 1000.0 / stats.loads as f64;
    round(usual * (stats.hits + stats.stale + stats.shared) as f64)
}
