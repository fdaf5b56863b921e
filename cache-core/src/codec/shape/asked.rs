//! The deserializer that has nothing to read, and answers all the same.

use serde::de::value::{Error as Stop, StrDeserializer};
use serde::de::{
    self, DeserializeSeed, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::notes::{Named, Notes};

/// What a type that reads text may take: a word, times, an id, addresses, a version.
const TEXTS: &[&str] = &[
    "1",
    "",
    "a",
    "2000-01-01T00:00:00Z",
    "2000-01-01T00:00:00",
    "2000-01-01",
    "00:00:00",
    "00000000-0000-0000-0000-000000000001",
    "http://a.aa/",
    "a@a.aa",
    "1.1.1.1",
    "1.1.1.1:1",
    "1.0.0",
    "UTC",
    "+00:00",
];

/// What a type that reads bytes may take: an id, an address, a digest.
const BYTES: &[&[u8]] = &[&[], &[1; 16], &[1; 4], &[1; 8], &[1; 12], &[1; 20], &[1; 32], &[1; 64]];

/// The deserializer that has nothing to read.
pub(super) struct Asked<'a>(pub(super) &'a mut Notes);

macro_rules! answers {
    ($($ask:ident: $answer:ident($($value:expr)?)),* $(,)?) => {$(
        fn $ask<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
            self.0.note(stringify!($ask));
            visitor.$answer($($value)?)
        }
    )*};
}

macro_rules! answers_with_one_of {
    ($($ask:ident: $answer:ident $answers:expr),* $(,)?) => {$(
        fn $ask<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
            let answers = $answers;
            let chosen = self.0.question(stringify!($ask), answers.len());
            visitor.$answer(answers[chosen])
        }
    )*};
}

impl<'de> de::Deserializer<'de> for Asked<'_> {
    type Error = Stop;

    answers! {
        deserialize_unit: visit_unit(), deserialize_identifier: visit_str("1"),
        deserialize_ignored_any: visit_unit(), deserialize_any: visit_unit(),
    }

    answers_with_one_of! {
        deserialize_bool: visit_bool [false, true],
        deserialize_i8: visit_i8 [1, 0, 100], deserialize_i16: visit_i16 [1, 0, 100],
        deserialize_i32: visit_i32 [1, 0, 100], deserialize_i64: visit_i64 [1, 0, 100],
        deserialize_i128: visit_i128 [1, 0, 100],
        deserialize_u8: visit_u8 [1, 0, 100], deserialize_u16: visit_u16 [1, 0, 100],
        deserialize_u32: visit_u32 [1, 0, 100], deserialize_u64: visit_u64 [1, 0, 100],
        deserialize_u128: visit_u128 [1, 0, 100],
        deserialize_f32: visit_f32 [1.0, 0.0], deserialize_f64: visit_f64 [1.0, 0.0],
        deserialize_char: visit_char ['1', 'a'],
        deserialize_str: visit_str TEXTS, deserialize_string: visit_str TEXTS,
        deserialize_bytes: visit_bytes BYTES, deserialize_byte_buf: visit_bytes BYTES,
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.0.within("option", NAMELESS, |inner| visitor.visit_some(inner))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Stop> {
        self.0.note(name);
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Stop> {
        self.0.within("newtype", (name, &[]), |inner| visitor.visit_newtype_struct(inner))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.0.within("seq", NAMELESS, |inner| visitor.visit_seq(Items { asked: inner, len: 1, done: 0 }))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Stop> {
        let kind = format!("tuple {len}");
        self.0.within(&kind, NAMELESS, |inner| visitor.visit_seq(Items { asked: inner, len, done: 0 }))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Stop> {
        let kind = format!("tuple struct {len}");
        self.0.within(&kind, (name, &[]), |inner| visitor.visit_seq(Items { asked: inner, len, done: 0 }))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.0.within("map", NAMELESS, |inner| visitor.visit_map(Entries { asked: inner, is_done: false }))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        self.0.within("struct", (name, fields), |inner| visitor.visit_map(Fields::of(inner, fields)))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        self.0.within("enum", (name, variants), |inner| {
            let turn = inner.0.turn(variants.len(), true);
            let variant = variants.get(turn).ok_or_else(|| Stop::custom("an enum without variants has no values"))?;
            inner.0.note(variant);
            inner.0.at(variant, |asked| visitor.visit_enum(OneVariant { asked, variant }))
        })
    }
}

const NAMELESS: Named = ("", &[]);

struct Items<'a> {
    asked: Asked<'a>,
    len: usize,
    done: usize,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Stop;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Stop> {
        if self.done == self.len {
            return Ok(None);
        }
        self.done += 1;
        self.asked.0.at(&self.done.to_string(), |item| seed.deserialize(item)).map(Some)
    }
}

/// A map of one entry.
struct Entries<'a> {
    asked: Asked<'a>,
    is_done: bool,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Stop;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Stop> {
        if self.is_done {
            return Ok(None);
        }
        self.is_done = true;
        self.asked.0.at("key", |key| seed.deserialize(key)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Stop> {
        self.asked.0.at("value", |value| seed.deserialize(value))
    }
}

/// The fields of a struct, beginning with another one each time.
struct Fields<'a> {
    asked: Asked<'a>,
    names: &'static [&'static str],
    first: usize,
    done: usize,
}

impl<'a> Fields<'a> {
    fn of(asked: Asked<'a>, names: &'static [&'static str]) -> Self {
        let first = asked.0.turn(names.len(), false);
        Self { asked, names, first, done: 0 }
    }

    fn name(&self, at: usize) -> &'static str {
        self.names[(self.first + at) % self.names.len()]
    }
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Stop;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Stop> {
        if self.done == self.names.len() {
            return Ok(None);
        }
        let field = self.name(self.done);
        self.done += 1;
        self.asked.0.note(field);
        let name: StrDeserializer<'_, Stop> = field.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Stop> {
        let field = self.name(self.done - 1);
        self.asked.0.at(field, |value| seed.deserialize(value))
    }
}

struct OneVariant<'a> {
    asked: Asked<'a>,
    variant: &'static str,
}

impl<'de, 'a> EnumAccess<'de> for OneVariant<'a> {
    type Error = Stop;
    type Variant = Asked<'a>;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Asked<'a>), Stop> {
        let name: StrDeserializer<'_, Stop> = self.variant.into_deserializer();
        Ok((seed.deserialize(name)?, self.asked))
    }
}

impl<'de> VariantAccess<'de> for Asked<'_> {
    type Error = Stop;

    fn unit_variant(self) -> Result<(), Stop> {
        self.0.note("unit");
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Stop> {
        self.0.note("newtype");
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Stop> {
        self.0.note(&format!("tuple {len}"));
        visitor.visit_seq(Items { asked: self, len, done: 0 })
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Stop> {
        self.0.note_type(("", fields));
        visitor.visit_map(Fields::of(self, fields))
    }
}
