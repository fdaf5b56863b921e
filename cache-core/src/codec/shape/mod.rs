//! The fingerprint of a type: what its `Deserialize` asks for, by name.
//!
//! A macro sees no fields, but serde tells them to whoever reads a value. A deserializer that has nothing to read
//! writes down what it is asked for and answers with something small. It does so several times over, with another
//! variant of each enum and another order of fields each time, so that neither an unusual variant nor a type that
//! refuses the small answer hides what stands behind it.

use std::any::TypeId;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use serde::de::value::{Error as Stop, StrDeserializer};
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use crate::key::mark;

/// How often a type is asked at most.
const PASSES: usize = 64;

/// How deep parts may be nested before the rest is left out.
const MAX_DEPTH: usize = 32;

/// Returns the fingerprint of a type: another one when a field, a variant or a kind of number changes.
///
/// It is the same in every build and on every platform, and worked out once a type.
///
/// ```
/// use cache_core::codec::shape;
///
/// assert_eq!(shape::<Vec<u32>>(), shape::<Vec<u32>>());
/// assert_ne!(shape::<Vec<u32>>(), shape::<Vec<String>>());
/// ```
#[must_use]
pub fn shape<V: DeserializeOwned + 'static>() -> u64 {
    static KNOWN: Mutex<Option<HashMap<TypeId, u64>>> = Mutex::new(None);
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(shape) = known().get_or_insert_default().get(&TypeId::of::<V>()) {
        return *shape;
    }
    // Not under the lock: the type's own code runs here.
    let shape = mark(&trace::<V>());
    known().get_or_insert_default().insert(TypeId::of::<V>(), shape);
    shape
}

/// Writes down everything that the type asks for.
fn trace<V: DeserializeOwned>() -> String {
    let mut notes = Notes::default();
    for pass in 0..PASSES {
        notes.begin(pass);
        let outcome = catch_unwind(AssertUnwindSafe(|| V::deserialize(Asked(&mut notes)).map(drop)));
        if matches!(outcome, Ok(Ok(()))) && notes.has_seen_all() {
            break;
        }
    }
    notes.text
}

#[derive(Default)]
struct Notes {
    text: String,
    pass: usize,
    /// The structs and enums that are being asked about: one that contains itself is asked once.
    inside: Vec<&'static str>,
    depth: usize,
    /// For each enum, how often it was met and how many variants it has.
    enums: Vec<(&'static str, usize, usize)>,
}

impl Notes {
    fn begin(&mut self, pass: usize) {
        self.pass = pass;
        self.inside.clear();
        self.depth = 0;
        self.note("|");
    }

    fn note(&mut self, what: &str) {
        self.text.push_str(what);
        self.text.push(';');
    }

    fn has_seen_all(&self) -> bool {
        self.enums.iter().all(|(_, met, variants)| met >= variants)
    }

    /// Returns the variant whose turn it is.
    fn next_variant(&mut self, name: &'static str, variants: usize) -> usize {
        let known = self.enums.iter().position(|(known, ..)| *known == name);
        let index = known.unwrap_or_else(|| {
            self.enums.push((name, 0, variants));
            self.enums.len() - 1
        });
        let met = &mut self.enums[index].1;
        *met += 1;
        (*met - 1) % variants.max(1)
    }

    /// Notes a named type with its parts; stops at one that stands inside itself.
    fn enter(&mut self, kind: &str, name: &'static str, parts: &[&str]) -> Result<(), Stop> {
        self.note(kind);
        self.note(name);
        for part in parts {
            self.note(part);
        }
        if self.inside.contains(&name) {
            return Err(Stop::custom("it contains itself"));
        }
        self.inside.push(name);
        Ok(())
    }
}

/// The deserializer that has nothing to read.
struct Asked<'a>(&'a mut Notes);

impl Asked<'_> {
    fn again(&mut self) -> Asked<'_> {
        Asked(self.0)
    }

    fn deeper(&mut self) -> Result<(), Stop> {
        self.0.depth += 1;
        if self.0.depth > MAX_DEPTH { Err(Stop::custom("nested too deep")) } else { Ok(()) }
    }
}

macro_rules! answers {
    ($($ask:ident: $answer:ident($($value:expr)?)),* $(,)?) => {$(
        fn $ask<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
            self.0.note(stringify!($ask));
            visitor.$answer($($value)?)
        }
    )*};
}

impl<'de> de::Deserializer<'de> for Asked<'_> {
    type Error = Stop;

    answers! {
        deserialize_bool: visit_bool(false),
        deserialize_i8: visit_i8(1), deserialize_i16: visit_i16(1), deserialize_i32: visit_i32(1),
        deserialize_i64: visit_i64(1), deserialize_i128: visit_i128(1),
        deserialize_u8: visit_u8(1), deserialize_u16: visit_u16(1), deserialize_u32: visit_u32(1),
        deserialize_u64: visit_u64(1), deserialize_u128: visit_u128(1),
        deserialize_f32: visit_f32(1.0), deserialize_f64: visit_f64(1.0), deserialize_char: visit_char('1'),
        deserialize_str: visit_str("1"), deserialize_string: visit_str("1"),
        deserialize_bytes: visit_bytes(&[]), deserialize_byte_buf: visit_bytes(&[]),
        deserialize_unit: visit_unit(), deserialize_identifier: visit_str("1"),
        deserialize_ignored_any: visit_unit(), deserialize_any: visit_unit(),
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_option<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Stop> {
        self.0.note("option");
        self.deeper()?;
        visitor.visit_some(self)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Stop> {
        self.0.note(name);
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Stop> {
        self.0.enter("newtype", name, &[])?;
        let value = visitor.visit_newtype_struct(Asked(self.0))?;
        self.0.inside.pop();
        Ok(value)
    }

    fn deserialize_seq<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Stop> {
        self.0.note("seq");
        self.deeper()?;
        visitor.visit_seq(Items { asked: self, left: 1 })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Stop> {
        self.0.note(&format!("tuple {len}"));
        visitor.visit_seq(Items { asked: self, left: len })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Stop> {
        self.0.enter("tuple struct", name, &[&len.to_string()])?;
        let value = visitor.visit_seq(Items { asked: Asked(self.0), left: len })?;
        self.0.inside.pop();
        Ok(value)
    }

    fn deserialize_map<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Stop> {
        self.0.note("map");
        self.deeper()?;
        visitor.visit_map(Entries { asked: self, left: 1 })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        self.0.enter("struct", name, fields)?;
        let value = visitor.visit_map(Fields { asked: Asked(self.0), names: fields, done: 0 })?;
        self.0.inside.pop();
        Ok(value)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        self.0.enter("enum", name, variants)?;
        let turn = self.0.next_variant(name, variants.len());
        let variant = variants.get(turn).ok_or_else(|| Stop::custom("an enum without variants has no values"))?;
        self.0.note(variant);
        let value = visitor.visit_enum(OneVariant { asked: Asked(self.0), variant })?;
        self.0.inside.pop();
        Ok(value)
    }
}

struct Items<'a> {
    asked: Asked<'a>,
    left: usize,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Stop;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Stop> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        seed.deserialize(self.asked.again()).map(Some)
    }
}

struct Entries<'a> {
    asked: Asked<'a>,
    left: usize,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Stop;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Stop> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        seed.deserialize(self.asked.again()).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Stop> {
        seed.deserialize(self.asked.again())
    }
}

/// The fields of a struct, beginning with another one in each pass.
struct Fields<'a> {
    asked: Asked<'a>,
    names: &'static [&'static str],
    done: usize,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Stop;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Stop> {
        if self.done == self.names.len() {
            return Ok(None);
        }
        let field = self.names[(self.done + self.asked.0.pass) % self.names.len()];
        self.done += 1;
        self.asked.0.note(field);
        let name: StrDeserializer<'_, Stop> = field.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Stop> {
        seed.deserialize(self.asked.again())
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
        visitor.visit_seq(Items { asked: self, left: len })
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Stop> {
        for field in fields {
            self.0.note(field);
        }
        visitor.visit_map(Fields { asked: self, names: fields, done: 0 })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::net::IpAddr;
    use std::num::NonZeroU32;

    use serde::Deserialize;

    use super::*;

    /// Two versions of one type, as two releases of a program know it.
    macro_rules! differ {
        ($test:ident: { $($before:tt)* } { $($after:tt)* }) => {
            #[test]
            fn $test() {
                mod before {
                    #![allow(dead_code, reason = "the fields are only asked for")]
                    use super::*;
                    #[derive(Deserialize)]
                    pub(super) $($before)*
                }
                mod after {
                    #![allow(dead_code, reason = "the fields are only asked for")]
                    use super::*;
                    #[derive(Deserialize)]
                    pub(super) $($after)*
                }
                assert_ne!(shape::<before::T>(), shape::<after::T>());
            }
        };
    }

    differ! { a_renamed_field_is_another_shape: { struct T { name: String } } { struct T { title: String } } }
    differ! { an_added_field_is_another_shape: { struct T { a: u8 } } { struct T { a: u8, b: u8 } } }
    differ! { another_kind_of_number_is_another_shape: { struct T { a: u32 } } { struct T { a: u64 } } }
    differ! { fields_that_changed_places_are_another_shape: { struct T { a: u8, b: u8 } } { struct T { b: u8, a: u8 } } }
    differ! { a_renamed_variant_is_another_shape: { enum T { A, B } } { enum T { A, C } } }
    differ! { a_change_inside_the_last_variant_is_another_shape:
    { enum T { A, B { x: u8 } } } { enum T { A, B { x: String } } } }
    differ! { a_change_behind_a_field_that_refuses_the_answer_is_another_shape:
    { struct T { a: IpAddr, b: u8 } } { struct T { a: IpAddr, b: String } } }
    differ! { a_change_inside_an_option_in_a_map_is_another_shape:
    { struct T(BTreeMap<String, Option<u8>>); } { struct T(BTreeMap<String, Option<u16>>); } }

    #[test]
    fn a_type_that_contains_itself_has_a_shape() {
        #[derive(Deserialize)]
        #[expect(dead_code, reason = "the fields are only asked for")]
        enum Tree {
            Leaf(NonZeroU32),
            Fork(Box<Tree>, Vec<Tree>),
        }
        assert_eq!(trace::<Tree>(), trace::<Tree>());
        assert!(trace::<Tree>().contains("Fork"));
    }

    #[test]
    fn a_type_whose_code_panics_has_a_shape() {
        struct Rude;
        impl<'de> Deserialize<'de> for Rude {
            fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                u8::deserialize(deserializer)?;
                panic!("no value will do")
            }
        }
        assert!(trace::<(Rude, u8)>().contains("deserialize_u8"));
    }

    /// Kept in records outside the process: another value here makes every deployed entry a miss.
    #[test]
    fn shapes_are_the_same_in_every_build() {
        #[derive(Deserialize)]
        #[expect(dead_code, reason = "the fields are only asked for")]
        struct Profile {
            id: u64,
            name: Option<String>,
        }
        let expected = "|;struct;Profile;id;name;id;deserialize_u64;name;option;deserialize_string;";
        assert_eq!(trace::<Profile>(), expected);
    }
}
