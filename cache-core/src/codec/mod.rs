//! Values as bytes, in a form that whoever writes them has chosen and whoever reads them is told.

mod shape;
mod show;
#[cfg(test)]
mod tests;
mod weight;
pub mod wire;

use std::io::ErrorKind;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use shape::shape;
pub use show::show;
pub use weight::weight;

use crate::error::{Error, Kind};
use shape::Layouts;
use weight::losses;

/// How deep a value may be nested: what is read may have been written by anybody.
const MAX_DEPTH: usize = 128;

/// In what form values are written into a store outside of the process.
///
/// A record says which one it is in, so that what was written before stays readable where another is chosen. A value that
/// would be read back as another one in its form is written in the usual one.
///
/// How many bytes a value takes, and how many microseconds to write and to read, on one machine:
///
/// | | usual | compact | JSON |
/// |---|---|---|---|
/// | a struct of six fields | 77; 0.11, 0.15 | 46; 0.21, 0.08 | 98; 0.11, 0.20 |
/// | a list of 100 of the like | 9,493; 6.4, 22 | 4,793; 13, 16 | 12,225; 9.8, 26 |
/// | a text of 10 KB | 10,153; 0.12, 0.56 | 10,153; 0.13, 0.56 | 10,502; 4.1, 3.5 |
/// | a map of 100 numbers | 1,265; 0.9, 2.6 | 1,265; 0.9, 2.6 | 1,970; 2.1, 4.2 |
///
/// Compact values are looked at twice before they are written, to be sure that their fields are all there; what is read more
/// often than it is written gains.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::{Codec, Options, Settings, backend::Memory, clock::Clock, testing};
///
/// let store = std::sync::Arc::new(Memory::new(Clock::manual()));
/// let settings = |codec| Settings::backend(std::sync::Arc::clone(&store)).codec(codec);
/// let larder = testing::isolated_with([
///     ("before", settings(Codec::MessagePack)),
///     ("now", settings(Codec::Compact)),
/// ])?;
/// larder.cache("before").blocking().set("key", 42_u8, Options::forever())?;
/// assert_eq!(larder.cache("now").blocking().get::<u8>("key")?, Some(42));
/// # Ok::<(), larder::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Codec {
    /// `MessagePack` with the names of fields: the usual one.
    #[default]
    MessagePack,
    /// `MessagePack` without names: fields are told by their places. That is safe, since a record of a type whose fields are
    /// others, or stand in another order, is never read. A value that leaves out fields, or is of a type that looks at what is
    /// there before it knows what it reads (`untagged`, `tag`, `flatten`), is written with names.
    Compact,
    /// JSON, which a person can read. What it has no words for is written as `MessagePack`: bytes, infinite numbers and what
    /// is none, keys of maps that are no text; and what is nested deeper than it could be read back.
    #[cfg(feature = "json")]
    Json,
}

/// A value that is written out, and in what form it is.
pub type Written = (Codec, Vec<u8>);

impl Codec {
    /// Returns the number by which records say it.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::MessagePack => 1,
            #[cfg(feature = "json")]
            Self::Json => 2,
            Self::Compact => 3,
        }
    }

    /// Returns the one that has this number, if this program knows it.
    pub(crate) const fn of_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::MessagePack),
            #[cfg(feature = "json")]
            2 => Some(Self::Json),
            3 => Some(Self::Compact),
            _ => None,
        }
    }

    /// Writes a value out, and says in what form: in this one, or in the usual one where this would lose something of it.
    ///
    /// ```
    /// use cache_core::codec::Codec;
    ///
    /// let value = ("a".to_owned(), 7_u8);
    /// let (codec, bytes) = Codec::Compact.write(&value)?;
    /// assert_eq!((codec, codec.read(&bytes)), (Codec::Compact, Some(value)));
    /// # Ok::<(), cache_core::error::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As those of [`encode`].
    pub fn write<V: Serialize + DeserializeOwned + 'static>(self, value: &V) -> Result<Written, Error> {
        let chosen = match self {
            Self::MessagePack => None,
            Self::Compact => without_names(value),
            #[cfg(feature = "json")]
            Self::Json => as_text(value),
        };
        match chosen {
            Some(bytes) => Ok((self, bytes)),
            None => Ok((Self::MessagePack, encode(value)?)),
        }
    }

    /// Reads a value back, or `None`: what is left over, cut off, or nested too deep is no value.
    #[must_use]
    pub fn read<V: DeserializeOwned>(self, bytes: &[u8]) -> Option<V> {
        match self {
            Self::MessagePack | Self::Compact => decode(bytes),
            #[cfg(feature = "json")]
            Self::Json => serde_json::from_slice(bytes).ok(),
        }
    }
}

/// Writes a value by the places of its fields; `None` where it has to be told by their names.
fn without_names<V: Serialize + DeserializeOwned + 'static>(value: &V) -> Option<Vec<u8>> {
    let losses = losses(value, Some(&*Layouts::of::<V>()?));
    if losses.some_nothing || losses.without_names {
        return None;
    }
    rmp_serde::to_vec(value).ok()
}

/// Writes a value as text; `None` where that has no words for it.
#[cfg(feature = "json")]
fn as_text<V: Serialize>(value: &V) -> Option<Vec<u8>> {
    let losses = losses(value, None);
    if losses.some_nothing || losses.in_text {
        return None;
    }
    serde_json::to_vec(value).ok().filter(|text| is_shallow(text))
}

/// Returns whether a text of JSON can be read back: `serde_json` reads what is nested less than so deep.
#[cfg(feature = "json")]
fn is_shallow(text: &[u8]) -> bool {
    const DEEPEST: usize = 127;
    if text.len() <= 2 * DEEPEST {
        return true;
    }
    let (mut depth, mut is_text, mut is_escaped) = (0, false, false);
    for byte in text {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => is_text = !is_text,
            _ if is_text => {}
            b'[' | b'{' if depth == DEEPEST => return false,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            _ => {}
        }
    }
    true
}

/// Writes a value out in the usual form.
///
/// ```
/// use cache_core::codec;
///
/// let value = ("a".to_owned(), [1_u8, 2]);
/// assert_eq!(codec::decode(&codec::encode(&value)?), Some(value));
/// assert!(codec::encode(&Some(None::<u8>)).is_err(), "it would be read back as `None`");
/// # Ok::<(), cache_core::error::Error>(())
/// ```
///
/// # Errors
///
/// [`Kind::Encode`] where the value's own `Serialize` refuses, and where it holds `Some(None)` or `Some(())`: those
/// would be read back as `None`, and a value that is not kept is better than another one.
pub fn encode<V: Serialize>(value: &V) -> Result<Vec<u8>, Error> {
    if losses(value, None).some_nothing {
        let what = std::any::type_name::<V>();
        let context = format!("a value of type `{what}` holds a `Some` of nothing, which would be read as `None`");
        return Err(Error::new(Kind::Encode, context));
    }
    rmp_serde::to_vec_named(value).map_err(|error| {
        let what = std::any::type_name::<V>();
        Error::new(Kind::Encode, format!("a value of type `{what}` cannot be written out")).with_source(error)
    })
}

/// Reads a value back, or `None`: what is left over, cut off, or nested too deep is no value.
///
/// ```
/// use cache_core::codec;
///
/// let bytes = codec::encode(&("a", 1))?;
/// assert_eq!(codec::decode(&bytes), Some(("a".to_owned(), 1_u8)));
/// assert_eq!(codec::decode::<(String, u8)>(&bytes[1..]), None);
/// # Ok::<(), cache_core::error::Error>(())
/// ```
#[must_use]
pub fn decode<V: DeserializeOwned>(bytes: &[u8]) -> Option<V> {
    let mut source = rmp_serde::Deserializer::from_read_ref(bytes);
    source.set_max_depth(MAX_DEPTH);
    let value = V::deserialize(&mut source).ok()?;
    is_at_its_end(bool::deserialize(&mut source)).then_some(value)
}

/// Returns whether there was no next value, not even the beginning of one. Of what is asked for as a `bool` nothing is read
/// but its beginning, so that no end inside of it is taken for the end of all.
fn is_at_its_end(next: Result<bool, rmp_serde::decode::Error>) -> bool {
    match next {
        Err(rmp_serde::decode::Error::InvalidMarkerRead(error)) => error.kind() == ErrorKind::UnexpectedEof,
        _ => false,
    }
}
