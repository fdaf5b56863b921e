//! What becomes of a text that is too long: its readable beginning, `%+`, and 32 digits of its digest.

use blake3::Hasher;

/// `%+` can stand nowhere else: in an escape, two digits or a word follow the `%`.
const SIGN: &[u8; 2] = b"%+";
const DIGITS: usize = 32;
const TAIL: usize = SIGN.len() + DIGITS;

/// The digest of a text while it is being written; it begins its work when the text no longer fits.
#[derive(Default)]
pub(super) struct Digest(Option<Hasher>);

impl Digest {
    /// Takes the next part of the text; `full` is what was written before the first such part.
    #[cold]
    pub(super) fn update(&mut self, full: &[u8], more: &[u8]) {
        let hasher = self.0.get_or_insert_with(|| {
            let mut hasher = Hasher::new();
            hasher.update(full);
            hasher
        });
        hasher.update(more);
    }

    /// Ends the text and returns its length: `len` where it fits, else that of its beginning and its digest.
    #[inline]
    pub(super) fn seal(&self, bytes: &mut [u8], len: usize) -> usize {
        if self.0.is_none() && !looks_sealed(bytes, len) { len } else { self.replace_end(bytes, len) }
    }

    #[cold]
    fn replace_end(&self, bytes: &mut [u8], len: usize) -> usize {
        let hash = self.0.as_ref().map_or_else(|| blake3::hash(&bytes[..len]), Hasher::finalize);
        let cut = readable(&bytes[..bytes.len() - TAIL]);
        let (sign, digits) = bytes[cut..cut + TAIL].split_at_mut(SIGN.len());
        sign.copy_from_slice(SIGN);
        digits.copy_from_slice(&hash.to_hex().as_bytes()[..DIGITS]);
        cut + TAIL
    }
}

/// Literal text may hold `%+` too. A short text that ends like a digested one is digested as well, so that the two
/// never meet.
#[inline]
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
