//! From hashes to slots.

/// A table of one word of four bytes for each slot: a part of its hash, and its number. A hit touches one line of it, as a
/// rule, and then the slot.
///
/// Open addressing with linear probing: whoever does not find its place free takes the next free one. A word has as many
/// bits for a number as the table needs to count its places, and the others for the hash: slots know their whole hash.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Empty, or as many as a power of two, at most three quarters of them in use.
    words: Box<[u32]>,
    used: usize,
}

const FREE: u32 = 0;

impl Index {
    /// Returns the slot with this hash that is the one that is looked for.
    #[inline(always)]
    pub(super) fn find(&self, hash: u32, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let mask = self.mask();
        let mut at = hash & mask;
        loop {
            let word = *self.words.get(at as usize)?;
            if word == FREE {
                return None;
            }
            let slot = (word & mask) - 1;
            if (word ^ hash) & !mask == 0 && is_it(slot) {
                return Some(slot);
            }
            at = (at + 1) & mask;
        }
    }

    /// Adds a slot that is not in the table. Its number is below the most slots that were in it at one time, this one counted:
    /// so it fits into the bits that the table has for numbers.
    pub(super) fn insert(&mut self, hash: u32, slot: u32, hash_of: impl Fn(u32) -> u32) {
        if (self.used + 1) * 4 > self.words.len() * 3 {
            self.grow(hash_of);
        }
        self.used += 1;
        self.put(hash, slot);
    }

    /// Takes a slot out, if it is there.
    pub(super) fn remove(&mut self, hash: u32, slot: u32, hash_of: impl Fn(u32) -> u32) {
        let mask = self.mask();
        let mut at = hash & mask;
        while let Some(word) = self.words.get(at as usize)
            && *word != FREE
        {
            if word & mask == slot + 1 {
                self.used -= 1;
                return self.close(at, hash_of);
            }
            at = (at + 1) & mask;
        }
    }

    /// Returns whether nothing is in the table.
    pub(super) fn is_empty(&self) -> bool {
        self.used == 0
    }

    fn put(&mut self, hash: u32, slot: u32) {
        let mask = self.mask();
        let mut at = hash & mask;
        while self.words[at as usize] != FREE {
            at = (at + 1) & mask;
        }
        // A slot counts from one here, so that no word is that of a free place.
        self.words[at as usize] = hash & !mask | (slot + 1);
    }

    fn grow(&mut self, hash_of: impl Fn(u32) -> u32) {
        let (mask, room) = (self.mask(), (self.words.len() * 2).max(8));
        let before = std::mem::replace(&mut self.words, vec![FREE; room].into());
        for slot in before.into_iter().filter(|word| *word != FREE).map(|word| (word & mask) - 1) {
            self.put(hash_of(slot), slot);
        }
    }

    /// Frees a place, and moves up those behind it that could not stand in their own.
    fn close(&mut self, mut gap: u32, hash_of: impl Fn(u32) -> u32) {
        let mask = self.mask();
        let mut at = (gap + 1) & mask;
        while self.words[at as usize] != FREE {
            let own = hash_of((self.words[at as usize] & mask) - 1) & mask;
            // Counted round the end of the table: whether its own place is not between the gap and where it stands.
            let far = |from: u32, to: u32| to.wrapping_sub(from) & mask;
            if far(own, at) >= far(gap, at) {
                self.words[gap as usize] = self.words[at as usize];
                gap = at;
            }
            at = (at + 1) & mask;
        }
        self.words[gap as usize] = FREE;
    }

    /// Returns the bits of a word that are a number, which are also those of a hash that are a place.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "slots are counted in 32 bits")]
    fn mask(&self) -> u32 {
        (self.words.len() as u32).wrapping_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn an_empty_table_finds_nothing() {
        assert_eq!(Index::default().find(7, |_| true), None);
        assert_eq!(Index::default().find(u32::MAX, |_| true), None);
    }

    #[test]
    fn slots_of_one_hash_are_told_apart() {
        let mut index = Index::default();
        index.insert(7, 1, |_| 7);
        index.insert(7, 2, |_| 7);
        assert_eq!((index.find(7, |slot| slot == 2), index.find(7, |slot| slot == 3)), (Some(2), None));
        index.remove(7, 1, |_| 7);
        assert_eq!((index.find(7, |slot| slot == 1), index.find(7, |slot| slot == 2)), (None, Some(2)));
    }

    /// Few hashes, so that most slots stand in places of others, and many leave again.
    #[test]
    fn whoever_is_in_the_table_is_found_whatever_came_and_went() {
        let (mut index, mut there, mut random) = (Index::default(), BTreeSet::new(), 1_u32);
        let hash_of = |slot: u32| (slot % 23).wrapping_mul(0x1000_0003);
        let rounds = if cfg!(miri) { 200 } else { 50_000 };
        for round in 0..rounds {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // As many numbers as there were slots at one time.
            let slot = (random >> 16) % (8 + round.min(250));
            if there.remove(&slot) {
                index.remove(hash_of(slot), slot, hash_of);
            } else if slot as usize <= there.len() {
                there.insert(slot);
                index.insert(hash_of(slot), slot, hash_of);
            }
            assert_eq!(index.find(hash_of(slot), |it| it == slot).is_some(), there.contains(&slot));
        }
        assert!(there.iter().all(|slot| index.find(hash_of(*slot), |it| it == *slot) == Some(*slot)));
        for slot in there {
            index.remove(hash_of(slot), slot, hash_of);
        }
        assert!(index.is_empty() && index.words.iter().all(|word| *word == FREE));
    }

    #[test]
    fn a_hash_of_nothing_but_ones_or_zeros_is_found_like_any_other() {
        let mut index = Index::default();
        for slot in 0..100 {
            let hash_of = |slot: u32| if slot.is_multiple_of(2) { 0 } else { u32::MAX };
            index.insert(hash_of(slot), slot, hash_of);
            assert!((0..=slot).all(|there| index.find(hash_of(there), |it| it == there) == Some(there)));
        }
        assert_eq!(index.find(0x5555_5555, |_| true), None);
    }
}
