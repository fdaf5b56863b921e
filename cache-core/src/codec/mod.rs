//! Values as bytes: `MessagePack` that writes the names of fields, so that a changed type cannot be read as nonsense.

mod shape;
mod weight;
pub mod wire;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use shape::shape;
pub use weight::weight;

use crate::error::{Error, Kind};

/// How deep a value may be nested: what is read may have been written by anybody.
const MAX_DEPTH: usize = 128;

/// Writes a value out.
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
    if weight::holds_some_nothing(value) {
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
    let mut source = rmp_serde::Deserializer::new(bytes);
    source.set_max_depth(MAX_DEPTH);
    let value = V::deserialize(&mut source).ok()?;
    source.get_ref().is_empty().then_some(value)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Profile {
        name: String,
        age: u32,
    }

    #[test]
    fn a_type_whose_fields_changed_places_is_read_by_name() {
        #[derive(Serialize)]
        struct Before {
            age: u32,
            name: &'static str,
        }
        let bytes = encode(&Before { age: 7, name: "Ann" }).unwrap();
        assert_eq!(decode::<Profile>(&bytes).unwrap(), Profile { name: "Ann".to_owned(), age: 7 });
    }

    #[test]
    fn a_value_that_would_be_read_back_as_another_is_refused() {
        #[derive(Serialize)]
        struct Nested(BTreeMap<u8, Vec<Option<()>>>);
        let kinds = [
            encode(&Some(())).unwrap_err().kind(),
            encode(&Some(None::<u8>)).unwrap_err().kind(),
            encode(&Nested([(1, vec![None, Some(())])].into())).unwrap_err().kind(),
        ];
        assert_eq!(kinds, [Kind::Encode; 3]);
    }

    #[test]
    fn a_some_of_what_only_looks_like_nothing_is_written() {
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct Marker;
        assert_eq!(decode::<Option<Marker>>(&encode(&Some(Marker)).unwrap()).unwrap(), Some(Marker));
        let nested: Option<Option<u8>> = Some(Some(0));
        assert_eq!(decode::<Option<Option<u8>>>(&encode(&nested).unwrap()).unwrap(), nested);
        let list = Some(vec![None::<u8>]);
        assert_eq!(decode::<Option<Vec<Option<u8>>>>(&encode(&list).unwrap()).unwrap(), list);
        assert_eq!(decode::<Option<()>>(&encode(&None::<()>).unwrap()).unwrap(), None);
    }

    #[test]
    fn bytes_that_claim_to_be_enormous_cost_nothing() {
        // An array and a string of four thousand million items, of which none follows.
        assert!(decode::<Vec<u64>>(&[0xdd, 0xff, 0xff, 0xff, 0xff]).is_none());
        assert!(decode::<String>(&[0xdb, 0xff, 0xff, 0xff, 0xff]).is_none());
    }

    #[test]
    fn what_is_nested_too_deep_is_no_value() {
        #[derive(Debug, Deserialize)]
        struct Chain(#[expect(dead_code, reason = "it is only read")] Vec<Chain>);
        assert!(decode::<Chain>(&[0x91; 10_000]).is_none());
    }

    proptest! {
        #[test]
        fn whatever_was_written_is_read_back(value: (String, Vec<Option<i64>>, BTreeMap<u8, String>, f64)) {
            prop_assert_eq!(decode::<(String, Vec<Option<i64>>, BTreeMap<u8, String>, f64)>(&encode(&value).unwrap()).unwrap(), value);
        }

        #[test]
        fn arbitrary_bytes_are_a_value_or_none_and_never_a_panic(bytes: Vec<u8>) {
            let _ = decode::<(String, Vec<Option<i64>>, BTreeMap<u8, String>)>(&bytes);
            let _ = decode::<Profile>(&bytes);
        }
    }
}
