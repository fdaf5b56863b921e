//! What is left of keys, where they do not fit into slots.

use crate::key::{HEAD, MORE, Piece, first_piece};

/// What does not fit into slots, by their numbers. Nothing, as long as all keys are short.
#[derive(Debug, Default)]
pub(super) struct Rests {
    pieces: Vec<Piece>,
    long: Vec<Box<[u64]>>,
}

impl Rests {
    /// Returns whether the rest of the key in a slot is this, where their heads are the same.
    #[inline(always)]
    pub(super) fn agree(&self, slot: u32, rest: &[u64]) -> bool {
        rest.is_empty() || self.pieces.get(slot as usize) == Some(&first_piece(rest)) && self.ends_agree(slot, rest)
    }

    #[inline]
    fn ends_agree(&self, slot: u32, rest: &[u64]) -> bool {
        match rest.get(HEAD..) {
            None | Some([]) => true,
            Some(end) => self.long.get(slot as usize).is_some_and(|long| **long == *end),
        }
    }

    /// Puts the rest of a key at the number of its slot.
    pub(super) fn put(&mut self, slot: u32, rest: &[u64]) {
        let at = slot as usize;
        if rest.is_empty() {
            return;
        }
        if self.pieces.len() <= at {
            self.pieces.resize(at + 1, [0; HEAD]);
        }
        self.pieces[at] = first_piece(rest);
        if let Some(end @ [_, ..]) = rest.get(HEAD..) {
            if self.long.len() <= at {
                self.long.resize_with(at + 1, Box::default);
            }
            self.long[at] = end.into();
        }
    }

    /// Forgets what stands at the number of a slot, where that takes room of its own.
    pub(super) fn forget(&mut self, slot: u32) {
        if let Some(long) = self.long.get_mut(slot as usize) {
            *long = Box::default();
        }
    }

    /// Returns all words of the key in a slot, of which the head is this.
    pub(super) fn whole(&self, slot: u32, head: Piece) -> Vec<u64> {
        let mut key = head.to_vec();
        let mut more = head[HEAD - 1] & MORE != 0;
        if more {
            let piece = self.pieces[slot as usize];
            key.extend(piece);
            more = piece[HEAD - 1] & MORE != 0;
        }
        if more {
            key.extend(&*self.long[slot as usize]);
        }
        key.into_iter().map(|word| word & !MORE).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(words: u64) -> Vec<u64> {
        (0..words).map(|word| u64::from_ne_bytes(*b"abcdefgh") + word).collect()
    }

    fn rest(key: &[u64]) -> &[u64] {
        key.get(HEAD..).unwrap_or_default()
    }

    #[test]
    fn keys_of_all_lengths_are_told_from_those_that_differ_in_any_one_word() {
        let mut rests = Rests::default();
        for len in 0..9 {
            // Nothing that stood there before is taken for a part of it.
            for before in [key(8), key(len)] {
                rests.forget(3);
                rests.put(3, rest(&before));
            }
            let is = |other: &[u64]| first_piece(&key(len)) == first_piece(other) && rests.agree(3, rest(other));
            assert!(is(&key(len)));
            assert!((0..9).all(|other| is(&key(other)) == (other == len)), "{len} words");
            for at in 0..key(len).len() {
                let mut other = key(len);
                other[at] += 256;
                assert!(!is(&other), "{len} words, another one at {at}");
            }
            assert!(rests.whole(3, first_piece(&key(len))).iter().take_while(|word| **word != 0).eq(&key(len)));
        }
    }

    #[test]
    fn short_keys_take_no_room_but_their_slots() {
        let mut rests = Rests::default();
        rests.put(7, rest(&key(2)));
        assert_eq!((rests.pieces.capacity(), rests.long.capacity()), (0, 0));
        rests.put(7, rest(&key(4)));
        assert_eq!((rests.pieces.len(), rests.long.capacity()), (8, 0));
        rests.put(7, rest(&key(5)));
        rests.forget(7);
        assert_eq!(rests.long[7].len(), 0);
    }
}
