//! Which characters stay as they are, and what becomes of the others.

/// The characters that a text may keep; every other byte is written as `%` and two upper-case hexadecimal digits.
pub(super) struct Alphabet([bool; 256]);

/// Values: what separates and brackets is escaped, so that no value can pretend to be two.
pub(super) static VALUE: Alphabet = Alphabet::printable_but(b":/,;=&|?#<>%");
/// Prefixes and versions: the colon that ends them is escaped.
pub(super) static SCOPE: Alphabet = Alphabet::printable_but(b":%");
/// Keys given as text: only the escape character itself is escaped.
pub(super) static RAW: Alphabet = Alphabet::printable_but(b"%");
/// Literal text of patterns: as it is, but for what no server takes.
pub(super) static LITERAL: Alphabet = Alphabet::printable_but(b"");

/// Returns whether [`RAW`] keeps all of a text: without the table, so that a processor compares many bytes at once.
#[inline]
pub(super) fn is_raw(text: &[u8]) -> bool {
    let escapes = |byte: u8| u8::from(!byte.is_ascii_graphic()) | u8::from(byte == b'%');
    let keeps = |bytes: &[u8]| bytes.iter().fold(0, |escaped, byte| escaped | escapes(*byte)) == 0;
    let (eights, rest) = text.as_chunks::<8>();
    // Where a text is long enough, what remains is looked at with what stands before it.
    let rest = text.last_chunk::<8>().map_or(rest, |last| if rest.is_empty() { rest } else { last });
    eights.iter().all(|eight| keeps(eight)) && keeps(rest)
}

impl Alphabet {
    const fn printable_but(reserved: &[u8]) -> Self {
        let mut keeps = [false; 256];
        let mut byte = b'!';
        while byte <= b'~' {
            keeps[byte as usize] = true;
            byte += 1;
        }
        let mut at = 0;
        while at < reserved.len() {
            keeps[reserved[at] as usize] = false;
            at += 1;
        }
        Self(keeps)
    }

    /// Returns whether there is nothing to escape in a text.
    #[inline]
    pub(super) fn keeps_all(&self, text: &[u8]) -> bool {
        let keeps = |bytes: &[u8]| bytes.iter().fold(true, |keeps, byte| keeps & self.0[usize::from(*byte)]);
        // Eight at a time, without asking in between.
        let (eights, rest) = text.as_chunks::<8>();
        eights.iter().all(|eight| keeps(eight)) && keeps(rest)
    }

    /// Returns how many bytes of the text can stay as they are, up to the first that cannot.
    #[inline]
    pub(super) fn run(&self, text: &[u8]) -> usize {
        text.iter().position(|byte| !self.0[usize::from(*byte)]).unwrap_or(text.len())
    }
}

/// Returns what is written for a byte that cannot stay as it is.
pub(super) const fn escaped(byte: u8) -> [u8; 3] {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    [b'%', DIGITS[(byte >> 4) as usize], DIGITS[(byte & 15) as usize]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_letters_and_escape_what_separates() {
        assert_eq!(VALUE.run(b"abc-_.~!'\"*[]{}()\\@^`+$"), 23);
        for byte in *b":/,;=&|?#<>% \t\n\x7f\x80\xff\0" {
            assert_eq!(VALUE.run(&[byte]), 0, "{byte}");
        }
    }

    #[test]
    fn no_alphabet_keeps_white_space_or_bytes_beyond_ascii() {
        for alphabet in [&VALUE, &SCOPE, &RAW, &LITERAL] {
            for byte in (0..=b' ').chain(0x7f..=0xff) {
                assert_eq!(alphabet.run(&[byte]), 0, "{byte}");
            }
        }
    }

    #[test]
    fn a_text_is_raw_where_the_table_keeps_all_of_it() {
        for byte in 0..=u8::MAX {
            for (len, at) in (0..=25).flat_map(|len| (0..len).map(move |at| (len, at))) {
                let mut text = vec![b'a'; len];
                text[at] = byte;
                assert_eq!(is_raw(&text), RAW.keeps_all(&text), "{byte} at {at} of {len}");
            }
        }
    }

    #[test]
    fn escapes_are_upper_case() {
        assert_eq!(&escaped(b'/'), b"%2F");
        assert_eq!(&escaped(0xab), b"%AB");
        assert_eq!(&escaped(0), b"%00");
    }
}
