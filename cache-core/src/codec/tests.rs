//! Values in all forms: what is read back is what was written, or nothing.

use std::collections::BTreeMap;
use std::fmt::Debug;

use proptest::prelude::*;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serializer};

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
fn what_is_left_over_makes_it_no_value_whatever_that_is() {
    let whole = encode(&(7_u8, "a".to_owned())).unwrap();
    assert_eq!(decode::<(u8, String)>(&whole), Some((7, "a".to_owned())));
    // Another value, the beginning of one, a byte that begins none, and what claims to be enormous.
    for more in [&b"\x07"[..], b"\xa3a", b"\x92", b"\xc1", b"\xdd\xff\xff\xff\xff", b"\xd9", &[0x91; 1_000]] {
        assert_eq!(decode::<(u8, String)>(&[&whole, more].concat()), None, "{more:?}");
    }
}

#[test]
fn what_is_nested_too_deep_is_no_value() {
    #[derive(Debug, Deserialize)]
    struct Chain(#[expect(dead_code, reason = "it is only read")] Vec<Chain>);
    assert!(decode::<Chain>(&[0x91; 10_000]).is_none());
}

/// All that this program knows.
const ALL: &[Codec] = &[
    Codec::MessagePack,
    Codec::Compact,
    #[cfg(feature = "json")]
    Codec::Json,
];

/// Writes a value in a form, expects it back, and says in which form it was written.
fn round_trip<V>(codec: Codec, value: &V) -> Codec
where
    V: Debug + PartialEq + Serialize + serde::de::DeserializeOwned + 'static,
{
    let (written, bytes) = codec.write(value).unwrap();
    assert_eq!(written.read::<V>(&bytes).as_ref(), Some(value), "{codec:?}: {bytes:?}");
    assert_eq!(Codec::of_number(written.number()), Some(written));
    written
}

#[test]
fn a_number_that_no_codec_has_is_none() {
    let known: Vec<_> = (0..=u8::MAX).filter_map(Codec::of_number).collect();
    assert_eq!(known.len(), ALL.len());
    assert!(ALL.iter().all(|codec| known.contains(codec)));
}

/// Kept in records outside the process: a program must write and read them like this for as long as there are programs.
#[test]
fn values_are_written_as_they_always_were_in_every_form() {
    let profile = || Profile { name: "Ann".to_owned(), age: 7 };
    let samples: [(u8, &[u8]); 3] =
        [(1, b"\x82\xa4name\xa3Ann\xa3age\x07"), (2, br#"{"name":"Ann","age":7}"#), (3, b"\x92\xa3Ann\x07")];
    for (number, sample) in samples {
        let Some(codec) = Codec::of_number(number) else { continue };
        assert_eq!(codec.write(&profile()).unwrap(), (codec, sample.to_vec()));
        assert_eq!(codec.read(sample), Some(profile()));
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Pair {
    first: u8,
    second: u8,
}

#[test]
fn a_compact_value_whose_fields_have_changed_places_is_never_read() {
    mod after {
        use super::{Deserialize, Serialize};
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        pub struct Pair {
            pub second: u8,
            pub first: u8,
        }
    }
    let (codec, bytes) = Codec::Compact.write(&Pair { first: 1, second: 2 }).unwrap();
    assert_eq!(codec, Codec::Compact);
    // Nothing in the bytes tells them apart: their shapes do, which no record is read without.
    assert_eq!(codec.read(&bytes), Some(after::Pair { second: 1, first: 2 }));
    assert_ne!(shape::<Pair>(), shape::<after::Pair>());
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Sparse {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    first: Option<u8>,
    #[serde(default)]
    second: Option<u8>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Either {
    One { x: u8, y: u8 },
    Other { p: u8, q: u8 },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
enum Tagged {
    One { x: u8 },
    Other { y: u8 },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Flat {
    #[serde(flatten)]
    inner: Profile,
    last: u8,
}

/// A struct that leaves fields out on its own account, and says nothing of that.
#[derive(Debug, PartialEq, Deserialize)]
struct Own {
    #[serde(default)]
    a: u8,
    #[serde(default)]
    b: u8,
}

impl Serialize for Own {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut own = serializer.serialize_struct("Own", 1)?;
        own.serialize_field("b", &self.b)?;
        own.end()
    }
}

#[test]
fn what_would_be_read_as_something_else_without_names_is_written_with_them() {
    let named = Codec::MessagePack;
    assert_eq!(round_trip(Codec::Compact, &Sparse { first: None, second: Some(1) }), named);
    assert_eq!(round_trip(Codec::Compact, &Sparse { first: Some(1), second: None }), Codec::Compact);
    assert_eq!(round_trip(Codec::Compact, &vec![Either::Other { p: 1, q: 2 }, Either::One { x: 1, y: 2 }]), named);
    assert_eq!(round_trip(Codec::Compact, &(Tagged::One { x: 2 }, Tagged::Other { y: 2 })), named);
    let inner = Profile { name: "Ann".to_owned(), age: 7 };
    assert_eq!(round_trip(Codec::Compact, &Flat { inner, last: 2 }), named);
    assert_eq!(round_trip(Codec::Compact, &Own { a: 0, b: 2 }), named);
}

#[test]
fn what_is_plain_is_written_in_the_form_that_was_chosen() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Shape {
        Nothing,
        Named { name: String, tags: BTreeMap<String, Option<i64>> },
        Pair(f32, f64),
        Many(Vec<Shape>),
    }
    let tags = || [("a".to_owned(), Some(i64::MIN)), ("b".to_owned(), None)].into();
    let value = Shape::Many(vec![
        Shape::Nothing,
        Shape::Named { name: "\u{0}\n \u{1f600}".to_owned(), tags: tags() },
        Shape::Pair(f32::MIN_POSITIVE, -0.0),
        Shape::Pair(16_777_217.0, 0.1 + 0.2),
    ]);
    for codec in ALL {
        assert_eq!(round_trip(*codec, &value), *codec);
        assert_eq!(round_trip(*codec, &(Profile { name: String::new(), age: u32::MAX }, [(); 2], 'x')), *codec);
        assert_eq!(round_trip(*codec, &(u64::MAX, i64::MIN, u128::MAX, i128::MIN)), *codec);
        assert_eq!(round_trip(*codec, &[(7_u8, "seven".to_owned())].into_iter().collect::<BTreeMap<_, _>>()), *codec);
    }
}

#[test]
fn what_is_nested_too_deep_to_be_read_as_text_is_written_in_the_usual_form() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Tree {
        Leaf(String),
        Many(Vec<Tree>),
    }
    let tree = |levels| (0..levels).fold(Tree::Leaf("[\\\"{".repeat(9)), |tree, _| Tree::Many(vec![tree]));
    for levels in 0..90 {
        for codec in ALL {
            round_trip(*codec, &tree(levels));
        }
    }
    if cfg!(feature = "json") {
        assert_eq!(round_trip(ALL[ALL.len() - 1], &tree(63)), ALL[ALL.len() - 1]);
        assert_eq!(round_trip(ALL[ALL.len() - 1], &tree(64)), Codec::MessagePack);
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Marker;

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Place(u8, u8);

/// Bytes that are read from nothing else.
#[derive(Debug, PartialEq)]
struct Bytes(Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(ReadBytes)
    }
}

struct ReadBytes;

impl serde::de::Visitor<'_> for ReadBytes {
    type Value = Bytes;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
        Ok(Bytes(bytes.to_vec()))
    }
}

#[cfg(feature = "json")]
#[test]
fn what_json_has_no_words_for_is_written_as_it_usually_is() {
    let usual = Codec::MessagePack;
    assert_eq!(round_trip(Codec::Json, &Some(Marker)), usual);
    assert_eq!(round_trip(Codec::Json, &vec![Marker]), Codec::Json);
    assert_eq!(round_trip(Codec::Json, &Bytes(vec![0, 255])), usual);
    assert_eq!(round_trip(Codec::Json, &vec![Some(f64::INFINITY)]), usual);
    assert_eq!(round_trip(Codec::Json, &(f32::NEG_INFINITY, 1)), usual);
    assert_eq!(round_trip(Codec::Json, &[(Place(1, 2), 3)].into_iter().collect::<BTreeMap<_, _>>()), usual);
    let (codec, bytes) = Codec::Json.write(&Some(f64::NAN)).unwrap();
    assert!(codec.read::<Option<f64>>(&bytes).unwrap().unwrap().is_nan());
    assert_eq!(Codec::Json.write(&Some(())).unwrap_err().kind(), Kind::Encode);
}

#[test]
fn what_is_told_by_its_place_is_written_without_names() {
    assert_eq!(round_trip(Codec::Compact, &Some(Marker)), Codec::Compact);
    assert_eq!(round_trip(Codec::Compact, &Bytes(vec![0, 255])), Codec::Compact);
    assert_eq!(round_trip(Codec::Compact, &[(Place(1, 2), 3)].into_iter().collect::<BTreeMap<_, _>>()), Codec::Compact);
}

#[test]
fn every_form_refuses_a_value_that_would_be_read_back_as_another() {
    for codec in ALL {
        assert_eq!(codec.write(&vec![Some(None::<u8>)]).unwrap_err().kind(), Kind::Encode);
    }
}

type Anything = (String, Vec<Option<i64>>, BTreeMap<u8, String>, Vec<f64>, Vec<f32>);

proptest! {
    #[test]
    fn whatever_was_written_in_a_form_is_read_back(value: Anything) {
        for codec in ALL {
            round_trip(*codec, &value);
        }
    }

    #[test]
    fn a_value_with_something_behind_it_is_none(value: Anything, more in prop::collection::vec(any::<u8>(), 1..9)) {
        for codec in [Codec::MessagePack, Codec::Compact] {
            let (_, bytes) = codec.write(&value).unwrap();
            prop_assert!(codec.read::<Anything>(&[bytes, more.clone()].concat()).is_none());
        }
    }

    #[test]
    fn arbitrary_bytes_are_a_value_or_none_in_every_form(bytes: Vec<u8>, text: String) {
        for codec in ALL {
            let _ = (codec.read::<Anything>(&bytes), codec.read::<Profile>(&bytes), codec.read::<Profile>(text.as_bytes()));
        }
    }
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
