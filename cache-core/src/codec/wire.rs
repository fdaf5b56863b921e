//! A record outside the process: a header of fixed places, then the value's bytes.
//!
//! | bytes | what |
//! |---|---|
//! | 0 | [`MAGIC`], with which no number begins |
//! | 1 | the format: 1 |
//! | 2 | how the value is written: 1 is `MessagePack` with the names of fields, 2 is JSON, 3 is `MessagePack` without them |
//! | 3 | flags |
//! | 4, 12 | the mark of the key's pattern, the shape of the value |
//! | 20, 28, 36 | when it was made, until when it is fresh, until when it is kept: milliseconds since 1970 |
//! | 44 | what the value cost, in microseconds |
//! | 52 | how many tag versions follow, of 16 bytes each |
//! | 54 | tag versions, then the value |
//!
//! Numbers are little-endian. Times at the end of the range mean for ever.
//!
//! A value of type `i64` can also stand there as bare decimal digits, so that servers can count.

use super::Codec;

/// What every record begins with: no digit, no sign, and no beginning of a text in UTF-8.
pub const MAGIC: u8 = 0xC1;

/// A time that never comes.
pub const FOR_EVER: u64 = u64::MAX;

const FORMAT: u8 = 1;
const FIXED: usize = 54;
const TAG: usize = 16;
/// Its time is known to the store alone.
const OPEN: u8 = 1;
/// Its value is written in fewer bytes than its codec wrote.
const COMPRESSED: u8 = 2;

/// What is known of a record without reading its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// How the value is written.
    pub codec: Codec,
    /// The mark of the pattern that it was written under.
    pub mark: u64,
    /// The fingerprint of its type.
    pub shape: u64,
    /// When it was made, in milliseconds since 1970.
    pub created: u64,
    /// Until when it is fresh.
    pub fresh_until: u64,
    /// Until when it is kept.
    pub kept_until: u64,
    /// What it took to make it, in microseconds.
    pub cost: u64,
    /// Whether its time is known to the store alone, which can then change it in one step.
    pub open: bool,
    /// Whether the value is compressed: what its codec wrote is to be had from the layer that compressed it.
    pub compressed: bool,
}

/// The version of one tag when a record was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TagVersion {
    /// The fingerprint of the tag's name.
    pub tag: u64,
    /// Its version.
    pub version: u64,
}

/// A record as it was read; it borrows the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wire<'a> {
    /// What is known of it.
    pub header: Header,
    tags: &'a [u8],
    /// The value, as its codec wrote it.
    pub payload: &'a [u8],
}

impl Header {
    /// A header for tests, of a value that is there for ever and of which nothing else is known.
    #[cfg(test)]
    pub(crate) const PLAIN: Self = Self {
        codec: Codec::MessagePack,
        mark: 0,
        shape: 0,
        created: 0,
        fresh_until: FOR_EVER,
        kept_until: FOR_EVER,
        cost: 0,
        open: false,
        compressed: false,
    };

    /// Writes the record of a value that is already in bytes.
    ///
    /// ```
    /// use cache_core::codec::Codec;
    /// use cache_core::codec::wire::{FOR_EVER, Header, Wire};
    ///
    /// let (codec, shape) = (Codec::Compact, 9);
    /// let (created, fresh_until, kept_until, cost) = (1, 2, FOR_EVER, 3);
    /// let (open, compressed) = (false, false);
    /// let header = Header { codec, mark: 7, shape, created, fresh_until, kept_until, cost, open, compressed };
    /// let bytes = header.write(&[], b"value");
    /// let wire = Wire::read(&bytes).expect("a record");
    /// assert_eq!((wire.header, wire.payload), (header, &b"value"[..]));
    /// ```
    ///
    /// # Panics
    ///
    /// With more than 65,535 tags.
    #[must_use]
    pub fn write(&self, tags: &[TagVersion], payload: &[u8]) -> Vec<u8> {
        let count = u16::try_from(tags.len()).expect("a record has few tags");
        let mut bytes = Vec::with_capacity(FIXED + tags.len() * TAG + payload.len());
        bytes.extend([MAGIC, FORMAT, self.codec.number(), self.flags()]);
        for number in [self.mark, self.shape, self.created, self.fresh_until, self.kept_until, self.cost] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(count.to_le_bytes());
        for tag in tags {
            bytes.extend(tag.tag.to_le_bytes());
            bytes.extend(tag.version.to_le_bytes());
        }
        bytes.extend(payload);
        bytes
    }

    fn flags(&self) -> u8 {
        [(self.open, OPEN), (self.compressed, COMPRESSED)].iter().map(|(is_set, flag)| u8::from(*is_set) * flag).sum()
    }

    fn read(bytes: &[u8; FIXED]) -> Option<Self> {
        let number = |at: usize| bytes[at..].first_chunk().copied().map(u64::from_le_bytes);
        let flags = bytes[3];
        // What a flag of a later program means is not known here: such a record is for that program.
        if bytes[..2] != [MAGIC, FORMAT] || flags & !(OPEN | COMPRESSED) != 0 {
            return None;
        }
        Some(Self {
            codec: Codec::of_number(bytes[2])?,
            mark: number(4)?,
            shape: number(12)?,
            created: number(20)?,
            fresh_until: number(28)?,
            kept_until: number(36)?,
            cost: number(44)?,
            open: flags & OPEN != 0,
            compressed: flags & COMPRESSED != 0,
        })
    }
}

impl<'a> Wire<'a> {
    /// Reads a record without touching its value; `None` for everything else, also for formats of later programs.
    #[must_use]
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let (fixed, rest) = bytes.split_first_chunk::<FIXED>()?;
        let header = Header::read(fixed)?;
        let count = u16::from_le_bytes([fixed[FIXED - 2], fixed[FIXED - 1]]);
        let (tags, payload) = rest.split_at_checked(usize::from(count) * TAG)?;
        Some(Self { header, tags, payload })
    }

    pub(crate) fn has_tags(&self) -> bool {
        !self.tags.is_empty()
    }

    /// Returns the versions that its tags had when it was written.
    pub fn tags(&self) -> impl Iterator<Item = TagVersion> + use<'a> {
        self.tags.chunks_exact(TAG).filter_map(|bytes| {
            let (tag, version) = (bytes.first_chunk()?, bytes.last_chunk()?);
            Some(TagVersion { tag: u64::from_le_bytes(*tag), version: u64::from_le_bytes(*version) })
        })
    }
}

/// Returns how many tags these bytes claim to have, where they are long enough to be a record.
pub(crate) fn count_of_tags(bytes: &[u8]) -> usize {
    let fixed = bytes.first_chunk::<FIXED>().filter(|fixed| fixed[..2] == [MAGIC, FORMAT]);
    fixed.map_or(0, |fixed| usize::from(u16::from_le_bytes([fixed[FIXED - 2], fixed[FIXED - 1]])))
}

/// Gives a record that was written without tags these.
pub(crate) fn with_tags(record: &[u8], tags: &[TagVersion]) -> Option<Vec<u8>> {
    let wire = Wire::read(record).filter(|wire| wire.tags.is_empty())?;
    Some(wire.header.write(tags, wire.payload))
}

/// Writes a number the way that servers can count with.
#[must_use]
pub fn number_to_bytes(number: i64) -> Vec<u8> {
    number.to_string().into_bytes()
}

/// Reads a number that a server may have counted with; what another spelling of it could be is none.
///
/// ```
/// use cache_core::codec::wire::{number_from_bytes, number_to_bytes};
///
/// assert_eq!(number_to_bytes(-7), b"-7");
/// assert_eq!(number_from_bytes(b"-7"), Some(-7));
/// assert_eq!(number_from_bytes(b"007"), None, "another spelling");
/// ```
#[must_use]
pub fn number_from_bytes(bytes: &[u8]) -> Option<i64> {
    // Memcached leaves blanks behind a number that has counted down to fewer digits.
    let text = str::from_utf8(bytes).ok()?.trim_end_matches(' ');
    let number = text.parse().ok()?;
    (number_to_bytes(number) == text.as_bytes()).then_some(number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEADER: Header = Header {
        codec: Codec::MessagePack,
        mark: 0x1122_3344_5566_7788,
        shape: 0x99AA_BBCC_DDEE_FF00,
        created: 1_700_000_000_000,
        fresh_until: 1_700_000_060_000,
        kept_until: FOR_EVER,
        cost: 1_500,
        open: false,
        compressed: false,
    };

    const TAGS: [TagVersion; 2] = [TagVersion { tag: 1, version: 2 }, TagVersion { tag: 3, version: u64::MAX }];

    /// As a program wrote it when there was no other format. It must be read for as long as there are programs.
    const SAMPLE: &[u8] = b"\xC1\x01\x01\x00\
        \x88\x77\x66\x55\x44\x33\x22\x11\x00\xFF\xEE\xDD\xCC\xBB\xAA\x99\
        \x00\x68\xE5\xCF\x8B\x01\x00\x00\x60\x52\xE6\xCF\x8B\x01\x00\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\
        \xDC\x05\x00\x00\x00\x00\x00\x00\x02\x00\
        \x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\
        \xA5value";

    #[test]
    fn a_record_of_the_first_format_is_still_read() {
        let wire = Wire::read(SAMPLE).expect("a record");
        assert_eq!((wire.header, wire.payload), (HEADER, &b"\xA5value"[..]));
        assert_eq!(wire.tags().collect::<Vec<_>>(), TAGS);
    }

    #[test]
    fn a_record_is_written_as_it_always_was() {
        assert_eq!(HEADER.write(&TAGS, b"\xA5value"), SAMPLE);
    }

    #[test]
    fn another_format_codec_or_flag_is_no_record_here() {
        for at in 0..4 {
            let mut bytes = SAMPLE.to_vec();
            bytes[at] ^= 0x40;
            assert_eq!(Wire::read(&bytes), None, "byte {at}");
        }
    }

    #[test]
    fn a_record_that_is_cut_off_in_its_header_is_none() {
        for len in 0..FIXED + 2 * TAG {
            assert_eq!(Wire::read(&SAMPLE[..len]), None, "{len} bytes");
        }
        assert!(Wire::read(&SAMPLE[..FIXED + 2 * TAG]).is_some_and(|wire| wire.payload.is_empty()));
    }

    #[test]
    fn numbers_are_read_as_servers_write_them_and_nothing_else_is() {
        for number in [0, 7, -7, i64::MAX, i64::MIN] {
            assert_eq!(number_from_bytes(&number_to_bytes(number)), Some(number));
        }
        assert_eq!(number_from_bytes(b"9 "), Some(9));
        for other in
            ["", " ", "+7", "07", "-07", "-0", "00", " 7", "7.0", "1e3", "9223372036854775808", "0x7", "7\n", "seven"]
        {
            assert_eq!(number_from_bytes(other.as_bytes()), None, "{other:?}");
        }
        assert_eq!(number_from_bytes(&vec![b'0'; 100_000]), None);
        assert_eq!(number_from_bytes(SAMPLE), None);
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_back(
            numbers: [u64; 6], flags: [bool; 2], tags in prop::collection::vec(any::<(u64, u64)>(), 0..9), payload: Vec<u8>,
        ) {
            let ([mark, shape, created, fresh_until, kept_until, cost], [open, compressed]) = (numbers, flags);
            let codec = if open { Codec::Compact } else { Codec::MessagePack };
            let header = Header { codec, mark, shape, created, fresh_until, kept_until, cost, open, compressed };
            let tags: Vec<_> = tags.into_iter().map(|(tag, version)| TagVersion { tag, version }).collect();
            let bytes = header.write(&tags, &payload);
            let wire = Wire::read(&bytes).expect("a record");
            prop_assert_eq!((wire.header, wire.payload), (header, &payload[..]));
            prop_assert_eq!(wire.tags().collect::<Vec<_>>(), tags);
            prop_assert_eq!(number_from_bytes(&bytes), None);
        }

        #[test]
        fn arbitrary_bytes_are_a_record_or_none_and_never_a_panic(bytes: Vec<u8>, begin in 0..=4_usize) {
            let bytes: Vec<u8> = SAMPLE[..begin].iter().chain(&bytes).copied().collect();
            if let Some(wire) = Wire::read(&bytes) {
                prop_assert!(wire.payload.len() + wire.tags().count() * TAG + FIXED == bytes.len());
            }
            let _ = number_from_bytes(&bytes);
        }
    }
}
