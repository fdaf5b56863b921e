//! How much of the store is left to newcomers: what all shards have seen decides, by and by.
//!
//! A load that comes back soon or never wants a long queue of newcomers, as in LRU; a loop or a steady favourite wants a
//! short one, as in LFU. Trying a share and looking at the hits would take hits that are counted, and a hit must not
//! write to anything shared. So two slopes are compared, that of gain and that of loss, and each is read off what a miss
//! sees anyway.
//!
//! * Gain: some came back a moment after they went. So many more hits the queue of newcomers would have had, if it had
//!   been longer by what "a moment" spans.
//! * Loss: of the weakest of the proven, that would go next if there were fewer places, some were used since their turn
//!   came last. So many hits those places are worth in a round.
//! * Loss, too: some came back long after they went, or well known. The proven would have kept them.
//!
//! The turn of one of the proven may come late, and tells of uses long ago: when what is wanted moves, all look as if they
//! were used still. So a few of them are looked at again and again, and loss counts for little while those are not used.

use crate::lock::Mutex;
use crate::lock::atomic::{AtomicBool, AtomicU32, Ordering};

/// What one is in fixed point.
pub(super) const ONE: u32 = 1 << 16;

/// The share of newcomers at the beginning and at least: short, since a loop never tells what it would have liked.
const LEAST: f64 = 0.01;
const MOST: f64 = 0.9;

/// The largest step, and how many there are while as many go as are kept.
const STEP: f64 = 0.07;
const STEPS: f64 = 32.0;

/// At least so many go between two steps.
const LEAST_GONE: f64 = 16.0;

/// What is left of older reports after a step.
const KEPT: f64 = 0.7;

/// As if so many had been seen on either side: keeps a small store from following noise.
const DOUBT: f64 = 12.0;

/// What the weakest of the proven are thought to be worth if none of them was used: a tie of nothing with nothing, as in
/// a long loop, goes to the proven.
const WORTH_OF_UNUSED: f64 = 0.005;

/// If fewer than this part of the proven are weak, what they are worth is what all are worth.
const FEW: f64 = 0.05;

/// With this part of the sample in use or more, turns tell of today.
const IN_USE: f64 = 0.05;

/// With this part of the turns without a use or more, the proven are idle.
const IDLE: f64 = 0.8;

/// What a shard has seen since its last report.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    /// Entries that went,
    pub(super) gone: f64,
    /// and, summed up over them, from among how many,
    pub(super) entries: f64,
    /// how many of those were proven,
    pub(super) proven: f64,
    /// and how many entries "a moment" spans: slopes are told in entries of the shards that gave them up.
    pub(super) moment: f64,
    /// That came back a moment later, and had hardly been asked for before.
    pub(super) back_soon: f64,
    /// That came back later, or known better than that: they had been asked for more than once.
    pub(super) back_late: f64,
    /// The proven whose turn came,
    pub(super) turns: f64,
    /// those of them that were used since the last one,
    pub(super) used: f64,
    /// those that were worth nothing by then,
    pub(super) weak: f64,
    /// and those of the weak that were used.
    pub(super) weak_used: f64,
    /// How often one of the sample was looked at,
    pub(super) looks: f64,
    /// and was found to be used.
    pub(super) looks_used: f64,
}

impl Tally {
    /// Counts the turn of one of the proven.
    pub(super) fn count_turn(&mut self, is_weak: bool, is_used: bool) {
        self.turns += 1.0;
        self.used += f64::from(u8::from(is_used));
        self.weak += f64::from(u8::from(is_weak));
        self.weak_used += f64::from(u8::from(is_weak && is_used));
    }

    /// Counts a look at one of the sample.
    pub(super) fn count_look(&mut self, is_used: bool) {
        self.looks += 1.0;
        self.looks_used += f64::from(u8::from(is_used));
    }

    fn each(self, other: Self, of: impl Fn(f64, f64) -> f64) -> Self {
        Self {
            gone: of(self.gone, other.gone),
            entries: of(self.entries, other.entries),
            proven: of(self.proven, other.proven),
            moment: of(self.moment, other.moment),
            back_soon: of(self.back_soon, other.back_soon),
            back_late: of(self.back_late, other.back_late),
            turns: of(self.turns, other.turns),
            used: of(self.used, other.used),
            weak: of(self.weak, other.weak),
            weak_used: of(self.weak_used, other.weak_used),
            looks: of(self.looks, other.looks),
            looks_used: of(self.looks_used, other.looks_used),
        }
    }
}

/// The share of newcomers in all shards of one store.
///
/// Shared since a shard of a few dozen entries sees too little by itself.
#[derive(Debug)]
pub(super) struct Tuner {
    share: AtomicU32,
    is_idle: AtomicBool,
    shards: f64,
    seen: Mutex<Seen>,
}

#[derive(Debug)]
struct Seen {
    share: f64,
    /// Older reports count less with each step.
    tally: Tally,
    since_step: f64,
}

impl Tuner {
    /// Makes one for so many shards.
    #[expect(clippy::cast_precision_loss, reason = "fewer than 2^52")]
    pub(super) fn new(shards: usize) -> Self {
        let seen = Seen { share: LEAST, tally: Tally::default(), since_step: 0.0 };
        let (share, is_idle) = (AtomicU32::new(fixed(LEAST)), AtomicBool::new(false));
        Self { share, is_idle, shards: shards.max(1) as f64, seen: Mutex::new(seen) }
    }

    /// Returns the share of newcomers, in parts of [`ONE`].
    pub(super) fn share(&self) -> u32 {
        self.share.load(Ordering::Relaxed)
    }

    /// Returns whether hardly any of the proven were used when their turns came.
    pub(super) fn is_idle(&self) -> bool {
        self.is_idle.load(Ordering::Relaxed)
    }

    /// Takes what a shard has seen, unless another one is reporting: then it is told the next time.
    pub(super) fn report(&self, tally: &mut Tally) {
        let Ok(mut seen) = self.seen.try_lock() else { return };
        seen.tally = seen.tally.each(*tally, |sum, new| sum + new);
        seen.since_step += tally.gone;
        *tally = Tally::default();
        let entries = seen.tally.entries / seen.tally.gone * self.shards;
        if seen.since_step >= (entries / STEPS).max(LEAST_GONE) {
            self.is_idle.store(seen.tally.used < (1.0 - IDLE) * seen.tally.turns, Ordering::Relaxed);
            seen.step();
            self.share.store(fixed(seen.share), Ordering::Relaxed);
        }
    }
}

impl Seen {
    fn step(&mut self) {
        self.share = (self.share + STEP * slope(self.tally)).clamp(LEAST, MOST);
        self.tally = self.tally.each(self.tally, |sum, _| sum * KEPT);
        self.since_step = 0.0;
    }
}

/// Returns whether newcomers should have more (at most 1) or less (at least -1).
fn slope(seen: Tally) -> f64 {
    let [entries, proven, moment] = [seen.entries, seen.proven, seen.moment].map(|sum| (sum / seen.gone).max(1.0));
    let gain = seen.back_soon / moment;
    let loss = loss_in_use(seen) * seen.turns / proven;
    // Nobody comes back late more often than once while all others go.
    let missed = (seen.back_late / proven).min(seen.gone / entries);
    (gain - loss - missed) / (gain + loss + missed + DOUBT / moment)
}

/// Returns what the next place to be given up is used in a round, today.
fn loss_in_use(seen: Tally) -> f64 {
    let has_weak = seen.weak > FEW * seen.turns;
    let (used, of) = if has_weak { (seen.weak_used, seen.weak) } else { (seen.used, seen.turns) };
    // A handful of looks is no reason to think that nobody is in use.
    let in_use = (seen.looks_used + 0.25) / (seen.looks + 0.25) / IN_USE;
    (used / of.max(1.0)).max(WORTH_OF_UNUSED) * in_use.min(1.0)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "shares are between 0 and 1")]
fn fixed(share: f64) -> u32 {
    (share * f64::from(ONE)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a shard of a thousand has seen while a hundred went.
    const SEEN: Tally = Tally {
        gone: 100.0,
        entries: 100_000.0,
        proven: 90_000.0,
        moment: 5_000.0,
        back_soon: 0.0,
        back_late: 0.0,
        turns: 100.0,
        used: 50.0,
        weak: 100.0,
        weak_used: 0.0,
        looks: 100.0,
        looks_used: 50.0,
    };

    fn after(reports: usize, tally: Tally) -> f64 {
        let tuner = Tuner::new(1);
        (0..reports).for_each(|_| tuner.report(&mut tally.clone()));
        f64::from(tuner.share()) / f64::from(ONE)
    }

    #[test]
    fn newcomers_begin_with_little() {
        assert!(after(0, Tally::default()) < 0.011);
    }

    #[test]
    fn newcomers_get_more_if_they_come_back_soon() {
        let tally = Tally { back_soon: 30.0, weak_used: 5.0, ..SEEN };
        assert!(after(50, tally) > 0.85);
    }

    #[test]
    fn the_proven_keep_their_places_if_even_the_weak_are_used() {
        let tally = Tally { back_soon: 3.0, weak_used: 90.0, ..SEEN };
        assert!(after(50, tally) < 0.011);
    }

    #[test]
    fn the_proven_get_more_if_known_ones_come_back_late() {
        let soon = Tally { back_soon: 3.0, weak_used: 1.0, ..SEEN };
        assert!(after(20, soon) > 0.3);
        assert!(after(20, Tally { back_late: 80.0, ..soon }) < 0.011);
    }

    #[test]
    fn newcomers_get_more_if_those_that_were_used_once_are_not_any_more() {
        let past = Tally { back_soon: 3.0, weak_used: 90.0, looks_used: 0.0, ..SEEN };
        assert!(after(20, past) > 0.3);
        assert!(after(20, Tally { looks_used: 10.0, ..past }) < 0.011);
    }

    #[test]
    fn a_handful_of_looks_tells_nothing() {
        let tally = Tally { back_soon: 3.0, weak_used: 90.0, looks: 1.0, looks_used: 0.0, ..SEEN };
        assert!(after(50, tally) < 0.011);
    }

    #[test]
    fn the_proven_are_idle_if_hardly_any_turn_finds_a_use() {
        let is_idle = |used: f64| {
            let tuner = Tuner::new(1);
            tuner.report(&mut Tally { used, ..SEEN });
            tuner.is_idle()
        };
        assert!(is_idle(10.0) && !is_idle(30.0) && !Tuner::new(1).is_idle());
    }

    #[test]
    fn a_report_that_finds_another_one_at_it_is_kept_for_the_next_time() {
        let tuner = Tuner::new(1);
        let mut tally = SEEN;
        let guard = tuner.seen.lock().unwrap();
        tuner.report(&mut tally);
        assert!(tally.gone > 0.0);
        drop(guard);
        tuner.report(&mut tally);
        assert!(tally.gone == 0.0);
    }
}
