//! The keys of a sealed store.

use std::fmt;

use crate::error::Error;

/// A key of 32 bytes that entries are sealed with.
///
/// It is made from raw bytes, or from text that holds them in hexadecimal or base64. It never shows what it is.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::backend::layer::Secret;
///
/// let hex = Secret::from_text("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")?;
/// let base64 = Secret::from_text("n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=")?;
/// assert_eq!(hex.id(), base64.id(), "the same key");
/// assert_eq!(format!("{hex:?}"), "Secret(…)");
/// assert!(Secret::from_text("password").is_err());
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Clone)]
pub struct Secret {
    bytes: [u8; LENGTH],
}

const LENGTH: usize = 32;

impl Secret {
    /// Takes the bytes of a key.
    ///
    /// # Errors
    ///
    /// When there are not 32 of them, or they are all the same, which nobody drew.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let is_drawn = bytes.iter().any(|byte| Some(byte) != bytes.first());
        match <[u8; LENGTH]>::try_from(bytes) {
            Ok(bytes) if is_drawn => Ok(Self { bytes }),
            Ok(_) => Err(wrong("it is the same byte over and over")),
            Err(_) => Err(wrong(&format!("it has {} bytes", bytes.len()))),
        }
    }

    /// Reads a key from hexadecimal digits, or from base64 of either alphabet.
    ///
    /// # Errors
    ///
    /// When the text is neither, or is not a key of 32 bytes.
    pub fn from_text(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let bytes = if text.len() == 2 * LENGTH { from_hex(text) } else { from_base64(text) };
        Self::from_bytes(&bytes.ok_or_else(|| wrong("it is neither hexadecimal nor base64"))?)
    }

    /// Returns a number that tells it from other keys, and says nothing of it.
    #[must_use]
    pub fn id(&self) -> u32 {
        let [a, b, c, d, ..] = self.derive("larder 1 name of a key");
        u32::from_le_bytes([a, b, c, d])
    }

    /// Makes a key of it for one purpose.
    pub(super) fn derive(&self, purpose: &str) -> [u8; LENGTH] {
        blake3::derive_key(purpose, &self.bytes)
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let pair = |pair: &[u8]| u8::try_from(digit(pair.first()?)? * 16 + digit(pair.last()?)?).ok();
    text.as_bytes().chunks(2).map(pair).collect()
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        held = (held << 6 | u32::from(digit)) & 0xFFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xFF).ok()?);
        }
    }
    Some(bytes)
}

fn wrong(what: &str) -> Error {
    let sentence = format!(
        "a key for sealing is 32 random bytes, in hexadecimal or base64, and {what}: draw one with `openssl rand -hex 32`"
    );
    Error::configuration(sentence)
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::error::Kind;

    fn hex(bytes: &[u8]) -> String {
        let digit = |value: u8| char::from_digit(value.into(), 16).unwrap();
        bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }

    #[test]
    fn a_key_that_is_short_long_empty_or_was_not_drawn_is_refused() {
        for bytes in [&[][..], &[1, 2, 3], &[7; 32], &[0; 32], &[1; 31], &[2; 33]] {
            let error = Secret::from_bytes(bytes).unwrap_err();
            assert_eq!(error.kind(), Kind::Configuration);
        }
        for text in ["", "=", "password", &"0".repeat(64), &"g".repeat(64), &"é".repeat(32), &"AB".repeat(33)] {
            assert!(Secret::from_text(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn nothing_of_a_key_is_in_an_error_or_in_what_is_shown() {
        let error = Secret::from_text("correct horse battery staple").unwrap_err();
        assert!(!error.to_string().contains("horse"), "{error}");
        let mut bytes = [0xAB; 32];
        bytes[0] = 0xCD;
        let shown = format!("{:?}", Secret::from_bytes(&bytes).unwrap());
        assert!(!shown.contains("171") && !shown.to_lowercase().contains("ab"), "{shown}");
    }

    proptest! {
        #[test]
        fn a_key_reads_the_same_in_hexadecimal_of_either_case_and_as_bytes(bytes: [u8; 32]) {
            prop_assume!(bytes.iter().any(|byte| *byte != bytes[0]));
            let id = Secret::from_bytes(&bytes).unwrap().id();
            prop_assert_eq!(Secret::from_text(&hex(&bytes)).unwrap().id(), id);
            prop_assert_eq!(Secret::from_text(&hex(&bytes).to_uppercase()).unwrap().id(), id);
        }

        #[test]
        fn any_text_is_a_key_or_an_error(text: String) {
            let _ = Secret::from_text(&text);
        }
    }
}
