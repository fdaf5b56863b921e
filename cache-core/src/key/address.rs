//! Where an entry is looked for inside the process.

use crate::key::Scope;

/// So many words of a key are looked at first: most keys have no more.
pub(crate) const HEAD: usize = 2;

/// The last bit of the last word of a piece says that more follows: text is ASCII, and has no use for it.
pub(crate) const MORE: u64 = u64::from_ne_bytes([0, 0, 0, 0, 0, 0, 0, 0x80]);

/// A piece of a key: some words of it, zeros behind its end, and whether more follows.
pub(crate) type Piece = [u64; HEAD];

/// Whose an entry is, and the words that its key is.
#[derive(Clone, Copy)]
pub(crate) struct Address<'a> {
    pub(crate) scope: &'a Scope,
    pub(crate) mark: u64,
    pub(crate) head: Piece,
    /// What follows the head.
    pub(crate) rest: &'a [u64],
}

impl<'a> Address<'a> {
    /// Makes the address of a key of so many bytes; what is behind its end in `room` is zero.
    #[inline(always)]
    pub(crate) fn new(scope: &'a Scope, mark: u64, room: &'a [u64], len: usize) -> Self {
        let head = piece(room);
        match room.get(HEAD..len.div_ceil(8)) {
            Some(rest @ [_, ..]) => Self { scope, mark, head: [head[0], head[1] | MORE], rest },
            _ => Self { scope, mark, head, rest: &[] },
        }
    }

    #[inline(always)]
    pub(crate) fn hash(&self) -> u64 {
        self.scope.hash(self.head, self.rest)
    }
}

/// Returns the first piece of some words.
#[inline(always)]
fn piece(words: &[u64]) -> Piece {
    [0, 1].map(|at| words.get(at).copied().unwrap_or(0))
}

/// Returns the first piece of some words, which says whether more follows.
#[inline(always)]
pub(crate) fn first_piece(words: &[u64]) -> Piece {
    let [first, second] = piece(words);
    [first, if words.len() > HEAD { second | MORE } else { second }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_begin_alike_have_heads_that_say_whether_more_follows() {
        let scope = Scope::new("", "1", None).unwrap();
        let room = [1, 2, 3, 0];
        let [none, one, two, three] = [0_usize, 8, 16, 17].map(|len| {
            let mut room = room;
            room[len.div_ceil(8)..].fill(0);
            let address = Address::new(&scope, 7, &room, len);
            (address.head, address.rest.to_vec(), address.hash())
        });
        assert_eq!((none.0, one.0, two.0, three.0), ([0, 0], [1, 0], [1, 2], [1, 2 | MORE]));
        assert_eq!((two.1.len(), three.1), (0, vec![3]));
        assert!(none.2 != one.2 && one.2 != two.2 && two.2 != three.2);
    }
}
