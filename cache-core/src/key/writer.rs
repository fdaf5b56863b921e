//! [`KeyWriter`]: what a key is written with.

use std::fmt;

use crate::key::alphabet::{self, Alphabet, escaped};
use crate::key::digest::Digest;
use crate::key::{KeyName, KeyPart, Place};

/// Writes a key into a buffer on the stack: literal text, and values in places.
///
/// [`key!`](https://docs.rs/larder/latest/larder/macro.key.html) and the attributes write the calls; by hand it is
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::key::{Key, mark};
///
/// let id = 42;
/// let key = Key::write(mark("profile:<id>"), |key| {
///     key.literal("profile:").part(&id);
/// });
/// assert_eq!(key.as_str(), "profile:42");
/// ```
///
/// Between two places stands literal text with a separator in it; the macros see to that, by hand it is on you.
pub struct KeyWriter<'a> {
    bytes: &'a mut [u8],
    /// How many are written; more than there are, where a text did not fit and there is no digest.
    len: &'a mut usize,
    /// What becomes of a text that does not fit.
    digest: Option<&'a mut Digest>,
}

/// Fills the buffer with a text, sealed where it is too long, and returns its length.
#[inline]
pub(super) fn fill(bytes: &mut [u8], write: impl FnOnce(&mut KeyWriter<'_>)) -> usize {
    let (mut len, mut digest) = (0, Digest::default());
    write(&mut KeyWriter { bytes, len: &mut len, digest: Some(&mut digest) });
    digest.seal(bytes, len)
}

/// Fills the buffer with a text that is expected to fit, and returns its length; `None` where it does not.
#[inline(always)]
pub(super) fn fill_small(bytes: &mut [u8], write: impl FnOnce(&mut KeyWriter<'_>)) -> Option<usize> {
    let mut len = 0;
    write(&mut KeyWriter { bytes, len: &mut len, digest: None });
    (len <= bytes.len()).then_some(len)
}

impl KeyWriter<'_> {
    /// Writes literal text of a pattern as it is; what no server takes (white space, control characters, what is not
    /// ASCII) is escaped.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// # use larder::key::Key;
    /// assert_eq!(Key::write(0, |key| { key.literal("a:b"); }).as_str(), "a:b");
    /// ```
    #[inline(always)]
    pub fn literal(&mut self, text: &'static str) -> &mut Self {
        // Of a constant text the compiler knows the answer.
        if text.bytes().all(|byte| byte.is_ascii_graphic()) {
            self.push(text.as_bytes());
        } else {
            self.escape(text.as_bytes(), &alphabet::LITERAL);
        }
        self
    }

    /// Writes a value into a place.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// # use larder::key::Key;
    /// assert_eq!(Key::write(0, |key| { key.part("a:b"); }).as_str(), "a%3Ab");
    /// ```
    #[inline]
    pub fn part<P: KeyPart + ?Sized>(&mut self, part: &P) -> &mut Self {
        part.write_key(self.place());
        self
    }

    /// Writes the name of a type into a place.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// # use larder::key::Key;
    /// assert_eq!(Key::write(0, |key| { key.name::<u64>(); }).as_str(), "u64");
    /// ```
    #[inline]
    pub fn name<T: KeyName + ?Sized>(&mut self) -> &mut Self {
        self.text(T::KEY_NAME)
    }

    /// Writes text into a place.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// # use larder::key::Key;
    /// assert_eq!(Key::write(0, |key| { key.text("100 %"); }).as_str(), "100%20%25");
    /// ```
    #[inline]
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.escape(text.as_bytes(), &alphabet::VALUE);
        self
    }

    /// Opens a place.
    #[inline]
    pub(super) fn place(&mut self) -> Place<'_> {
        Place::new(self.reborrow())
    }

    #[inline]
    pub(super) fn reborrow(&mut self) -> KeyWriter<'_> {
        KeyWriter { bytes: self.bytes, len: self.len, digest: self.digest.as_deref_mut() }
    }

    /// Writes text and escapes what the alphabet does not keep.
    #[inline]
    pub(super) fn escape(&mut self, text: &[u8], alphabet: &Alphabet) {
        if alphabet.keeps_all(text) { self.push(text) } else { self.escape_parts(text, alphabet) }
    }

    #[cold]
    fn escape_parts(&mut self, text: &[u8], alphabet: &Alphabet) {
        let mut rest = text;
        loop {
            let (run, after) = rest.split_at(alphabet.run(rest));
            self.push(run);
            let Some((byte, after)) = after.split_first() else { return };
            self.push(&escaped(*byte));
            rest = after;
        }
    }

    /// Writes what a value's `Display` says, escaped, without a detour over the heap.
    pub(super) fn display(&mut self, value: &dyn fmt::Display) {
        use fmt::Write;

        struct Escaping<'a>(KeyWriter<'a>);
        impl Write for Escaping<'_> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                self.0.text(text);
                Ok(())
            }
        }
        // The writer takes everything; a `Display` that fails by itself has said what it could.
        let _ = write!(Escaping(self.reborrow()), "{value}");
    }

    /// Writes a number with at least this many digits.
    pub(super) fn padded(&mut self, number: u64, width: usize) {
        const GROUP: u64 = 10_u64.pow(8);
        let least = match number / GROUP {
            0 if width <= 8 => width,
            above => {
                self.padded(above, width.saturating_sub(8).max(1));
                8
            }
        };
        self.at_most_eight_digits(number % GROUP, least);
    }

    /// Writes a number below a hundred million with at least this many of eight digits.
    #[inline]
    pub(super) fn at_most_eight_digits(&mut self, number: u64, least: usize) {
        let (digits, zeros) = eight_digits(number);
        let zeros = zeros.min(8 - least);
        let digits = (digits >> (8 * zeros)).to_le_bytes();
        match self.bytes.get_mut(*self.len..).and_then(|room| room.first_chunk_mut()) {
            // All eight, which is known when this is compiled; what comes next overwrites the end.
            Some(room) => {
                *room = digits;
                *self.len += 8 - zeros;
            }
            None => self.push(&digits[..8 - zeros]),
        }
    }

    /// Writes bytes that are known to be printable and without meaning to the encoding, or to be its own marks.
    #[inline(always)]
    pub(super) fn push(&mut self, text: &[u8]) {
        match self.bytes.get_mut(*self.len..).and_then(|room| room.get_mut(..text.len())) {
            Some(room) => {
                copy(text, room);
                *self.len += text.len();
            }
            None => self.overflow(text),
        }
    }

    /// Fills what room is left with the readable beginning; the rest goes into the digest alone.
    #[cold]
    fn overflow(&mut self, text: &[u8]) {
        let Some(digest) = self.digest.as_deref_mut() else {
            *self.len = usize::MAX;
            return;
        };
        let room = &mut self.bytes[*self.len..];
        let (fits, rest) = text.split_at(room.len());
        room.copy_from_slice(fits);
        *self.len = self.bytes.len();
        digest.update(self.bytes, rest);
    }
}

/// Copies text into room of its length, without a call where that takes two words: most texts in keys are short.
#[inline(always)]
fn copy(text: &[u8], room: &mut [u8]) {
    match text.len() {
        4..=8 => copy_ends::<4>(text, room),
        9..=16 => copy_ends::<8>(text, room),
        _ => room.copy_from_slice(text),
    }
}

/// Copies the first `N` and the last `N` bytes: all of them, where there are no more than twice as many.
#[inline]
fn copy_ends<const N: usize>(text: &[u8], room: &mut [u8]) {
    if let (Some(first), Some(room)) = (text.first_chunk::<N>(), room.first_chunk_mut()) {
        *room = *first;
    }
    if let (Some(last), Some(room)) = (text.last_chunk::<N>(), room.last_chunk_mut()) {
        *room = *last;
    }
}

/// Returns a number of at most eight digits as text, the first digit in the lowest byte, and how many zeros it begins
/// with; the last digit does not count as one.
///
/// All digits at once: halves of four digits, then pairs, then digits, each next to its neighbour in one word.
#[inline]
fn eight_digits(number: u64) -> (u64, usize) {
    let fours = (number / 10_000) | ((number % 10_000) << 32);
    // So much by so much is a division by 100 of numbers below 10,000.
    let hundreds = ((fours * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let pairs = hundreds | ((fours - 100 * hundreds) << 16);
    // And this one by 10 of numbers below 100.
    let tens = ((pairs * 103) >> 10) & 0x000f_000f_000f_000f;
    let digits = tens | ((pairs - 10 * tens) << 8);
    let zeros = digits.trailing_zeros() as usize / 8;
    (digits | 0x3030_3030_3030_3030, zeros.min(7))
}

impl fmt::Debug for KeyWriter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyWriter({:?})", String::from_utf8_lossy(self.bytes.get(..*self.len).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(number: u64, width: usize) -> String {
        let mut bytes = [0; 64];
        let len = fill(&mut bytes, |key| key.padded(number, width));
        String::from_utf8(bytes[..len].to_vec()).unwrap()
    }

    #[test]
    fn numbers_read_as_rust_shows_them_with_as_many_zeros_as_are_asked_for() {
        let edges = (0..=19).flat_map(|exponent| {
            let power = 10_u64.pow(exponent);
            [power - 1, power, power + 1, power + power / 7]
        });
        for number in edges.chain(0..20_000).chain([u64::MAX]) {
            for width in [1, 2, 8, 9, 19] {
                assert_eq!(written(number, width), format!("{number:0width$}"));
            }
        }
    }

    #[test]
    fn a_number_at_the_end_of_its_room_is_written_whole() {
        for room in 1..12 {
            let mut bytes = [0; 12];
            assert_eq!(fill_small(&mut bytes[..room], |key| key.padded(1, 1)), Some(1));
            assert_eq!(bytes[0], b'1');
        }
    }

    #[test]
    fn a_text_that_does_not_fit_into_a_small_buffer_is_told_from_one_that_does() {
        let mut bytes = [0; 8];
        let mut fits = |texts: &[&'static str]| {
            fill_small(&mut bytes, |key| {
                for text in texts {
                    key.literal(text);
                }
            })
        };
        assert_eq!(
            (fits(&["1234", "5678"]), fits(&["1234", "56789"]), fits(&["123456789", ""])),
            (Some(8), None, None)
        );
    }
}
