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
    state: &'a mut State,
}

/// What has been written so far.
#[derive(Default)]
struct State {
    len: usize,
    digest: Digest,
}

/// Fills the buffer with a text, sealed where it is too long, and returns its length.
#[inline]
pub(super) fn fill(bytes: &mut [u8], write: impl FnOnce(&mut KeyWriter<'_>)) -> usize {
    let mut state = State::default();
    write(&mut KeyWriter { bytes, state: &mut state });
    state.digest.seal(bytes, state.len)
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
    #[inline]
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
        KeyWriter { bytes: self.bytes, state: self.state }
    }

    /// Writes text and escapes what the alphabet does not keep.
    #[inline]
    pub(super) fn escape(&mut self, text: &[u8], alphabet: &Alphabet) {
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
        let mut digits = [b'0'; 20];
        let mut rest = number;
        let mut at = digits.len();
        while rest > 0 {
            at -= 1;
            digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
        }
        self.push(&digits[at.min(digits.len() - width)..]);
    }

    /// Writes bytes that are known to be printable and without meaning to the encoding, or to be its own marks.
    #[inline]
    pub(super) fn push(&mut self, text: &[u8]) {
        let end = self.state.len + text.len();
        match self.bytes.get_mut(self.state.len..end) {
            Some(room) => {
                room.copy_from_slice(text);
                self.state.len = end;
            }
            None => self.overflow(text),
        }
    }

    /// Fills what room is left with the readable beginning; the rest goes into the digest alone.
    #[cold]
    fn overflow(&mut self, text: &[u8]) {
        let room = &mut self.bytes[self.state.len..];
        let (fits, rest) = text.split_at(room.len());
        room.copy_from_slice(fits);
        self.state.len = self.bytes.len();
        self.state.digest.update(self.bytes, rest);
    }
}

impl fmt::Debug for KeyWriter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyWriter({:?})", String::from_utf8_lossy(&self.bytes[..self.state.len]))
    }
}
