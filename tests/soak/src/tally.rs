//! What is counted.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::fleet::Taken;
use crate::history::Moment;
use crate::promise::SECOND;

/// For how long it is known who waited for a turn: an answer takes less.
const OF_LATE: Moment = 30 * SECOND;

#[derive(Default)]
pub struct Counts {
    pub requests: BTreeMap<&'static str, u64>,
    pub statuses: BTreeMap<u16, u64>,
    pub compared: u64,
    pub hits: u64,
    pub writes: BTreeMap<&'static str, u64>,
    /// Those of which nobody heard how they ended.
    pub unheard: u64,
    /// Answers that did not come, since their process was killed.
    pub unanswered: u64,
    pub oldest: Moment,
    /// What that was.
    pub oldest_was: String,
    pub oldest_in_trouble: Moment,
    /// How many answers showed what was over when they were asked for.
    pub old: u64,
    pub slowest: Moment,
    pub slowest_in_trouble: Moment,
    /// The longest that a thread of the soak waited for its turn.
    pub stall: Moment,
    /// When it waited, and for how long, of late.
    stalls: VecDeque<(Moment, Moment)>,
    /// How long it took until each process had hits again.
    pub back: Moment,
    pub evicted: u64,
    /// What each process took, with its life, from second to second.
    pub taken: BTreeMap<usize, Vec<(u64, Taken)>>,
    pub wrong: Vec<String>,
}

#[derive(Default)]
pub struct Tally(Mutex<Counts>);

impl Tally {
    pub fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how long a thread has waited for its turn.
    pub fn stalled(&self, now: Moment, late: Moment) {
        let mut counts = self.counts();
        counts.stall = counts.stall.max(late);
        counts.stalls.push_back((now, late));
        while counts.stalls.front().is_some_and(|(at, _)| at + OF_LATE < now) {
            counts.stalls.pop_front();
        }
    }

    /// Returns the longest that a thread has waited for its turn since then.
    pub fn stall_since(&self, since: Moment) -> Moment {
        self.counts().stalls.iter().filter(|(at, _)| *at >= since).map(|(_, late)| *late).max().unwrap_or(0)
    }

    pub fn asked(&self, kind: &'static str) {
        *self.counts().requests.entry(kind).or_default() += 1;
    }

    pub fn wrote(&self, kind: &'static str) {
        *self.counts().writes.entry(kind).or_default() += 1;
    }

    /// Notes a wrong answer, and returns how many there were.
    pub fn wrong(&self, story: String) -> usize {
        let mut counts = self.counts();
        counts.wrong.push(story);
        counts.wrong.len()
    }
}
