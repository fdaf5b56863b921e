//! What becomes of a text that is too long: its readable beginning, `%+`, and 32 digits of its digest.

use std::cell::Cell;

use blake3::{Hash, Hasher};

/// `%+` can stand nowhere else: in an escape, two digits or a word follow the `%`.
const SIGN: &[u8; 2] = b"%+";
const DIGITS: usize = 32;
const TAIL: usize = SIGN.len() + DIGITS;

/// The digest of a text while it is being written; it begins its work when the text no longer fits.
pub(super) struct Digest(Box<Hasher>);

thread_local! {
    /// A hasher takes two KB: too much for the stack of every function with a key, and to be allocated for every long key.
    static SPARE: Cell<Option<Box<Hasher>>> = const { Cell::new(None) };
}

impl Digest {
    /// Begins with what was written before.
    #[cold]
    pub(super) fn of(full: &[u8]) -> Self {
        let spare = SPARE.try_with(Cell::take).ok().flatten();
        let mut hasher = spare.unwrap_or_default();
        hasher.reset().update(full);
        Self(hasher)
    }

    /// Takes the next part of the text.
    pub(super) fn update(&mut self, more: &[u8]) {
        self.0.update(more);
    }

    fn finish(self) -> Hash {
        let hash = self.0.finalize();
        // In a thread that is ending nobody needs it any more.
        let _ = SPARE.try_with(|spare| spare.set(Some(self.0)));
        hash
    }

    /// Ends a text and returns its length: `len` where it fits, else that of its beginning and its digest.
    #[cold]
    pub(super) fn seal(digest: Option<Self>, bytes: &mut [u8], len: usize) -> usize {
        let hash = match digest {
            None if !looks_sealed(bytes, len) => return len,
            None => blake3::hash(&bytes[..len]),
            Some(digest) => digest.finish(),
        };
        let cut = readable(&bytes[..bytes.len() - TAIL]);
        let (sign, digits) = bytes[cut..cut + TAIL].split_at_mut(SIGN.len());
        sign.copy_from_slice(SIGN);
        digits.copy_from_slice(&hash.to_hex().as_bytes()[..DIGITS]);
        bytes[cut + TAIL..].fill(0);
        cut + TAIL
    }
}

/// Literal text may hold `%+` too. A short text that ends like a digested one is digested as well, so that the two
/// never meet.
fn looks_sealed(bytes: &[u8], len: usize) -> bool {
    len + 2 >= bytes.len() && bytes[len - TAIL..].starts_with(SIGN)
}

/// Returns how much of the beginning stays: all but an escape that was cut in two.
fn readable(beginning: &[u8]) -> usize {
    match beginning {
        [before @ .., b'%'] | [before @ .., b'%', _] => before.len(),
        whole => whole.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Key;

    fn of(more: &[u8]) -> Digest {
        let mut digest = Digest::of(b"full");
        digest.update(more);
        digest
    }

    fn sealed(digest: Digest) -> Vec<u8> {
        let mut bytes = [b'x'; 64];
        let len = Digest::seal(Some(digest), &mut bytes, 64);
        bytes[..len].to_vec()
    }

    #[test]
    fn a_hasher_that_is_used_again_has_forgotten_what_it_was_used_for() {
        let first = sealed(of(b"one"));
        assert_ne!(sealed(of(b"other")), first);
        // Two at once, as where a value writes a key of its own.
        let (one, other) = (of(b"one"), of(b"other"));
        assert_eq!((sealed(one), sealed(other) == first), (first.clone(), false));
    }

    #[test]
    fn a_key_that_was_kept_as_text_is_itself_again() {
        for len in [0, 1, 165, 166, 167, 199, 200, 201, 1000] {
            for text in ["x".repeat(len), format!("{}%+{}", "x".repeat(len), "0".repeat(DIGITS))] {
                let key = Key::write(7, |key| key.push(text.as_bytes()));
                assert_eq!(Key::__sealed(7, key.as_str()), key, "{len}");
            }
        }
    }
}
