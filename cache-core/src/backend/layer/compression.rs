//! Values in fewer bytes.

use std::borrow::Cow;
use std::sync::Arc;

use lz4_flex::block;

use super::super::{Capabilities, ErasedBackend};
use super::envelope::enveloped;
use super::{Effect, Envelope, Layer, Means};
use crate::codec::wire::{Header, Wire};
use crate::error::Error;
use crate::key::Name;

/// Writes values in fewer bytes (LZ4), where that pays: only those over a threshold, and only if an eighth is saved.
///
/// What is known of an entry besides its value stays readable as it was. Numbers, and what other programs wrote, pass as they
/// are. A store with a limit keeps it: a value over it is refused, however small it would become.
///
/// ```
/// # use cache_core::__private::larder;
/// use std::sync::Arc;
/// use larder::backend::{Backend, Memory};
/// use larder::{Options, Settings, clock::Clock, key::Scope, testing};
///
/// let store = Arc::new(Memory::new(Clock::manual()));
/// let settings = Settings::backend(Arc::clone(&store)).compress(1_024);
/// let larder = testing::isolated_with([("default", settings)])?;
/// let (cache, page) = (larder.cache("default"), "<li>".repeat(5_000));
/// cache.blocking().set("page", page.clone(), Options::ttl(60))?;
/// let name = Scope::new("", "1", None)?.name(&"page".into());
/// let there = testing::block_on(Backend::get(&store, &name))?.expect("it is there");
/// assert!(there.len() < 1_000);
/// assert_eq!(cache.blocking().get::<String>("page")?, Some(page));
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compression {
    threshold: usize,
    largest: u32,
}

/// The length of a value stands before it, in so many bytes.
const LENGTH: usize = size_of::<u32>();
/// What LZ4 can make of one byte at most.
const EXPANSION: u64 = 255;

impl Compression {
    /// Leaves values alone that have fewer bytes.
    #[must_use]
    pub fn over(threshold: usize) -> Self {
        Self { threshold, largest: 64 << 20 }
    }

    /// Neither writes nor reads compressed values that were larger before: 64 MiB where nobody says so. What somebody wrote
    /// into the store who is not to be trusted makes no reader take more memory than that.
    #[must_use]
    pub fn largest(mut self, bytes: u32) -> Self {
        self.largest = bytes;
        self
    }

    /// Returns the record with a smaller value; `None` where that does not pay.
    fn pack(self, wire: &Wire<'_>) -> Option<Vec<u8>> {
        let length = u32::try_from(wire.payload.len()).ok().filter(|length| *length <= self.largest)?;
        if wire.header.compressed || wire.payload.len() < self.threshold {
            return None;
        }
        let packed = block::compress(wire.payload);
        let saved = wire.payload.len().checked_sub(packed.len() + LENGTH)?;
        (saved >= wire.payload.len() / 8).then(|| rewritten(wire, true, &[&length.to_le_bytes()[..], &packed].concat()))
    }

    /// Returns the record as it was.
    fn unpack(self, wire: &Wire<'_>) -> Option<Vec<u8>> {
        let (length, packed) = wire.payload.split_first_chunk::<LENGTH>()?;
        let length = u32::from_le_bytes(*length);
        let is_possible = length <= self.largest && u64::from(length) <= EXPANSION * packed.len() as u64;
        let length = usize::try_from(length).ok().filter(|_| is_possible)?;
        let mut bytes = rewritten(wire, false, &[]);
        let start = bytes.len();
        bytes.resize(start + length, 0);
        let written = block::decompress_into(packed, &mut bytes[start..]).ok()?;
        (written == length).then_some(bytes)
    }
}

fn rewritten(wire: &Wire<'_>, compressed: bool, payload: &[u8]) -> Vec<u8> {
    Header { compressed, ..wire.header }.write(&wire.tags().collect::<Vec<_>>(), payload)
}

impl Envelope for Compression {
    fn capabilities(&self, store: Capabilities) -> Capabilities {
        store
    }

    fn close<'a>(&self, _: &Name, value: &'a [u8]) -> Result<Cow<'a, [u8]>, Error> {
        let packed = Wire::read(value).and_then(|wire| self.pack(&wire));
        Ok(packed.map_or(Cow::Borrowed(value), Cow::Owned))
    }

    fn open(&self, _: &Name, bytes: Vec<u8>) -> Option<Vec<u8>> {
        match Wire::read(&bytes) {
            Some(wire) if wire.header.compressed => self.unpack(&wire),
            _ => Some(bytes),
        }
    }
}

impl Layer for Compression {
    fn wrap(&self, store: Arc<dyn ErasedBackend>, means: &Means) -> Result<Arc<dyn ErasedBackend>, Error> {
        if self.largest == 0 {
            let sentence = "its compression takes values of 0 bytes at most: write a larger number, or leave it out";
            return Err(Error::configuration(sentence));
        }
        Ok(enveloped(store, Arc::new(*self), means))
    }

    fn effect(&self) -> Effect {
        Effect::Compresses
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::codec::wire::TagVersion;
    use crate::key::Scope;

    const HEADER: Header =
        Header { mark: 7, shape: 9, created: 1_700_000_000_000, cost: 3, open: true, ..Header::PLAIN };

    const TAGS: [TagVersion; 1] = [TagVersion { tag: 1, version: 2 }];

    fn name() -> Name {
        Scope::new("", "1", None).unwrap().name(&"key".into())
    }

    fn close(value: &[u8]) -> Vec<u8> {
        Compression::over(16).close(&name(), value).unwrap().into_owned()
    }

    fn open(bytes: &[u8]) -> Option<Vec<u8>> {
        Compression::over(16).open(&name(), bytes.to_vec())
    }

    #[test]
    fn a_compressed_record_is_written_and_read_as_it_always_was() {
        let record = HEADER.write(&TAGS, &[b'x'; 100]);
        // Its flags say open and compressed; then 100 bytes: one as it is, a run of 94, and the last five as they are.
        let head = [b"\xC1\x01\x01\x03", &record[4..70], b"\x64\0\0\0"].concat();
        assert_eq!(close(&record)[..74], head, "how the rest is put is for its library to decide");
        assert_eq!(open(&[&head[..], b"\x1Fx\x01\0\x4B\x50xxxxx"].concat()).unwrap(), record);
    }

    #[test]
    fn a_header_says_the_same_with_and_without_its_value_compressed() {
        let bytes = close(&HEADER.write(&TAGS, &[b'x'; 5_000]));
        let wire = Wire::read(&bytes).unwrap();
        assert_eq!(wire.header, Header { compressed: true, ..HEADER });
        assert_eq!(wire.tags().collect::<Vec<_>>(), TAGS);
    }

    #[test]
    fn what_is_small_gains_nothing_or_is_no_record_passes_as_it_is() {
        let noise: Vec<u8> = (0..200_u8).map(|number| number.wrapping_mul(89) ^ (number >> 3)).collect();
        for value in [&b"42"[..], b"", &[b'x'; 500], &HEADER.write(&[], b"short"), &HEADER.write(&[], &noise)] {
            assert_eq!(close(value), value);
            assert_eq!(open(value).unwrap(), value);
        }
    }

    #[test]
    fn a_length_that_cannot_be_true_or_is_too_much_is_no_value() {
        let compressed = Header { compressed: true, ..HEADER };
        let lying = |length: u32, packed: &[u8]| compressed.write(&[], &[&length.to_le_bytes(), packed].concat());
        assert_eq!(open(&lying(u32::MAX, &vec![0; 20_000_000])), None);
        assert_eq!(open(&lying(1_000_000, b"\x1Fx\x01\0")), None);
        let honest = close(&HEADER.write(&[], &[b'x'; 1_000]));
        assert!(open(&honest).is_some());
        assert_eq!(Compression::over(0).largest(999).open(&name(), honest.clone()), None);
        let length_at = honest.len() - Wire::read(&honest).unwrap().payload.len();
        for other in [0_u32, 999, 1_001] {
            let mut wrong = honest.clone();
            wrong[length_at..length_at + 4].copy_from_slice(&other.to_le_bytes());
            assert_eq!(open(&wrong), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_closed_is_opened_to_the_same(payload: Vec<u8>, times in 0..300_usize) {
            let record = HEADER.write(&TAGS, &payload.repeat(times));
            prop_assert_eq!(open(&close(&record)), Some(record));
            prop_assert_eq!(open(&close(&payload)), Some(payload));
        }

        #[test]
        fn hostile_bytes_are_a_value_or_none_and_never_a_panic(payload: Vec<u8>, length: u32, cut in 0..40_usize) {
            let compressed = Header { compressed: true, ..HEADER };
            let _ = open(&compressed.write(&TAGS, &payload));
            let _ = open(&compressed.write(&[], &[&length.to_le_bytes()[..], &payload].concat()));
            let mut honest = close(&HEADER.write(&[], &[b'x'; 1_000]));
            honest.truncate(honest.len() - cut.min(honest.len()));
            if let Some(byte) = honest.last_mut() {
                *byte ^= 0x55;
            }
            let _ = open(&honest);
        }
    }
}
