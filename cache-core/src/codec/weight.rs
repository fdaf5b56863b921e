//! What a value weighs: the bytes it would take written out, counted without writing.

use std::fmt::{self, Display};

use serde::ser::{self, Serialize};

/// Returns roughly how many bytes a value takes: those of its text and numbers, and a little for each part.
///
/// Nothing is allocated. A value whose own `Serialize` gives up weighs what was counted until then.
///
/// ```
/// use cache_core::codec::weight;
///
/// assert!(weight(&"x".repeat(1000)) >= 1000);
/// assert!(weight(&vec![0_u64; 100]) >= 800);
/// ```
pub fn weight<V: Serialize>(value: &V) -> u64 {
    weigh(value).bytes
}

/// Returns whether the value holds a `Some` that would be read back as `None`, because nothing is inside it.
pub(super) fn holds_some_nothing<V: Serialize>(value: &V) -> bool {
    weigh(value).has_some_nothing
}

fn weigh<V: Serialize>(value: &V) -> Scale {
    let mut scale = Scale::default();
    let _given_up_early = value.serialize(&mut scale);
    scale
}

/// A serializer that only counts.
#[derive(Default)]
struct Scale {
    bytes: u64,
    /// How often there was nothing: `None` or `()`.
    nothings: u64,
    has_some_nothing: bool,
}

/// What a length prefix, a tag or the like is taken to weigh.
const PART: u64 = 4;

/// What `None` and `()` weigh.
const NOTHING: usize = 1;

#[derive(Debug)]
struct GaveUp;

impl Display for GaveUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value gave up being written")
    }
}

impl std::error::Error for GaveUp {}

impl ser::Error for GaveUp {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

impl Scale {
    #[expect(clippy::unnecessary_wraps, reason = "every question of serde is answered with it")]
    fn add(&mut self, bytes: usize) -> Result<(), GaveUp> {
        self.bytes += bytes as u64;
        Ok(())
    }

    fn part(&mut self) -> &mut Self {
        self.bytes += PART;
        self
    }

    fn nothing(&mut self) -> Result<(), GaveUp> {
        self.nothings += 1;
        self.add(NOTHING)
    }
}

macro_rules! weighs_what_it_is {
    ($($name:ident: $type:ty),* $(,)?) => {$(
        fn $name(self, _: $type) -> Result<(), GaveUp> {
            self.add(size_of::<$type>())
        }
    )*};
}

impl ser::Serializer for &mut Scale {
    type Ok = ();
    type Error = GaveUp;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    weighs_what_it_is! {
        serialize_bool: bool, serialize_char: char,
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128,
        serialize_f32: f32, serialize_f64: f64,
    }

    fn serialize_str(self, text: &str) -> Result<(), GaveUp> {
        self.part().add(text.len())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), GaveUp> {
        self.part().add(bytes.len())
    }

    fn serialize_none(self) -> Result<(), GaveUp> {
        self.nothing()
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<(), GaveUp> {
        let (bytes, nothings) = (self.bytes, self.nothings);
        value.serialize(&mut *self)?;
        self.has_some_nothing |= (self.bytes, self.nothings) == (bytes + NOTHING as u64, nothings + 1);
        Ok(())
    }

    fn serialize_unit(self) -> Result<(), GaveUp> {
        self.nothing()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), GaveUp> {
        self.add(1)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), GaveUp> {
        self.part().add(variant.len())
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(self, _: &'static str, value: &T) -> Result<(), GaveUp> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), GaveUp> {
        self.part().add(variant.len())?;
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self, GaveUp> {
        Ok(self.part())
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, GaveUp> {
        Ok(self.part())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, GaveUp> {
        Ok(self.part())
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Result<Self, GaveUp> {
        self.add(variant.len())?;
        Ok(self.part())
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, GaveUp> {
        Ok(self.part())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, GaveUp> {
        Ok(self.part())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self, GaveUp> {
        self.add(variant.len())?;
        Ok(self.part())
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    fn collect_str<T: ?Sized + Display>(self, value: &T) -> Result<(), GaveUp> {
        fmt::write(self.part(), format_args!("{value}")).map_err(|_| GaveUp)
    }
}

impl fmt::Write for Scale {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.add(text.len()).map_err(|_| fmt::Error)
    }
}

macro_rules! weighs_what_its_parts_weigh {
    ($($of:ident: $part:ident),* $(,)?) => {$(
        impl ser::$of for &mut Scale {
            type Ok = ();
            type Error = GaveUp;

            fn $part<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), GaveUp> {
                value.serialize(&mut **self)
            }

            fn end(self) -> Result<(), GaveUp> {
                Ok(())
            }
        }
    )*};
}

weighs_what_its_parts_weigh! {
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field,
}

macro_rules! weighs_its_names_too {
    ($($of:ident),* $(,)?) => {$(
        impl ser::$of for &mut Scale {
            type Ok = ();
            type Error = GaveUp;

            fn serialize_field<T: ?Sized + Serialize>(&mut self, name: &'static str, value: &T) -> Result<(), GaveUp> {
                self.add(name.len())?;
                value.serialize(&mut **self)
            }

            fn end(self) -> Result<(), GaveUp> {
                Ok(())
            }
        }
    )*};
}

weighs_its_names_too! { SerializeStruct, SerializeStructVariant }

impl ser::SerializeMap for &mut Scale {
    type Ok = ();
    type Error = GaveUp;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Result<(), GaveUp> {
        key.serialize(&mut **self)
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), GaveUp> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), GaveUp> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_value_weighs_about_what_it_takes_written_out() {
        let value: BTreeMap<String, Vec<u32>> = [("some key".to_owned(), vec![1, 2, 3])].into();
        let written = crate::codec::encode(&value).unwrap().len() as u64;
        let counted = weight(&value);
        assert!(counted >= written && counted < 4 * written, "{counted} for {written}");
    }

    #[test]
    fn text_made_by_display_is_counted_without_being_made() {
        struct Shown;
        impl Serialize for Shown {
            fn serialize<S: ser::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&format_args!("{}:{}", 1, 23))
            }
        }
        assert_eq!(weight(&Shown), PART + 4);
    }
}
