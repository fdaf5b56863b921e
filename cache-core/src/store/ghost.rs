//! Who had to go as a newcomer a short while ago, and was then missed.
//!
//! Without this, a hot set that moves is never learned: what was hot before holds its places in the long queue, and what
//! is hot now is thrown out of the short one before it is read again.

/// Hashes of those that went, each in the one place that its hash gives it: the next one there drives it out. So the
/// oldest are forgotten by and by, and what is remembered is never in need of tidying.
#[derive(Debug, Default)]
pub(super) struct Ghosts {
    tags: Vec<u32>,
}

impl Ghosts {
    /// Remembers one that went from among so many.
    pub(super) fn remember(&mut self, hash: u32, among: u64) {
        let room = usize::try_from(2 * among).unwrap_or(usize::MAX / 2);
        if self.tags.len() < room {
            self.tags = vec![0; room.next_power_of_two()];
        }
        let place = self.place(hash);
        self.tags[place] = tag(hash);
    }

    /// Returns whether this one is remembered, and forgets it.
    pub(super) fn recall(&mut self, hash: u32) -> bool {
        if self.tags.is_empty() {
            return false;
        }
        let place = self.place(hash);
        let is_known = self.tags[place] == tag(hash);
        if is_known {
            self.tags[place] = 0;
        }
        is_known
    }

    fn place(&self, hash: u32) -> usize {
        hash as usize & (self.tags.len() - 1)
    }
}

/// All of the hash, and never the 0 of an empty place.
fn tag(hash: u32) -> u32 {
    hash.max(1)
}
