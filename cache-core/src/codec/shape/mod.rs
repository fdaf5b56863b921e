//! The fingerprint of a type: what its `Deserialize` asks for, by name.
//!
//! A macro sees no fields, but serde tells them to whoever reads a value. A deserializer that has nothing to read
//! writes down what it is asked for and answers with something small. It does so several times over, with another
//! variant of each enum and another order of fields each time, and with another answer where a type refuses one, so
//! that neither an unusual variant nor a particular type hides what stands behind it.

mod asked;
mod notes;

use std::any::TypeId;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ahash::RandomState;
use serde::de::DeserializeOwned;

use crate::key::{mark, mark_of};
use crate::lock::{OfProcess, lock_of_process};
use notes::{Named, Notes};

/// How often a type is asked at most.
const MOST_PASSES: usize = 4096;

/// Returns the fingerprint of a type: another one when a field, a variant or a kind of number changes.
///
/// It is the same in every build and on every platform, and worked out once a type. What a type does not tell serde is
/// not in it: the parts of an enum without a name in the data or with it among the fields (`untagged`, `tag`), and of
/// structs with flattened fields. A version of one's own says when those have changed.
///
/// ```
/// use cache_core::codec::shape;
///
/// assert_eq!(shape::<Vec<u32>>(), shape::<Box<[u32]>>(), "they are read alike");
/// assert_ne!(shape::<Vec<u32>>(), shape::<Vec<String>>());
/// ```
#[must_use]
pub fn shape<V: DeserializeOwned + 'static>() -> u64 {
    let of = TypeId::of::<V>();
    // A thread that ends may ask when it has nothing of its own any more.
    let here = HERE.try_with(|here| here.borrow().get(&of).copied()).ok().flatten();
    here.unwrap_or_else(|| {
        let shape = known::<V, _>(|known| known.shape);
        let _ = HERE.try_with(|here| here.borrow_mut().insert(of, shape));
        shape
    })
}

thread_local! {
    /// The fingerprints that this thread has asked for: each value that is read from outside asks for one.
    static HERE: RefCell<HashMap<TypeId, u64, RandomState>> = RefCell::default();
}

/// What is known of a type.
struct Known {
    shape: u64,
    layouts: Option<Arc<Layouts>>,
}

/// The fields that the structs of a type have, in the order in which they are read where their names are not written.
#[derive(Debug)]
pub(super) struct Layouts(HashSet<u64>);

impl Layouts {
    /// Returns those of a type; `None` where it reads whatever is there, so that names may be all that tells it what that is.
    pub(super) fn of<V: DeserializeOwned + 'static>() -> Option<Arc<Self>> {
        known::<V, _>(|known| known.layouts.clone())
    }

    /// Begins the fingerprint of a struct's fields.
    pub(super) fn begin(name: &str) -> u64 {
        mark(name)
    }

    /// Adds a field to a fingerprint.
    pub(super) fn add(fingerprint: u64, field: &str) -> u64 {
        mark_of(fingerprint, field)
    }

    pub(super) fn have(&self, fingerprint: u64) -> bool {
        self.0.contains(&fingerprint)
    }
}

/// Returns something that is known of a type, and finds it out the first time.
fn known<V: DeserializeOwned + 'static, T>(read: impl Fn(&Known) -> T) -> T {
    static KNOWN: OfProcess<Option<HashMap<TypeId, Known, RandomState>>> = OfProcess::new(None);
    let all = || lock_of_process(&KNOWN);
    if let Some(known) = all().get_or_insert_default().get(&TypeId::of::<V>()) {
        return read(known);
    }
    // Not under the lock: the type's own code runs here.
    let notes = noted::<V>();
    let known = Known { shape: mark(&notes.text), layouts: layouts(&notes).map(Arc::new) };
    let answer = read(&known);
    all().get_or_insert_default().insert(TypeId::of::<V>(), known);
    answer
}

fn layouts(notes: &Notes) -> Option<Layouts> {
    let fingerprint =
        |(name, fields): &Named| fields.iter().fold(Layouts::begin(name), |all, field| Layouts::add(all, field));
    (!notes.text.contains(ANYTHING)).then(|| Layouts(notes.types.iter().map(fingerprint).collect()))
}

/// What a type is noted to have asked that reads whatever is there.
const ANYTHING: &str = ";deserialize_any;";

/// Writes down everything that the type asks for.
fn noted<V: DeserializeOwned>() -> Notes {
    let mut notes = Notes::default();
    for pass in 1..=MOST_PASSES {
        notes.ask::<V>();
        if notes.is_complete(pass) {
            break;
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::net::IpAddr;
    use std::num::NonZeroU32;

    use serde::Deserialize;
    use serde::de::{self, EnumAccess, Error as _, VariantAccess, Visitor};

    use super::notes::MAX_TEXT;
    use super::*;

    fn trace<V: DeserializeOwned>() -> String {
        noted::<V>().text
    }

    #[test]
    fn a_thread_that_ends_is_told_the_fingerprint_too() {
        struct Last(std::sync::mpsc::Sender<u64>);
        impl Drop for Last {
            fn drop(&mut self) {
                self.0.send(shape::<u16>()).expect("somebody waits for it");
            }
        }
        thread_local!(static LAST: RefCell<Option<Last>> = const { RefCell::new(None) });
        let (sender, told) = std::sync::mpsc::channel();
        // What a thread has made first goes last.
        let thread = move || {
            LAST.set(Some(Last(sender)));
            shape::<u16>()
        };
        let before = std::thread::spawn(thread).join().expect("no panic");
        assert_eq!(told.recv(), Ok(before));
    }

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
    fn enums_of_one_name_each_show_all_their_variants() {
        mod one {
            #[derive(serde::Deserialize)]
            pub(super) enum Kind {
                A,
                B,
            }
        }
        #[derive(Deserialize)]
        #[expect(dead_code, reason = "the fields are only asked for")]
        enum Kind<X> {
            A,
            B,
            C { x: X },
        }
        assert_ne!(shape::<(one::Kind, Kind<u8>)>(), shape::<(one::Kind, Kind<i8>)>());
    }

    #[test]
    fn a_change_behind_more_options_than_may_be_nested_is_another_shape() {
        type Wide<X> = ([Option<u8>; 32], [Option<u8>; 32], [Option<u8>; 32], X);
        assert_ne!(shape::<Wide<u8>>(), shape::<Wide<i8>>());
    }

    /// A type that is read from text and takes none but a date.
    struct Day;

    impl<'de> Deserialize<'de> for Day {
        fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let text = String::deserialize(deserializer)?;
            if text.len() == 10 && text.starts_with("20") { Ok(Self) } else { Err(D::Error::custom(text)) }
        }
    }

    #[test]
    fn a_change_behind_a_text_of_a_certain_form_is_another_shape() {
        assert_ne!(shape::<(Day, Day, u8)>(), shape::<(Day, Day, i8)>());
    }

    #[test]
    fn what_was_noted_before_a_refusal_stays_noted() {
        #[derive(Deserialize)]
        #[expect(dead_code, reason = "the fields are only asked for")]
        struct Pair {
            first: u8,
            second: u8,
        }
        assert!(trace::<(Pair, Day)>().starts_with("|;tuple 2;struct;Pair;first;second;"));
    }

    #[test]
    fn one_type_with_two_parameters_shows_all_variants_of_both() {
        let shapes = [
            shape::<(Result<u8, u8>, Result<u8, u8>)>(),
            shape::<(Result<i8, u8>, Result<u8, u8>)>(),
            shape::<(Result<u8, i8>, Result<u8, u8>)>(),
            shape::<(Result<u8, u8>, Result<i8, u8>)>(),
            shape::<(Result<u8, u8>, Result<u8, i8>)>(),
        ];
        for (at, shape) in shapes.iter().enumerate() {
            assert!(!shapes[..at].contains(shape), "{at}");
        }
    }

    #[test]
    fn a_type_may_stand_inside_itself_without_being_endless() {
        #[derive(Deserialize)]
        #[expect(dead_code, reason = "the field is only asked for")]
        struct Page<T> {
            of: T,
        }
        assert_ne!(shape::<Page<Page<Page<u8>>>>(), shape::<Page<Page<Page<i8>>>>());
    }

    #[test]
    fn the_last_of_very_many_variants_is_seen() {
        /// An enum as a hand-written impl has it, with as many variants as there are names.
        struct Many<const WIDE: bool>;
        impl<'de, const WIDE: bool> Deserialize<'de> for Many<WIDE> {
            fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_enum("Many", &["a"; 200], Met::<WIDE>)
            }
        }
        struct Met<const WIDE: bool>;
        impl<'de, const WIDE: bool> Visitor<'de> for Met<WIDE> {
            type Value = Many<WIDE>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a variant")
            }

            fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Many<WIDE>, A::Error> {
                let (_, variant) = data.variant::<String>()?;
                if WIDE {
                    variant.newtype_variant::<u64>().map(drop)?;
                } else {
                    variant.unit_variant()?;
                }
                Ok(Many)
            }
        }
        assert_eq!(trace::<Many<false>>().matches("unit;").count(), 200);
        assert_eq!(trace::<Many<true>>().matches("deserialize_u64;").count(), 200);
    }

    #[test]
    fn a_type_that_takes_no_answer_has_a_shape_all_the_same() {
        struct Never;
        impl<'de> Deserialize<'de> for Never {
            fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Err(D::Error::custom(String::deserialize(deserializer)?))
            }
        }
        #[derive(Deserialize)]
        #[expect(dead_code, reason = "the fields are only asked for")]
        struct Holder {
            never: Never,
            other: u16,
        }
        assert!(trace::<Holder>().contains("deserialize_u16"));
    }

    #[test]
    fn a_type_that_forgives_everything_and_contains_itself_many_times_ends() {
        struct Forgiving(#[expect(dead_code, reason = "it is only asked for")] Vec<Forgiving>);
        impl<'de> Deserialize<'de> for Forgiving {
            fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Self(<[Self; 16]>::deserialize(deserializer).map(Vec::from).unwrap_or_default()))
            }
        }
        assert!(trace::<Forgiving>().len() <= 2 * MAX_TEXT);
    }

    #[test]
    fn a_type_that_contains_itself_has_a_shape() {
        #[derive(Deserialize)]
        #[expect(dead_code, reason = "the fields are only asked for")]
        enum Tree {
            Leaf(NonZeroU32),
            Fork(Box<Tree>, Vec<Tree>),
        }
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
