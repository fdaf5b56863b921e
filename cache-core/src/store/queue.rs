//! Who has to go first: newcomers wait in a short queue, and only those that were used meanwhile get into the long one.
//!
//! A scan passes through the short queue and leaves the long one alone. The idea is that of S3-FIFO (Yang and others,
//! 2023). Both queues are linked lists through one vector, so that whoever leaves is unlinked at once and no write ever
//! has to tidy up after others.

use super::limits::Measure;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rank {
    New,
    Proven,
}

/// What becomes of somebody whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Goes,
    /// It was used: it is proven now, and one use poorer.
    Stays,
    /// It is what room is being made for.
    Spared,
}

/// The part of a shard that is left to newcomers before somebody proven has to go: one in ten.
const NEWCOMERS: u128 = 10;

/// So many may be spared for their uses while one victim is looked for; then the next one goes, used or not, so that no
/// write walks through all of a shard.
const PATIENCE: usize = 64;

const NOBODY: u32 = u32::MAX;

#[derive(Debug, Default)]
pub(super) struct Queues {
    /// By slot. What a slot without a tenant says here means nothing.
    links: Vec<Link>,
    new: Queue,
    proven: Queue,
}

#[derive(Clone, Copy, Debug)]
struct Link {
    rank: Rank,
    before: u32,
    after: u32,
    bytes: u64,
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

impl Queue {
    fn much(&self, of: Measure) -> u128 {
        u128::from(match of {
            Measure::Entries => self.entries,
            Measure::Bytes => self.bytes,
        })
    }
}

impl Queues {
    /// Returns how many stand in both queues.
    pub(super) fn len(&self) -> u64 {
        self.new.entries + self.proven.entries
    }

    /// Lets the tenant of a slot stand at the end of a queue.
    pub(super) fn arrive(&mut self, slot: u32, rank: Rank, bytes: u64) {
        let last = self.queue(rank).last;
        let link = Link { rank, before: last, after: NOBODY, bytes };
        match self.links.get_mut(slot as usize) {
            Some(place) => *place = link,
            // Slots are handed out in order, so that a new one is the next.
            None => self.links.push(link),
        }
        if let Some(last) = self.links.get_mut(last as usize) {
            last.after = slot;
        }
        let queue = self.queue(rank);
        queue.last = slot;
        if queue.first == NOBODY {
            queue.first = slot;
        }
        queue.entries += 1;
        queue.bytes = queue.bytes.wrapping_add(bytes);
    }

    /// Takes the tenant of a slot out, and returns what it weighed.
    pub(super) fn leave(&mut self, slot: u32) -> u64 {
        let Link { rank, before, after, bytes } = self.links[slot as usize];
        if let Some(before) = self.links.get_mut(before as usize) {
            before.after = after;
        }
        if let Some(after) = self.links.get_mut(after as usize) {
            after.before = before;
        }
        let queue = self.queue(rank);
        if before == NOBODY {
            queue.first = after;
        }
        if after == NOBODY {
            queue.last = before;
        }
        queue.entries -= 1;
        queue.bytes = queue.bytes.wrapping_sub(bytes);
        bytes
    }

    /// Gives the tenant of a slot another weight, and returns the one it had.
    pub(super) fn reweigh(&mut self, slot: u32, bytes: u64) -> u64 {
        let link = &mut self.links[slot as usize];
        let (rank, before) = (link.rank, std::mem::replace(&mut link.bytes, bytes));
        let queue = self.queue(rank);
        queue.bytes = queue.bytes.wrapping_add(bytes.wrapping_sub(before));
        before
    }

    pub(super) fn rank(&self, slot: u32) -> Rank {
        self.links[slot as usize].rank
    }

    /// Returns the queue that has more than its share.
    pub(super) fn whose_turn(&self, of: Measure) -> Rank {
        let (new, proven) = (self.new.much(of), self.proven.much(of));
        if new * NEWCOMERS >= new + proven { Rank::New } else { Rank::Proven }
    }

    /// Returns the first in a queue that has to go, if anybody does. It is still in its queue.
    pub(super) fn next_victim(&mut self, from: Rank, mut judge: impl FnMut(u32) -> Verdict) -> Option<u32> {
        let mut patience = PATIENCE;
        loop {
            let slot = Some(self.queue(from).first).filter(|slot| *slot != NOBODY)?;
            match judge(slot) {
                Verdict::Stays if patience > 0 => {
                    patience -= 1;
                    self.send_back(slot, Rank::Proven);
                }
                Verdict::Goes | Verdict::Stays => return Some(slot),
                Verdict::Spared if self.queue(from).entries == 1 => return None,
                Verdict::Spared => self.send_back(slot, from),
            }
        }
    }

    fn send_back(&mut self, slot: u32, rank: Rank) {
        let bytes = self.leave(slot);
        self.arrive(slot, rank, bytes);
    }

    fn queue(&mut self, rank: Rank) -> &mut Queue {
        match rank {
            Rank::New => &mut self.new,
            Rank::Proven => &mut self.proven,
        }
    }
}
