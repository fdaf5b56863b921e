//! What the file of an entry begins with.
//!
//! | bytes | what |
//! |---|---|
//! | 0 | [`MAGIC`] |
//! | 4 | the format: 1 |
//! | 5 | 0 where a value follows, 1 where something was removed |
//! | 6 | how long the name is |
//! | 8, 16, 24 | until when it is there; its version; when that was made |
//! | 32, 40 | how long the value is, and its sum |
//! | 48 | the sum of all that, and of the name |
//! | 56 | the name, then the value |
//!
//! Numbers are little-endian, times are milliseconds since 1970; the last of them means for ever.

use super::sum::sum;

const MAGIC: [u8; 4] = *b"Lrdr";
const FORMAT: u8 = 1;
/// Where the name begins.
pub(super) const FIXED: usize = 56;
/// How much of a file is read to see its head, whatever its name.
pub(super) const MOST: usize = FIXED + 256;
const SUM: usize = 48;

/// What is known of an entry without its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// It is a tombstone of what was removed: there is no value.
    pub removed: bool,
    pub until: u64,
    /// Another one with each change.
    pub version: u64,
    pub changed: u64,
    pub length: u64,
    pub value_sum: u64,
}

impl Head {
    /// Makes the head of a value; where its time is over before it begins, that of a removal.
    pub(super) fn new(value: &[u8], until: u64, version: u64, now: u64) -> Self {
        let head = Self { removed: until <= now, until, version, changed: now, length: 0, value_sum: 0 };
        if head.removed { head } else { Self { length: value.len() as u64, value_sum: sum(value), ..head } }
    }

    /// Makes the head of what says that something was removed.
    pub(super) fn removal(version: u64, now: u64) -> Self {
        Self::new(b"", now, version, now)
    }

    pub(super) fn is_live(&self, now: u64) -> bool {
        !self.removed && now < self.until
    }

    pub(super) fn write(&self, name: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(FIXED + name.len());
        bytes.extend(MAGIC);
        bytes.extend([FORMAT, u8::from(self.removed)]);
        bytes.extend(u16::try_from(name.len()).unwrap_or(u16::MAX).to_le_bytes());
        for number in [self.until, self.version, self.changed, self.length, self.value_sum, 0] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(name);
        let sum = head_sum(&bytes);
        bytes[SUM..FIXED].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    /// Reads a head and its name, and returns what is behind them.
    pub(super) fn read(bytes: &[u8]) -> Option<(Self, &[u8], &[u8])> {
        let fixed: &[u8; FIXED] = bytes.first_chunk()?;
        let number = |at: usize| fixed[at..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        if fixed[..4] != MAGIC || fixed[4] != FORMAT || fixed[5] > 1 {
            return None;
        }
        let end = FIXED + usize::from(u16::from_le_bytes([fixed[6], fixed[7]]));
        let (head, rest) = bytes.split_at_checked(end)?;
        let [until, version, changed, length, value_sum] = [8, 16, 24, 32, 40].map(number);
        let is_whole = head_sum(head) == number(SUM);
        let read = Self { removed: fixed[5] == 1, until, version, changed, length, value_sum };
        is_whole.then_some((read, &head[FIXED..], rest))
    }
}

/// Puts the right sum into what may be a head, for fuzzers.
#[cfg(fuzzing)]
pub(super) fn with_its_sum(mut bytes: Vec<u8>) -> Vec<u8> {
    let Some(fixed) = bytes.first_chunk::<FIXED>() else { return bytes };
    let end = FIXED + usize::from(u16::from_le_bytes([fixed[6], fixed[7]]));
    if end <= bytes.len() {
        let sum = head_sum(&bytes[..end]);
        bytes[SUM..FIXED].copy_from_slice(&sum.to_le_bytes());
    }
    bytes
}

/// The sum of a head with its name, in the place of which it has nothing yet.
fn head_sum(head: &[u8]) -> u64 {
    sum(&head[..SUM]) ^ sum(&head[FIXED..]).rotate_left(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_head_stays_readable_that_was_written_once() {
        let head = Head::new(b"value", 1_700_000_060_000, 7, 1_700_000_000_000);
        assert_eq!(head.write(b"shop:1:key").escape_ascii().to_string(), SAMPLE.escape_ascii().to_string());
        let behind = [SAMPLE, b"value"].concat();
        assert_eq!(Head::read(&behind), Some((head, &b"shop:1:key"[..], &b"value"[..])));
    }

    const SAMPLE: &[u8] =
        b"Lrdr\x01\x00\n\x00`R\xe6\xcf\x8b\x01\x00\x00\x07\x00\x00\x00\x00\x00\x00\x00\x00h\xe5\xcf\x8b\
        \x01\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00\x10dm0;\x930\xbf\xd9\x8a\xa4\xf7}(5\xf7shop:1:key";

    #[test]
    fn a_head_of_another_format_or_kind_is_none() {
        for (at, byte) in [(0, b'l'), (4, 0), (4, 2), (5, 2)] {
            let mut other = SAMPLE.to_vec();
            other[at] = byte;
            assert_eq!(Head::read(&other), None);
        }
        assert_eq!(Head::read(&SAMPLE[..SAMPLE.len() - 1]), None);
    }

    #[test]
    fn what_has_no_time_is_a_removal() {
        let head = Head::new(b"value", 5, 1, 5);
        assert!(head.removed && head.length == 0 && !head.is_live(0));
        assert_eq!(head, Head::removal(1, 5));
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_back(numbers: [u64; 5], removed: bool, name in prop::collection::vec(any::<u8>(), 0..251), value: Vec<u8>) {
            let [until, version, changed, length, value_sum] = numbers;
            let head = Head { removed, until, version, changed, length, value_sum };
            let bytes = [head.write(&name), value.clone()].concat();
            prop_assert_eq!(Head::read(&bytes), Some((head, &name[..], &value[..])));
        }

        #[test]
        fn arbitrary_bytes_are_a_head_or_none_and_never_a_panic(bytes: Vec<u8>, begin in 0..=SAMPLE.len(), at: usize, byte: u8) {
            let mut bytes = [&SAMPLE[..begin], &bytes].concat();
            if let Some(len) = bytes.len().checked_sub(1) {
                bytes[at % (len + 1)] = byte;
            }
            if let Some((_, name, rest)) = Head::read(&bytes) {
                prop_assert_eq!(FIXED + name.len() + rest.len(), bytes.len());
            }
        }
    }
}
