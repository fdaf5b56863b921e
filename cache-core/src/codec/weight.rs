//! What a value weighs: the bytes it would take written out, counted without writing; and what would be lost in some way of
//! writing it.

use std::fmt::{self, Display};

use serde::ser::{self, Serialize};

use super::shape::Layouts;

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
    weigh(value, None).bytes
}

/// What would be lost of a value, or read back as something else.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Losses {
    /// There is a `Some` that would be read back as `None`, because nothing is inside it.
    pub(super) some_nothing: bool,
    /// There is what text has no words for: bytes, a number that is none, a `Some` of a struct without fields.
    pub(super) in_text: bool,
    /// There is a struct whose fields are not all written, in the order in which they are read.
    pub(super) without_names: bool,
}

/// Returns what would be lost of a value; without the layouts of its structs nothing is said of those.
pub(super) fn losses<V: Serialize>(value: &V, layouts: Option<&Layouts>) -> Losses {
    weigh(value, layouts).losses
}

fn weigh<'a, V: Serialize>(value: &V, layouts: Option<&'a Layouts>) -> Scale<'a> {
    let mut scale = Scale { layouts, ..Scale::default() };
    let _given_up_early = value.serialize(&mut scale);
    scale
}

/// A serializer that only counts.
#[derive(Default)]
struct Scale<'a> {
    bytes: u64,
    /// How often there was nothing: `None` or `()`.
    nothings: u64,
    /// How often there was a struct without fields.
    hollows: u64,
    losses: Losses,
    layouts: Option<&'a Layouts>,
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

impl Scale<'_> {
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

    /// Returns whether nothing more was counted since than one of something that is written like nothing.
    fn is_only(&self, bytes: u64, ones: u64, before: u64) -> bool {
        (self.bytes, ones) == (bytes + NOTHING as u64, before + 1)
    }
}

impl<'s, 'a> Scale<'a> {
    fn fields(&'s mut self, name: &'static str) -> Fields<'s, 'a> {
        let fingerprint = if self.layouts.is_some() { Layouts::begin(name) } else { 0 };
        Fields { scale: self.part(), fingerprint }
    }
}

/// The fields of a struct that is being weighed.
struct Fields<'s, 'a> {
    scale: &'s mut Scale<'a>,
    fingerprint: u64,
}

macro_rules! weighs_what_it_is {
    ($($name:ident: $type:ty),* $(,)?) => {$(
        fn $name(self, _: $type) -> Result<(), GaveUp> {
            self.add(size_of::<$type>())
        }
    )*};
}

impl<'s, 'a> ser::Serializer for &'s mut Scale<'a> {
    type Ok = ();
    type Error = GaveUp;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Fields<'s, 'a>;
    type SerializeStructVariant = Fields<'s, 'a>;

    weighs_what_it_is! {
        serialize_bool: bool, serialize_char: char,
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128,
    }

    fn serialize_f32(self, number: f32) -> Result<(), GaveUp> {
        self.losses.in_text |= !number.is_finite();
        self.add(size_of::<f32>())
    }

    fn serialize_f64(self, number: f64) -> Result<(), GaveUp> {
        self.losses.in_text |= !number.is_finite();
        self.add(size_of::<f64>())
    }

    fn serialize_str(self, text: &str) -> Result<(), GaveUp> {
        self.part().add(text.len())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), GaveUp> {
        self.losses.in_text = true;
        self.part().add(bytes.len())
    }

    fn serialize_none(self) -> Result<(), GaveUp> {
        self.nothing()
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<(), GaveUp> {
        let (bytes, nothings, hollows) = (self.bytes, self.nothings, self.hollows);
        value.serialize(&mut *self)?;
        self.losses.some_nothing |= self.is_only(bytes, self.nothings, nothings);
        self.losses.in_text |= self.is_only(bytes, self.hollows, hollows);
        Ok(())
    }

    fn serialize_unit(self) -> Result<(), GaveUp> {
        self.nothing()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), GaveUp> {
        self.hollows += 1;
        self.add(NOTHING)
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

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Fields<'s, 'a>, GaveUp> {
        Ok(self.fields(name))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Fields<'s, 'a>, GaveUp> {
        self.add(variant.len())?;
        // Whoever reads it asks for its fields by the variant and not by the enum.
        Ok(self.fields(""))
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    fn collect_str<T: ?Sized + Display>(self, value: &T) -> Result<(), GaveUp> {
        fmt::write(self.part(), format_args!("{value}")).map_err(|_| GaveUp)
    }
}

impl fmt::Write for Scale<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.add(text.len()).map_err(|_| fmt::Error)
    }
}

macro_rules! weighs_what_its_parts_weigh {
    ($($of:ident: $part:ident),* $(,)?) => {$(
        impl ser::$of for &mut Scale<'_> {
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
        impl ser::$of for Fields<'_, '_> {
            type Ok = ();
            type Error = GaveUp;

            fn serialize_field<T: ?Sized + Serialize>(&mut self, name: &'static str, value: &T) -> Result<(), GaveUp> {
                if self.scale.layouts.is_some() {
                    self.fingerprint = Layouts::add(self.fingerprint, name);
                }
                self.scale.add(name.len())?;
                value.serialize(&mut *self.scale)
            }

            fn end(self) -> Result<(), GaveUp> {
                let is_another = self.scale.layouts.is_some_and(|layouts| !layouts.have(self.fingerprint));
                self.scale.losses.without_names |= is_another;
                Ok(())
            }
        }
    )*};
}

weighs_its_names_too! { SerializeStruct, SerializeStructVariant }

impl ser::SerializeMap for &mut Scale<'_> {
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
