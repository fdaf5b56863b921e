//! Two queues through one vector of links: whoever leaves is unlinked at once, and no write has to tidy up after others.

use super::limits::Measure;

const NOBODY: u32 = u32::MAX;

/// Which queue somebody stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rank {
    /// That of newcomers, which everybody enters.
    New,
    /// That of the proven, which one has to be worth.
    Proven,
}

#[derive(Clone, Copy, Debug)]
struct Link {
    /// The slot itself where nobody stands.
    before: u32,
    after: u32,
    rank: Rank,
    /// How often it was asked for, as far as that is known.
    worth: u8,
    /// Whether it was found to be used between two turns.
    was_used: bool,
}

/// The queues of newcomers and of the proven.
#[derive(Debug, Default)]
pub(super) struct Queues {
    /// By slot.
    links: Vec<Link>,
    /// By slot; shorter than `links` as long as nobody weighs anything, so that a store that does not count bytes does
    /// not pay for them.
    weights: Vec<u64>,
    new: Queue,
    proven: Queue,
}

#[derive(Debug)]
struct Queue {
    first: u32,
    last: u32,
    entries: u64,
    bytes: u64,
}

impl Default for Queue {
    fn default() -> Self {
        Self { first: NOBODY, last: NOBODY, entries: 0, bytes: 0 }
    }
}

impl Queues {
    /// Returns how many stand in both queues.
    pub(super) fn len(&self) -> u64 {
        self.new.entries + self.proven.entries
    }

    /// Returns how much there is of a measure in a queue.
    pub(super) fn much(&self, rank: Rank, of: Measure) -> u64 {
        let queue = self.queue(rank);
        match of {
            Measure::Entries => queue.entries,
            Measure::Bytes => queue.bytes,
        }
    }

    /// Returns who stands first in a queue.
    pub(super) fn first(&self, rank: Rank) -> Option<u32> {
        Some(self.queue(rank).first).filter(|slot| *slot != NOBODY)
    }

    pub(super) fn rank(&self, slot: u32) -> Rank {
        self.links[slot as usize].rank
    }

    pub(super) fn worth(&self, slot: u32) -> u8 {
        self.links[slot as usize].worth
    }

    pub(super) fn set_worth(&mut self, slot: u32, worth: u8) {
        self.links[slot as usize].worth = worth;
    }

    /// Returns how many slots there are, with and without a tenant.
    pub(super) fn slots(&self) -> usize {
        self.links.len()
    }

    /// Returns whether the slot has a tenant, and that is among the proven.
    pub(super) fn is_proven(&self, slot: u32) -> bool {
        self.links.get(slot as usize).is_some_and(|link| link.before != slot && link.rank == Rank::Proven)
    }

    /// Notes that the tenant of a slot was used before its turn came.
    pub(super) fn note_use(&mut self, slot: u32) {
        self.links[slot as usize].was_used = true;
    }

    /// Returns whether that was noted, and forgets it.
    pub(super) fn take_use(&mut self, slot: u32) -> bool {
        std::mem::take(&mut self.links[slot as usize].was_used)
    }

    /// Returns how much there is of a measure in the tenant of a slot.
    pub(super) fn amount(&self, slot: u32, of: Measure) -> u64 {
        match of {
            Measure::Entries => 1,
            Measure::Bytes => self.weight(slot),
        }
    }

    /// Lets the tenant of a slot stand at the end of a queue.
    pub(super) fn arrive(&mut self, slot: u32, rank: Rank, worth: u8, weight: u64) {
        self.set_weight(slot, weight);
        self.append(slot, rank, worth, weight);
    }

    /// Takes the tenant of a slot out, and returns what it weighed.
    pub(super) fn leave(&mut self, slot: u32) -> u64 {
        let Link { before, after, rank, .. } = self.links[slot as usize];
        let weight = self.weight(slot);
        self.links[slot as usize].before = slot;
        if let Some(before) = self.links.get_mut(before as usize) {
            before.after = after;
        }
        if let Some(after) = self.links.get_mut(after as usize) {
            after.before = before;
        }
        let queue = self.queue_mut(rank);
        if before == NOBODY {
            queue.first = after;
        }
        if after == NOBODY {
            queue.last = before;
        }
        queue.entries -= 1;
        queue.bytes = queue.bytes.wrapping_sub(weight);
        weight
    }

    /// Sends the tenant of a slot to the end of a queue.
    pub(super) fn send(&mut self, slot: u32, rank: Rank) {
        let worth = self.worth(slot);
        let weight = self.leave(slot);
        self.append(slot, rank, worth, weight);
    }

    /// Gives the tenant of a slot another weight, and returns the one it had.
    pub(super) fn reweigh(&mut self, slot: u32, weight: u64) -> u64 {
        let before = self.weight(slot);
        self.set_weight(slot, weight);
        let queue = self.queue_mut(self.rank(slot));
        queue.bytes = queue.bytes.wrapping_add(weight.wrapping_sub(before));
        before
    }

    fn append(&mut self, slot: u32, rank: Rank, worth: u8, weight: u64) {
        let last = self.queue(rank).last;
        let link = Link { before: last, after: NOBODY, rank, worth, was_used: false };
        let at = slot as usize;
        while self.links.len() <= at {
            let before = u32::try_from(self.links.len()).unwrap_or(NOBODY);
            self.links.push(Link { before, ..link });
        }
        self.links[at] = link;
        if let Some(last) = self.links.get_mut(last as usize) {
            last.after = slot;
        }
        let queue = self.queue_mut(rank);
        queue.last = slot;
        if queue.first == NOBODY {
            queue.first = slot;
        }
        queue.entries += 1;
        queue.bytes = queue.bytes.wrapping_add(weight);
    }

    pub(super) fn weight(&self, slot: u32) -> u64 {
        self.weights.get(slot as usize).copied().unwrap_or(0)
    }

    fn set_weight(&mut self, slot: u32, weight: u64) {
        let at = slot as usize;
        if at >= self.weights.len() && weight > 0 {
            self.weights.resize(at + 1, 0);
        }
        if let Some(place) = self.weights.get_mut(at) {
            *place = weight;
        }
    }

    fn queue(&self, rank: Rank) -> &Queue {
        match rank {
            Rank::New => &self.new,
            Rank::Proven => &self.proven,
        }
    }

    fn queue_mut(&mut self, rank: Rank) -> &mut Queue {
        match rank {
            Rank::New => &mut self.new,
            Rank::Proven => &mut self.proven,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(queues: &Queues, rank: Rank) -> Vec<u32> {
        std::iter::successors(queues.first(rank), |slot| {
            Some(queues.links[*slot as usize].after).filter(|slot| *slot != NOBODY)
        })
        .collect()
    }

    #[test]
    fn a_queue_keeps_the_order_of_arrival() {
        let mut queues = Queues::default();
        (0..4).for_each(|slot| queues.arrive(slot, Rank::New, 0, 1));
        queues.leave(1);
        queues.send(0, Rank::New);
        assert_eq!(order(&queues, Rank::New), [2, 3, 0]);
    }

    #[test]
    fn both_measures_follow_whoever_moves() {
        let mut queues = Queues::default();
        queues.arrive(0, Rank::New, 0, 10);
        queues.arrive(1, Rank::New, 0, 20);
        queues.send(0, Rank::Proven);
        assert_eq!(queues.reweigh(0, 15), 10);
        assert_eq!(queues.much(Rank::New, Measure::Bytes), 20);
        assert_eq!(queues.much(Rank::Proven, Measure::Bytes), 15);
        assert_eq!(queues.much(Rank::Proven, Measure::Entries), 1);
        assert_eq!(queues.leave(1), 20);
        assert_eq!(queues.much(Rank::New, Measure::Bytes), 0);
    }

    #[test]
    fn a_slot_that_is_used_again_forgets_the_weight_of_its_last_tenant() {
        let mut queues = Queues::default();
        queues.arrive(0, Rank::New, 0, 10);
        queues.leave(0);
        queues.arrive(0, Rank::New, 0, 0);
        assert_eq!(queues.much(Rank::New, Measure::Bytes), 0);
        assert_eq!(queues.leave(0), 0);
    }

    #[test]
    fn a_use_is_noted_until_it_is_taken_or_its_tenant_moves() {
        let mut queues = Queues::default();
        queues.arrive(0, Rank::Proven, 0, 0);
        queues.note_use(0);
        assert!(queues.take_use(0) && !queues.take_use(0));
        queues.note_use(0);
        queues.send(0, Rank::New);
        assert!(!queues.take_use(0));
    }

    #[test]
    fn a_slot_that_nobody_stands_in_is_not_among_the_proven() {
        let mut queues = Queues::default();
        queues.arrive(2, Rank::Proven, 0, 0);
        assert_eq!([0, 1, 2, 3].map(|slot| queues.is_proven(slot)), [false, false, true, false]);
        queues.leave(2);
        assert!(!queues.is_proven(2));
    }

    #[test]
    fn weightless_entries_take_twelve_bytes_each() {
        let mut queues = Queues::default();
        queues.arrive(0, Rank::New, 0, 0);
        assert_eq!(size_of::<Link>(), 12);
        assert_eq!(queues.weights.capacity(), 0);
    }
}
