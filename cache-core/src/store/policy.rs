//! Who has to go first.
//!
//! Newcomers wait in a queue, and whoever leaves it without having been of use has to be worth more than somebody among
//! the proven to get a place there: that keeps scans out and a loop's fixed part in. How long newcomers may wait is
//! learned ([`Tuner`]), from hardly at all, which is best for a loop or steady favourites, to nearly for ever, which is
//! LRU and best if what is wanted moves. The idea of a window before a filter is W-TinyLFU's (Einziger and others, 2017),
//! that of queues which are only tidied when somebody's turn comes is CLOCK's.
//!
//! A hit may do no more than count in one byte next to the entry. So that byte is emptied here when an entry's turn comes,
//! and what an entry is *worth* lives in its link while it is here, and in the [`History`] while it is not.
//!
//! Everything is bounded: an arrival moves at most one entry, a victim is found within some more than [`PATIENCE`] looks,
//! and nothing is allocated but for a slot that is new, and for the history when the first one goes or the shard outgrows
//! it.

use std::sync::Arc;

use super::history::{History, MOST, Memory};
use super::limits::Measure;
use super::queue::{Queues, Rank};
use super::tuner::{ONE, Tally, Tuner};

/// What the caller says about somebody whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It goes, whatever it is worth: it has expired.
    Goes,
    /// It stays, whatever it is worth: it is what room is being made for.
    Spared,
    /// It was used so many times since this was asked last: the count must begin anew.
    Used(u8),
}

/// So many are looked at for one victim; then the next one goes, used or not, so that no write walks through a shard.
const PATIENCE: usize = 64;

/// With a larger share of newcomers than this, one use in their queue is enough to stay, whatever others are worth: the
/// load moves, and what others were asked for is past. A fifth, as a fraction of [`ONE`].
const MOVING: u32 = ONE / 5;

/// With a larger share than this, the proven fade quickly. So they do if they are idle while others come back.
const FADING: u32 = ONE / 10;

/// Who fades quickly keeps one part in so many of its worth with a turn without a use. Others lose just 1.
const KEPT: u8 = 4;

/// One slot in so many belongs to the sample that is looked at out of turn.
const SAMPLE: usize = 16;

/// Of those never heard of before, one in so many makes the proven lose worth. If all did, a scan would wear them down.
const HEARD: u32 = 4;

/// A shard reports to the tuner so many times while as many go as it keeps.
const REPORTS: u64 = 64;

/// Whom a shard gives up when it is asked for room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// The first of the queue that has more than its share.
    Fair,
    /// The same, if it is a newcomer's turn. That may still win against one of the proven, who goes in its place.
    Newcomers,
    /// Anybody at all.
    Anyone,
}

/// The eviction policy of one shard. It knows slots, hashes and weights, and no keys, values or times.
///
/// The caller hands out slots, keeps the hash of each tenant, and tells of every one that comes and goes. The hash is one
/// that the choice of the shard does not depend on: it has to tell the tenants of one shard apart.
#[derive(Debug)]
pub(super) struct Policy {
    queues: Queues,
    history: History,
    tuner: Arc<Tuner>,
    tally: Tally,
    unheard: u32,
    /// The slot of the sample that is looked at next.
    sample_at: usize,
    /// What there was too much of last.
    measure: Option<Measure>,
    /// How many there were, and what they weighed, before the last one came.
    settled: (u64, u64),
}

/// What came of a look at somebody.
enum Look {
    Found(u32),
    /// It was sent elsewhere.
    Next,
    /// There is nobody in this queue who may go.
    Stuck,
}

impl Policy {
    /// Makes the policy of one of the shards that share a tuner.
    pub(super) fn new(tuner: Arc<Tuner>) -> Self {
        Self {
            queues: Queues::default(),
            history: History::default(),
            tuner,
            tally: Tally::default(),
            unheard: 0,
            sample_at: 0,
            measure: None,
            settled: (0, 0),
        }
    }

    /// Notes that somebody moved into a slot. The weight is 0 where bytes are not counted, and costs nothing then.
    pub(super) fn arrive(&mut self, slot: u32, hash: u32, weight: u64) {
        self.settled = (self.all(Measure::Entries), self.all(Measure::Bytes));
        let memory = self.history.recall(hash);
        self.note_return(memory);
        let worth = memory.map_or(0, |memory| (memory.worth + 1).min(MOST));
        self.queues.arrive(slot, Rank::New, worth, weight);
        // While the store fills up, nobody is asked for: newcomers move on by themselves.
        if let Some(first) = self.queues.first(Rank::New)
            && first != slot
            && self.turn(self.measure()) == Rank::New
            && self.has_place(first, self.measure())
        {
            self.queues.send(first, Rank::Proven);
        }
    }

    /// Notes that somebody moved out, and returns what it weighed.
    pub(super) fn leave(&mut self, slot: u32) -> u64 {
        self.queues.leave(slot)
    }

    /// Returns what an entry weighs.
    pub(super) fn weight(&self, slot: u32) -> u64 {
        self.queues.weight(slot)
    }

    /// Remembers somebody who has to go and is about to leave.
    #[expect(clippy::cast_precision_loss, reason = "entries of one shard are fewer than 2^52")]
    pub(super) fn remember(&mut self, slot: u32, hash: u32) {
        let among = self.queues.len();
        self.history.remember(hash, self.queues.worth(slot), among);
        self.tally.gone += 1.0;
        self.tally.entries += among as f64;
        self.tally.proven += self.queues.much(Rank::Proven, Measure::Entries) as f64;
        self.tally.moment += self.history.recent_span();
        if self.tally.gone >= (among / REPORTS) as f64 {
            self.tuner.report(&mut self.tally);
        }
    }

    /// Returns the tuner that it shares with others.
    pub(super) fn tuner(&self) -> Arc<Tuner> {
        Arc::clone(&self.tuner)
    }

    /// Notes that somebody has another weight now, and returns the one it had.
    pub(super) fn reweigh(&mut self, slot: u32, weight: u64) -> u64 {
        self.queues.reweigh(slot, weight)
    }

    /// Returns who has to go, if anybody within reach may. It is still here: [`remember`](Self::remember) it, if it has not
    /// expired, and let it [`leave`](Self::leave).
    pub(super) fn victim(
        &mut self,
        too_much: Measure,
        reach: Reach,
        mut judge: impl FnMut(u32) -> Verdict,
    ) -> Option<u32> {
        if reach == Reach::Newcomers && self.turn(too_much) != Rank::New {
            return None;
        }
        self.measure = Some(too_much);
        self.look_at_sample(&mut judge);
        let mut stuck = None;
        // The last look may be at what room is made for, or find nobody else in its queue: neither may end the search.
        for patience in (0..=PATIENCE).rev().chain([0, 0]) {
            let rank = match stuck {
                Some(Rank::New) => Rank::Proven,
                Some(Rank::Proven) => Rank::New,
                None => self.turn(too_much),
            };
            let look = match rank {
                Rank::New => self.look_at_newcomer(patience, &mut judge),
                Rank::Proven => self.look_at_proven(patience, &mut judge),
            };
            match look {
                Look::Found(slot) => return Some(slot),
                Look::Next => {}
                Look::Stuck if reach != Reach::Anyone => return None,
                // Unless somebody was sent from here to the queue that had nobody.
                Look::Stuck if stuck.is_some_and(|other| self.queues.much(other, Measure::Entries) <= 1) => {
                    return None;
                }
                Look::Stuck => stuck = Some(rank),
            }
        }
        None
    }

    /// Looks at the next of the sample, to learn early whether the proven are in use still.
    ///
    /// A slot and not a tenant is what belongs to the sample: it costs no memory and needs no random numbers.
    fn look_at_sample(&mut self, judge: &mut impl FnMut(u32) -> Verdict) {
        let next = self.sample_at + SAMPLE;
        self.sample_at = if next < self.queues.slots() { next } else { 0 };
        let Ok(slot) = u32::try_from(self.sample_at) else { return };
        if self.queues.is_proven(slot)
            && let Verdict::Used(uses) = judge(slot)
        {
            self.tally.count_look(uses > 0);
            self.gain_worth(slot, uses);
            if uses > 0 {
                self.queues.note_use(slot);
            }
        }
    }

    fn look_at_newcomer(&mut self, patience: usize, judge: &mut impl FnMut(u32) -> Verdict) -> Look {
        let Some(slot) = self.queues.first(Rank::New) else { return Look::Stuck };
        let uses = match judge(slot) {
            Verdict::Goes => return Look::Found(slot),
            Verdict::Spared => return self.spare(slot, Rank::New),
            Verdict::Used(uses) => uses,
        };
        let worth = self.gain_worth(slot, uses);
        if patience > 0
            && let Some(rank) = self.next_rank(slot, uses)
        {
            self.queues.send(slot, rank);
            return Look::Next;
        }
        Look::Found(self.contest(slot, worth, judge))
    }

    /// Returns where a newcomer goes that need not be worth more than others.
    ///
    /// While the load moves, whoever was used again and again waits once more: else the long queue of newcomers would hold
    /// what nobody wants, and the few proven would drive out each other. One that was used once may have had its day.
    fn next_rank(&self, slot: u32, uses: u8) -> Option<Rank> {
        let is_moving = self.tuner.share() > MOVING;
        match uses {
            _ if self.has_place(slot, self.measure()) => Some(Rank::Proven),
            1 if is_moving => Some(Rank::Proven),
            2.. if is_moving => Some(Rank::New),
            _ => None,
        }
    }

    /// Returns who has to go: a newcomer, or the one among the proven whose turn it is.
    ///
    /// A newcomer that wins stays where it is until there is a place for it, so that a heavy one has to win against each
    /// that has to go for it.
    fn contest(&mut self, newcomer: u32, worth: u8, judge: &mut impl FnMut(u32) -> Verdict) -> u32 {
        if worth == 0 {
            self.unheard = self.unheard.wrapping_add(1);
            if !self.unheard.is_multiple_of(HEARD) {
                return newcomer;
            }
        }
        let Some(holder) = self.queues.first(Rank::Proven) else { return newcomer };
        match judge(holder) {
            Verdict::Goes => holder,
            Verdict::Spared => {
                self.queues.send(holder, Rank::Proven);
                newcomer
            }
            Verdict::Used(uses) => {
                let is_used = self.take_turn(holder, uses);
                if worth > worth_to_beat(self.queues.worth(holder)) {
                    return holder;
                }
                let is_idle = worth > 0 && self.tuner.is_idle();
                self.send_back(holder, is_used, is_idle);
                newcomer
            }
        }
    }

    fn look_at_proven(&mut self, patience: usize, judge: &mut impl FnMut(u32) -> Verdict) -> Look {
        let Some(slot) = self.queues.first(Rank::Proven) else { return Look::Stuck };
        let uses = match judge(slot) {
            Verdict::Goes => return Look::Found(slot),
            Verdict::Spared => return self.spare(slot, Rank::Proven),
            Verdict::Used(uses) => uses,
        };
        let is_used = self.take_turn(slot, uses);
        if self.queues.worth(slot) == 0 || patience == 0 {
            return Look::Found(slot);
        }
        self.send_back(slot, is_used, false);
        Look::Next
    }

    fn spare(&mut self, slot: u32, rank: Rank) -> Look {
        if self.queues.much(rank, Measure::Entries) == 1 {
            return Look::Stuck;
        }
        self.queues.send(slot, rank);
        Look::Next
    }

    /// Counts what the turn of a proven one tells, and returns whether it was used since the last one.
    fn take_turn(&mut self, slot: u32, uses: u8) -> bool {
        let is_used = self.queues.take_use(slot) || uses > 0;
        self.tally.count_turn(self.queues.worth(slot) == 0, is_used);
        self.gain_worth(slot, uses);
        is_used
    }

    fn gain_worth(&mut self, slot: u32, uses: u8) -> u8 {
        let worth = self.queues.worth(slot).saturating_add(uses).min(MOST);
        self.queues.set_worth(slot, worth);
        worth
    }

    fn send_back(&mut self, slot: u32, is_used: bool, is_idle: bool) {
        if !is_used {
            let worth = self.queues.worth(slot);
            let is_quick = is_idle || self.tuner.share() > FADING;
            self.queues.set_worth(slot, if is_quick { worth / KEPT } else { worth.saturating_sub(1) });
        }
        self.queues.send(slot, Rank::Proven);
    }

    /// Counts what the return of somebody tells the tuner.
    fn note_return(&mut self, memory: Option<Memory>) {
        match memory {
            // For whoever is worth more, a place among the proven would have been the better one.
            Some(Memory { worth: 0..=2, is_recent: true }) => self.tally.back_soon += 1.0,
            Some(Memory { worth: 1.., .. }) => self.tally.back_late += 1.0,
            _ => {}
        }
    }

    /// Returns what there is likely to be too much of next: bytes, as long as nothing else is known, if they are counted.
    fn measure(&self) -> Measure {
        let counted = if self.all(Measure::Bytes) > 0 { Measure::Bytes } else { Measure::Entries };
        self.measure.unwrap_or(counted)
    }

    fn turn(&self, of: Measure) -> Rank {
        let new = self.queues.much(Rank::New, of);
        let is_proven_empty = self.queues.first(Rank::Proven).is_none();
        if new > self.share(of) || is_proven_empty { Rank::New } else { Rank::Proven }
    }

    /// Returns whether the proven have less than their share, even with this one.
    ///
    /// Their share is one of what was there before the last one came: a heavy one that is on its way in is no place for
    /// others, who would then drive out the proven without having been worth more.
    fn has_place(&self, slot: u32, of: Measure) -> bool {
        let settled = match of {
            Measure::Entries => self.settled.0,
            Measure::Bytes => self.settled.1,
        };
        let proven = self.queues.much(Rank::Proven, of).saturating_add(self.queues.amount(slot, of));
        proven.saturating_add(self.share(of)) <= settled.min(self.all(of))
    }

    /// Returns how much of a measure newcomers may have.
    fn share(&self, of: Measure) -> u64 {
        let share = u128::from(self.all(of)) * u128::from(self.tuner.share()) / u128::from(ONE);
        u64::try_from(share).unwrap_or(u64::MAX).max(1)
    }

    fn all(&self, of: Measure) -> u64 {
        self.queues.much(Rank::New, of).saturating_add(self.queues.much(Rank::Proven, of))
    }
}

/// Returns what a newcomer has to be worth more than.
///
/// In a loop, all are asked for equally often, but who waits for its next turn has one less to show: without some more
/// for those that are known, one half of a loop would drive out the other.
fn worth_to_beat(worth: u8) -> u8 {
    if worth >= 2 { worth + 1 } else { worth }
}

#[cfg(test)]
mod tests;
