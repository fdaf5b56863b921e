//! Values that nobody reads, forges or puts in place of others, who can only write to the store.
//!
//! | bytes | what |
//! |---|---|
//! | 0 | 0xC0, with which neither a record nor a number nor a text begins |
//! | 1 | the format: 1 |
//! | 2 | how it is sealed: 1 encrypted, 2 signed |
//! | 3 | which key it was |
//! | 7 | how many bytes follow in the clear: the header of a record |
//! | 11 | those; a nonce of 24 bytes where it is encrypted; the value; 16 bytes of proof, or 32 where it is signed |

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chacha20poly1305::aead::{Aead, Generate, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use super::super::{Capabilities, ErasedBackend};
use super::envelope::enveloped;
use super::{Effect, Envelope, Layer, Means, Secret};
use crate::codec::wire::Wire;
use crate::error::{Error, Kind};
use crate::key::Name;

/// Seals entries, so that who can write to the store can neither forge one nor put one entry's bytes under another name.
///
/// [`encrypt`](Self::encrypt) hides values too; [`sign`](Self::sign) leaves them readable. What is known of an entry besides
/// its value stays readable, and so does its name; both are under the seal. What does not open is as if it were not there, and
/// is counted: that goes for everything that was written before the store was sealed.
///
/// The first key writes, all of them read. To change keys, put the new one first, and take the old one out when what it wrote
/// has expired.
///
/// Who can write to the store can still remove entries, and put an older value of an entry in place of a newer one, until the
/// older one's time is over: that is under the seal, so the store is not asked to change times. Nor is it asked to count: the
/// engine does, where the store has conditional fills.
///
/// ```
/// # use cache_core::__private::larder;
/// use std::sync::Arc;
/// use larder::backend::layer::{Sealed, Secret};
/// use larder::backend::{Backend, Memory};
/// use larder::{Options, Settings, clock::Clock, key::Scope, testing};
///
/// let secret = Secret::from_text("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")?;
/// let (store, sealed) = (Arc::new(Memory::new(Clock::manual())), Sealed::encrypt([secret]));
/// let settings = Settings::backend(Arc::clone(&store)).layer(sealed.clone());
/// let larder = testing::isolated_with([("default", settings)])?;
/// let cache = larder.cache("default");
/// cache.blocking().set("name", "Ada".to_owned(), Options::ttl(60))?;
///
/// let [name, other] = ["name", "other"].map(|key| Scope::new("", "1", None).unwrap().name(&key.into()));
/// let there = testing::block_on(Backend::get(&store, &name))?.expect("it is there");
/// assert!(!there.windows(3).any(|bytes| bytes == b"Ada"));
/// testing::block_on(Backend::set(&store, &other, &there, None))?;
/// assert_eq!(cache.blocking().get::<String>("other")?, None, "it was written as another entry");
/// assert_eq!(sealed.refused(), 1);
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Clone)]
pub struct Sealed {
    seals: Arc<[Seal]>,
    refused: Arc<AtomicU64>,
    mode: Mode,
}

/// A key, ready for use.
struct Seal {
    id: [u8; ID],
    cipher: XChaCha20Poly1305,
    signing: [u8; 32],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Encrypted = 1,
    Signed = 2,
}

const MAGIC: u8 = 0xC0;
const FORMAT: u8 = 1;
const ID: usize = 4;
const FIXED: usize = 3 + ID + size_of::<u32>();
const NONCE: usize = 24;
const TAG: usize = 16;
const SIGNATURE: usize = 32;

impl Sealed {
    /// Encrypts values, and signs all else.
    #[must_use]
    pub fn encrypt(secrets: impl IntoIterator<Item = Secret>) -> Self {
        Self::new(Mode::Encrypted, secrets)
    }

    /// Signs entries, and leaves them readable.
    #[must_use]
    pub fn sign(secrets: impl IntoIterator<Item = Secret>) -> Self {
        Self::new(Mode::Signed, secrets)
    }

    fn new(mode: Mode, secrets: impl IntoIterator<Item = Secret>) -> Self {
        let seals = secrets.into_iter().map(|secret| Seal {
            id: secret.id().to_le_bytes(),
            cipher: XChaCha20Poly1305::new(&secret.derive("larder 1 encrypt").into()),
            signing: secret.derive("larder 1 sign"),
        });
        Self { seals: seals.collect(), refused: Arc::default(), mode }
    }

    /// Returns how many entries were met that did not open: another key's, or tampered with. Where nobody holds on to this
    /// layer, as one of a file of configuration, [`Stats::unopened`](crate::stats::Stats::unopened) says it of each cache.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    fn overhead(&self) -> u64 {
        let proof = match self.mode {
            Mode::Encrypted => NONCE + TAG,
            Mode::Signed => SIGNATURE,
        };
        (FIXED + proof) as u64
    }

    /// Seals a value. The nonce is nothing to a signature.
    fn seal(&self, name: &Name, value: &[u8], nonce: impl FnOnce() -> Option<XNonce>) -> Option<Vec<u8>> {
        let seal = self.seals.first()?;
        let body = Wire::read(value).map_or(value, |wire| wire.payload);
        let clear = &value[..value.len() - body.len()];
        let length = u32::try_from(clear.len()).ok()?.to_le_bytes();
        let mut bytes = [&[MAGIC, FORMAT, self.mode as u8], &seal.id[..], &length, clear].concat();
        let proven = proven(&bytes, name);
        match self.mode {
            Mode::Encrypted => {
                let nonce = nonce()?;
                let sealed = seal.cipher.encrypt(&nonce, Payload { msg: body, aad: &proven }).ok()?;
                bytes.extend_from_slice(&nonce);
                bytes.extend(sealed);
            }
            Mode::Signed => {
                bytes.extend_from_slice(body);
                bytes.extend_from_slice(seal.signature(&proven, body).as_bytes());
            }
        }
        Some(bytes)
    }

    fn unseal(&self, name: &Name, bytes: &[u8]) -> Option<Vec<u8>> {
        let (fixed, rest) = bytes.split_first_chunk::<FIXED>()?;
        let [MAGIC, FORMAT, mode, a, b, c, d, length @ ..] = *fixed else { return None };
        let clear_len = usize::try_from(u32::from_le_bytes(length)).ok().filter(|_| mode == self.mode as u8)?;
        let (clear, sealed) = rest.split_at_checked(clear_len)?;
        let proven = proven(&bytes[..FIXED + clear_len], name);
        let own = self.seals.iter().filter(|seal| seal.id == [a, b, c, d]);
        own.filter_map(|seal| seal.open(self.mode, &proven, sealed)).map(|body| [clear, &body].concat()).next()
    }
}

impl Seal {
    fn signature(&self, proven: &[u8], body: &[u8]) -> blake3::Hash {
        blake3::Hasher::new_keyed(&self.signing).update(proven).update(body).finalize()
    }

    fn open<'a>(&self, mode: Mode, proven: &[u8], sealed: &'a [u8]) -> Option<Cow<'a, [u8]>> {
        match mode {
            Mode::Encrypted => {
                let (nonce, msg) = sealed.split_first_chunk::<NONCE>()?;
                self.cipher.decrypt(&XNonce::from(*nonce), Payload { msg, aad: proven }).ok().map(Cow::Owned)
            }
            Mode::Signed => {
                let (body, signature) = sealed.split_last_chunk::<SIGNATURE>()?;
                // Compared in a time that says nothing.
                (self.signature(proven, body) == blake3::Hash::from(*signature)).then_some(Cow::Borrowed(body))
            }
        }
    }
}

/// Returns what is under the seal besides the value: all that is before it, and the name, each with its length.
fn proven(head: &[u8], name: &Name) -> Vec<u8> {
    let name = name.as_bytes();
    [head, &(name.len() as u64).to_le_bytes(), name].concat()
}

impl Envelope for Sealed {
    fn capabilities(&self, store: Capabilities) -> Capabilities {
        let max_value_bytes = store.max_value_bytes.map(|max| max.saturating_sub(self.overhead()));
        Capabilities { atomic_incr: false, touch: false, max_value_bytes, ..store }
    }

    fn close<'a>(&self, name: &Name, value: &'a [u8]) -> Result<Cow<'a, [u8]>, Error> {
        let sealed = self.seal(name, value, || XNonce::try_generate().ok());
        let failed =
            || Error::new(Kind::Encode, format!("the value for `{name}` cannot be sealed: the system draws no nonce"));
        sealed.map(Cow::Owned).ok_or_else(failed)
    }

    fn open(&self, name: &Name, bytes: Vec<u8>) -> Option<Vec<u8>> {
        let opened = self.unseal(name, &bytes);
        if opened.is_none() {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
        opened
    }
}

impl Layer for Sealed {
    fn wrap(&self, store: Arc<dyn ErasedBackend>, means: &Means) -> Result<Arc<dyn ErasedBackend>, Error> {
        if self.seals.is_empty() {
            let sentence =
                "its store is to be sealed, and there is no key to do it with: give it one, or leave that out";
            return Err(Error::configuration(sentence));
        }
        Ok(enveloped(store, Arc::new(self.clone()), means))
    }

    fn effect(&self) -> Effect {
        Effect::Seals
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealed").field("mode", &self.mode).field("keys", &self.seals.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::codec::wire::{FOR_EVER, Header};
    use crate::key::Scope;

    const HEADER: Header = Header {
        codec: crate::codec::Codec::MessagePack,
        mark: 7,
        shape: 9,
        created: 1_700_000_000_000,
        fresh_until: 1_700_000_060_000,
        kept_until: FOR_EVER,
        cost: 3,
        open: false,
        compressed: false,
    };

    fn secret(number: u8) -> Secret {
        let bytes: Vec<u8> = (0..32).map(|at| at ^ number).collect();
        Secret::from_bytes(&bytes).unwrap()
    }

    fn name(key: &str) -> Name {
        Scope::new("shop", "1", None).unwrap().name(&key.into())
    }

    fn both(secrets: &[u8]) -> [Sealed; 2] {
        let secrets: Vec<_> = secrets.iter().copied().map(secret).collect();
        [Sealed::encrypt(secrets.clone()), Sealed::sign(secrets)]
    }

    fn close(sealed: &Sealed, key: &str, value: &[u8]) -> Vec<u8> {
        sealed.close(&name(key), value).unwrap().into_owned()
    }

    fn open(sealed: &Sealed, key: &str, bytes: &[u8]) -> Option<Vec<u8>> {
        sealed.open(&name(key), bytes.to_vec())
    }

    #[test]
    fn a_sealed_record_is_written_and_read_as_it_always_was() {
        let record = HEADER.write(&[], b"\xA5value");
        let head =
            |mode: u8| [&[0xC0, 1, mode][..], &secret(1).id().to_le_bytes(), b"\x36\0\0\0", &record[..54]].concat();
        let [encrypted, signed] = both(&[1]);
        let tails = [
            (&encrypted, head(1), [&[9; 24][..], GOLDEN_ENCRYPTED].concat()),
            (&signed, head(2), [b"\xA5value", GOLDEN_SIGNATURE].concat()),
        ];
        for (sealed, head, tail) in tails {
            let golden = [head, tail].concat();
            let written = sealed.seal(&name("key"), &record, || Some(XNonce::from([9; 24]))).unwrap();
            assert_eq!(written, golden, "{}", written[65..].escape_ascii());
            assert_eq!(open(sealed, "key", &golden).unwrap(), record);
        }
    }

    const GOLDEN_ENCRYPTED: &[u8] = b"\xbf\xb3{kt\xe9\x1b\xdc\xd6\xd7\xb76\x08\x16\xb2\xc8<Y(\x87\x03\x13";
    const GOLDEN_SIGNATURE: &[u8] =
        b"\x9bM\xd7+\x9bnj\xb2c)}\xd5\xee<14a\xa9\xf7<\xb6\x8f\n\x1a\xb2%\xea\xb9\xbb]\x91?";

    #[test]
    fn no_byte_of_an_entry_can_be_changed_left_out_or_added() {
        for sealed in both(&[1]) {
            for value in [&b"42"[..], b"", &HEADER.write(&[], b"value")] {
                let (bytes, before) = (close(&sealed, "key", value), sealed.refused());
                assert_eq!(open(&sealed, "key", &bytes).as_deref(), Some(value));
                for at in 0..bytes.len() {
                    let mut other = bytes.clone();
                    other[at] ^= 1;
                    assert_eq!(open(&sealed, "key", &other), None, "byte {at} of {value:?}");
                    assert_eq!(open(&sealed, "key", &bytes[..at]), None, "cut at {at}");
                }
                assert_eq!(open(&sealed, "key", &[&bytes[..], b"\0"].concat()), None);
                assert_eq!(sealed.refused() - before, 2 * bytes.len() as u64 + 1);
            }
        }
    }

    #[test]
    fn what_was_written_under_one_name_opens_under_no_other() {
        for sealed in both(&[1]) {
            let bytes = close(&sealed, "key", b"value");
            assert_eq!(open(&sealed, "other", &bytes), None);
            assert_eq!(open(&sealed, "ke", &bytes), None);
            assert_eq!(sealed.open(&Scope::new("sho", "1", None).unwrap().name(&"key".into()), bytes), None);
        }
    }

    #[test]
    fn an_old_key_still_reads_and_a_wrong_one_does_not() {
        for (old, new) in both(&[1]).into_iter().zip(both(&[2, 1])) {
            let bytes = close(&old, "key", b"value");
            assert_eq!(open(&new, "key", &bytes).as_deref(), Some(&b"value"[..]));
            assert_eq!(open(&old, "key", &close(&new, "key", b"value")), None, "the first key writes");
            assert_eq!(old.refused() + new.refused(), 1);
        }
    }

    #[test]
    fn what_is_sealed_one_way_does_not_open_the_other_way() {
        let [encrypted, signed] = both(&[1]);
        assert_eq!(open(&signed, "key", &close(&encrypted, "key", b"value")), None);
        assert_eq!(open(&encrypted, "key", &close(&signed, "key", b"value")), None);
        assert_eq!(open(&encrypted, "key", &HEADER.write(&[], b"value")), None, "nor what is not sealed at all");
    }

    #[test]
    fn one_value_is_never_encrypted_to_the_same_bytes_twice() {
        let [encrypted, _] = both(&[1]);
        assert_ne!(close(&encrypted, "key", b"value"), close(&encrypted, "key", b"value"));
    }

    #[test]
    fn nothing_of_a_key_is_shown() {
        let shown = format!("{:?}", both(&[1, 2]));
        assert!(shown.contains("keys: 2") && !shown.contains("Seal {"), "{shown}");
    }

    proptest! {
        #[test]
        fn whatever_is_sealed_is_opened_to_the_same(value: Vec<u8>, is_record: bool) {
            let value = if is_record { HEADER.write(&[], &value) } else { value };
            for sealed in both(&[1]) {
                let bytes = close(&sealed, "key", &value);
                prop_assert_eq!(bytes.len() as u64, value.len() as u64 + sealed.overhead());
                prop_assert_eq!(open(&sealed, "key", &bytes), Some(value.clone()));
            }
        }

        #[test]
        fn hostile_bytes_open_to_nothing(bytes: Vec<u8>, mode in 0..4_u8, length: u32) {
            let id = secret(1).id().to_le_bytes();
            let head = [&[MAGIC, FORMAT, mode][..], &id, &length.to_le_bytes()].concat();
            for sealed in both(&[1]) {
                prop_assert_eq!(open(&sealed, "key", &bytes), None);
                prop_assert_eq!(open(&sealed, "key", &[&head[..], &bytes].concat()), None);
            }
        }
    }
}
