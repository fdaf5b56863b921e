//! What is written, in words.

use crate::key::digest::Digest;
use crate::key::writer::KeyWriter;

/// A text of at most so many bytes.
pub(crate) struct Text<W: ?Sized = [u64]> {
    len: usize,
    max: usize,
    /// There is one where the text did not fit.
    digest: Option<Digest>,
    /// Eight bytes each, as they stand in memory, and nothing but zeros behind the end.
    ///
    /// Words and not bytes: who writes bytes and reads words right after that waits for the processor to put them together,
    /// and cannot look for the next entry while it waits for this one.
    words: W,
}

impl<const N: usize> Text<[u64; N]> {
    /// Makes room for a text of at most so many bytes.
    #[inline(always)]
    pub(super) fn new(max: usize) -> Self {
        Self { len: 0, max, digest: None, words: [0; N] }
    }

    /// Writes a text, sealed where it is too long.
    #[inline]
    pub(super) fn written(max: usize, write: impl FnOnce(&mut KeyWriter<'_>)) -> Self {
        let mut text = Self::new(max);
        text.write(write);
        text
    }

    /// Writes the text, sealed where it is too long: in place, since a hit has no time to move it.
    #[inline(always)]
    pub(crate) fn write(&mut self, write: impl FnOnce(&mut KeyWriter<'_>)) {
        self.write_open(write);
        self.seal();
    }

    /// Writes what surely fits, and leaves it open: it may end like a text that did not fit.
    #[inline(always)]
    pub(super) fn write_open(&mut self, write: impl FnOnce(&mut KeyWriter<'_>)) {
        write(&mut KeyWriter::new(self));
    }

    /// Returns what is written, for people.
    pub(crate) fn to_text(&self) -> String {
        String::from_utf8_lossy(&bytes_of(&self.words)[..self.len]).into_owned()
    }

    /// Returns all words, also those behind the end.
    #[inline(always)]
    pub(crate) fn room(&self) -> &[u64; N] {
        &self.words
    }
}

impl Text {
    #[inline(always)]
    pub(super) fn has_room(&self, len: usize) -> bool {
        len <= self.max - self.len
    }

    /// Writes so many bytes of a word, the first of them the lowest; the others are zero. There is room for them.
    #[inline(always)]
    pub(super) fn put(&mut self, text: u64, len: usize) {
        let (at, shift) = (self.len / 8, self.len % 8 * 8);
        self.len += len;
        match self.words.get_mut(at..at + 2) {
            Some([word, next]) => {
                *word |= (text << shift).to_le();
                // What did not fit into that one; nothing stood here yet.
                *next = ((text >> 1) >> (63 - shift)).to_le();
            }
            _ => self.put_last(at, text << shift),
        }
    }

    /// Writes into the last word that there is: all of it fits into that one.
    #[cold]
    fn put_last(&mut self, at: usize, text: u64) {
        if let Some(word) = self.words.get_mut(at) {
            *word |= text.to_le();
        }
    }

    /// Fills what room is left with the readable beginning; the rest goes into the digest alone.
    #[cold]
    pub(super) fn overflow(&mut self, text: &[u8]) {
        let bytes = &mut bytes_of_mut(&mut self.words)[..self.max];
        let room = &mut bytes[self.len..];
        let (fits, rest) = text.split_at(room.len());
        room.copy_from_slice(fits);
        self.len = self.max;
        self.digest.get_or_insert_with(|| Digest::of(bytes)).update(rest);
    }
}

impl<W: AsRef<[u64]> + AsMut<[u64]>> Text<W> {
    /// Ends the text with its digest, where it did not fit, or could be taken for one that did not.
    #[inline(always)]
    fn seal(&mut self) {
        if self.len + 2 >= self.max {
            let bytes = &mut bytes_of_mut(self.words.as_mut())[..self.max];
            self.len = Digest::seal(self.digest.take(), bytes, self.len);
        }
    }
}

/// What can be asked of a text that is written.
impl<W: AsRef<[u64]> + ?Sized> Text<W> {
    /// Returns the words that it is.
    #[inline(always)]
    pub(crate) fn words(&self) -> &[u64] {
        &self.words.as_ref()[..self.len.div_ceil(8)]
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &bytes_of(self.words.as_ref())[..self.len]
    }
}

impl<W: ?Sized> Text<W> {
    /// Returns how many bytes it has.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.len
    }
}

/// Returns the text that words are.
#[inline]
pub(crate) fn bytes_of(words: &[u64]) -> &[u8] {
    bytemuck::must_cast_slice(words)
}

#[inline]
fn bytes_of_mut(words: &mut [u64]) -> &mut [u8] {
    bytemuck::must_cast_slice_mut(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_all_lengths_stand_behind_each_other_and_nothing_behind_them() {
        let all: Vec<u8> = (b'A'..=b'z').collect();
        for first in 0..=19 {
            for second in 0..=19 {
                let text = Text::<[u64; 6]>::written(48, |key| {
                    key.push(&all[..first]);
                    key.push(&all[first..first + second]);
                });
                assert_eq!(text.bytes(), &all[..first + second]);
                let (written, rest) = bytes_of(text.room()).split_at(first + second);
                assert_eq!(written, &all[..first + second]);
                assert!(rest.iter().all(|byte| *byte == 0), "{first} and {second}");
            }
        }
    }

    #[test]
    fn a_number_at_the_end_of_its_room_is_written_whole() {
        for before in 0..=20 {
            let text = Text::<[u64; 8]>::written(64, |key| {
                (0..40 + before).for_each(|_| key.push(b"x"));
                key.padded(1234, 1);
            });
            assert!(text.bytes().ends_with(b"x1234") && text.len() == 44 + before);
        }
    }

    #[test]
    fn nothing_stands_behind_a_digest() {
        let text = Text::<[u64; 8]>::written(63, |key| (0..100).for_each(|_| key.push(b"%20")));
        let (written, rest) = bytes_of(text.room()).split_at(text.len());
        assert!(written.starts_with(b"%20%20%20%20%20%20%20%20%20%+") && rest.iter().all(|byte| *byte == 0));
        assert_eq!(text.words().len(), text.len().div_ceil(8));
    }
}
