//! From hashes to slots.

/// A table of one word for each slot: half of its hash, and its number. A hit touches one line of it, as a rule, and then
/// the slot.
///
/// Open addressing with linear probing: whoever does not find its place free takes the next free one.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Empty, or as many as a power of two, at most three quarters of them in use.
    words: Box<[u64]>,
    used: usize,
}

const FREE: u64 = 0;

impl Index {
    /// Returns the slot with this hash that is the one that is looked for.
    #[inline(always)]
    pub(super) fn find(&self, hash: u32, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let mut at = self.place(hash);
        loop {
            let word = *self.words.get(at)?;
            if word == FREE {
                return None;
            }
            if hash_of(word) == hash && is_it(slot_of(word)) {
                return Some(slot_of(word));
            }
            at = self.after(at);
        }
    }

    /// Adds a slot that is not in the table.
    pub(super) fn insert(&mut self, hash: u32, slot: u32) {
        if (self.used + 1) * 4 > self.words.len() * 3 {
            self.grow();
        }
        self.used += 1;
        self.put(word(hash, slot));
    }

    /// Takes a slot out, if it is there.
    pub(super) fn remove(&mut self, hash: u32, slot: u32) {
        let mut at = self.place(hash);
        while self.words.get(at).is_some_and(|there| *there != FREE) {
            if self.words[at] == word(hash, slot) {
                self.used -= 1;
                return self.close(at);
            }
            at = self.after(at);
        }
    }

    /// Returns whether nothing is in the table.
    pub(super) fn is_empty(&self) -> bool {
        self.used == 0
    }

    fn put(&mut self, word: u64) {
        let mut at = self.place(hash_of(word));
        while self.words[at] != FREE {
            at = self.after(at);
        }
        self.words[at] = word;
    }

    fn grow(&mut self) {
        let room = (self.words.len() * 2).max(8);
        let before = std::mem::replace(&mut self.words, vec![FREE; room].into());
        before.into_iter().filter(|word| *word != FREE).for_each(|word| self.put(word));
    }

    /// Frees a place, and moves up those behind it that could not stand in their own.
    fn close(&mut self, mut gap: usize) {
        let mut at = self.after(gap);
        while self.words[at] != FREE {
            let own = self.place(hash_of(self.words[at]));
            // Counted round the end of the table: whether its own place is not between the gap and where it stands.
            let (mask, far) = (self.words.len() - 1, |from: usize, to: usize| to.wrapping_sub(from));
            if far(own, at) & mask >= far(gap, at) & mask {
                self.words[gap] = self.words[at];
                gap = at;
            }
            at = self.after(at);
        }
        self.words[gap] = FREE;
    }

    #[inline]
    fn place(&self, hash: u32) -> usize {
        hash as usize & self.words.len().wrapping_sub(1)
    }

    #[inline]
    fn after(&self, at: usize) -> usize {
        (at + 1) & (self.words.len() - 1)
    }
}

/// A slot counts from one here, so that no word is that of a free place.
#[inline]
fn word(hash: u32, slot: u32) -> u64 {
    (u64::from(hash) << 32) | (u64::from(slot) + 1)
}

#[inline]
fn hash_of(word: u64) -> u32 {
    (word >> 32) as u32
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the other half")]
fn slot_of(word: u64) -> u32 {
    (word as u32) - 1
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn an_empty_table_finds_nothing() {
        assert_eq!(Index::default().find(7, |_| true), None);
    }

    #[test]
    fn slots_of_one_hash_are_told_apart() {
        let mut index = Index::default();
        index.insert(7, 1);
        index.insert(7, 2);
        assert_eq!((index.find(7, |slot| slot == 2), index.find(7, |slot| slot == 3)), (Some(2), None));
        index.remove(7, 1);
        assert_eq!((index.find(7, |slot| slot == 1), index.find(7, |slot| slot == 2)), (None, Some(2)));
    }

    /// Few hashes, so that most slots stand in places of others, and many leave again.
    #[test]
    fn whoever_is_in_the_table_is_found_whatever_came_and_went() {
        let (mut index, mut there, mut random) = (Index::default(), BTreeSet::new(), 1_u32);
        for _ in 0..50_000 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let slot = (random >> 16) & 0xff;
            let hash = (slot % 23).wrapping_mul(0x1000_0003);
            if there.remove(&(hash, slot)) {
                index.remove(hash, slot);
            } else {
                there.insert((hash, slot));
                index.insert(hash, slot);
            }
            assert_eq!(index.find(hash, |it| it == slot).is_some(), there.contains(&(hash, slot)));
        }
        assert!(there.iter().all(|(hash, slot)| index.find(*hash, |it| it == *slot) == Some(*slot)));
        for (hash, slot) in there {
            index.remove(hash, slot);
        }
        assert!(index.is_empty() && index.words.iter().all(|word| *word == FREE));
    }

    #[test]
    fn the_last_slot_and_every_hash_have_a_word_of_their_own() {
        for (hash, slot) in [(0, 0), (u32::MAX, 0), (0, u32::MAX - 1), (u32::MAX, u32::MAX - 1)] {
            assert_ne!(word(hash, slot), FREE);
            assert_eq!((hash_of(word(hash, slot)), slot_of(word(hash, slot))), (hash, slot));
        }
    }
}
