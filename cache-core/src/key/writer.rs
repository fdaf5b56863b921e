//! [`KeyWriter`]: what a key is written with.

use std::fmt;

use crate::key::alphabet::{self, Alphabet, escaped};
use crate::key::text::Text;
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
pub struct KeyWriter<'a>(&'a mut Text);

impl<'a> KeyWriter<'a> {
    #[inline(always)]
    pub(super) fn new(text: &'a mut Text) -> Self {
        Self(text)
    }
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

    /// Writes bytes into a place, whatever they are.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// # use larder::key::Key;
    /// assert_eq!(Key::write(0, |key| { key.bytes(b"a:\xff"); }).as_str(), "a%3A%FF");
    /// ```
    #[inline]
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.escape(bytes, &alphabet::VALUE);
        self
    }

    /// Writes what a key ends with as readably as can be: only white space, `%` and what is not printable ASCII is
    /// escaped. It may look like any other part, so nothing can follow it.
    ///
    /// ```
    /// # use cache_core::__private::larder;
    /// # use larder::key::Key;
    /// assert_eq!(Key::write(0, |key| key.rest(b"/blog/?page=2")).as_str(), "/blog/?page=2");
    /// ```
    #[inline]
    pub fn rest(&mut self, bytes: &[u8]) {
        if alphabet::is_raw(bytes) { self.push(bytes) } else { self.escape_parts(bytes, &alphabet::RAW) }
    }

    /// Writes what stands before a named value: what separates it from the one before, its name, and `=`.
    ///
    /// In as few pieces as can be, since each waits for the one before it; of a constant name the compiler knows them.
    #[inline(always)]
    pub(super) fn named(&mut self, separator: u8, name: &str) {
        let (text, len) = (name.as_bytes(), name.len() + 2);
        let stays = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        if len > 16 || !text.iter().all(stays) || !self.0.has_room(len) {
            self.push(&[separator]);
            self.text(name).push(b"=");
            return;
        }
        let word = |text: &[u8], end| text.iter().rev().fold(end, |word, byte| word << 8 | u64::from(*byte));
        let (first, rest) = text.split_at(text.len().min(7));
        let end = u64::from(b'=');
        let first = word(first, if len > 8 { 0 } else { end }) << 8 | u64::from(separator);
        self.0.put(first, len.min(8));
        if len > 8 {
            self.0.put(word(rest, end), len - 8);
        }
    }

    /// Opens a place.
    #[inline]
    pub(super) fn place(&mut self) -> Place<'_> {
        Place::new(self.reborrow())
    }

    #[inline]
    pub(super) fn reborrow(&mut self) -> KeyWriter<'_> {
        KeyWriter(self.0)
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
    #[inline(always)]
    pub(super) fn at_most_eight_digits(&mut self, number: u64, least: usize) {
        let (digits, zeros) = eight_digits(number);
        let zeros = zeros.min(8 - least);
        let (digits, len) = (digits >> (8 * zeros), 8 - zeros);
        if self.0.has_room(len) { self.0.put(digits, len) } else { self.0.overflow(&digits.to_le_bytes()[..len]) }
    }

    /// Writes bytes that are known to be printable and without meaning to the encoding, or to be its own marks.
    #[inline(always)]
    pub(super) fn push(&mut self, text: &[u8]) {
        if !self.0.has_room(text.len()) {
            return self.0.overflow(text);
        }
        let (eights, rest) = text.as_chunks::<8>();
        for eight in eights {
            self.0.put(u64::from_le_bytes(*eight), 8);
        }
        if !rest.is_empty() {
            self.0.put(last_word(text, rest), rest.len());
        }
    }
}

/// Returns the last bytes of a text, fewer than eight, as a word.
#[inline(always)]
fn last_word(text: &[u8], rest: &[u8]) -> u64 {
    let behind = |of: u64, all: usize| of << (8 * (rest.len() - all));
    // With what stands before them, or overlapping: no loop, and no call.
    match (text.last_chunk::<8>(), rest.first_chunk::<4>(), rest.last_chunk::<4>(), rest) {
        (Some(last), ..) => u64::from_le_bytes(*last) >> (8 * (8 - rest.len())),
        (_, Some(first), Some(last), _) => {
            u64::from(u32::from_le_bytes(*first)) | behind(u32::from_le_bytes(*last).into(), 4)
        }
        (.., [first, .., last]) => match rest.first_chunk::<2>() {
            Some(pair) => u64::from(u16::from_le_bytes(*pair)) | behind((*last).into(), 1),
            None => u64::from(*first),
        },
        (.., [one]) => u64::from(*one),
        _ => 0,
    }
}

/// Returns a number of at most eight digits as text, the first digit in the lowest byte, and how many zeros it begins
/// with; the last digit does not count as one.
///
/// All digits at once: halves of four digits, then pairs, then digits, each next to its neighbour in one word.
#[inline(always)]
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
        write!(f, "KeyWriter({:?})", String::from_utf8_lossy(self.0.bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(number: u64, width: usize) -> String {
        let text = Text::<[u64; 8]>::written(64, |key| key.padded(number, width));
        String::from_utf8(text.bytes().to_vec()).unwrap()
    }

    #[test]
    fn names_of_all_lengths_read_the_same_in_one_piece_or_in_several() {
        for name in (0..20).map(|len| "abcdefghijklmnopqrst"[..len].to_owned()).chain(["größe".into(), "a=b".into()])
        {
            for before in 0..9 {
                let mut pieces = Text::<[u64; 8]>::new(64);
                pieces.write(|key| {
                    key.push(&b"--------"[..before]);
                    key.push(b",");
                    key.text(&name).push(b"=");
                });
                let whole = Text::<[u64; 8]>::written(64, |key| {
                    key.push(&b"--------"[..before]);
                    key.named(b',', &name);
                });
                assert_eq!(whole.words(), pieces.words(), "{name} after {before}");
                assert_eq!(whole.len(), pieces.len());
            }
        }
    }

    #[test]
    fn a_record_has_both_brackets_whatever_is_in_it() {
        let empty = Text::<[u64; 8]>::written(64, |key| key.place().record(|_| ()));
        let full = Text::<[u64; 8]>::written(64, |key| {
            key.place().record(|fields| {
                fields.field("a", &1).field("b", "x");
            });
        });
        assert_eq!((empty.bytes(), full.bytes()), (&b"<>"[..], &b"<a=1,b=x>"[..]));
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
}
