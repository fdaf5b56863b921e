//! `key!` and the derives write what one would expect, wherever they stand.

use std::marker::PhantomData;

use larder::{Key, KeyName, KeyPart, key};

#[derive(KeyPart)]
struct Filter<'a> {
    author: u64,
    r#type: Option<&'a str>,
}

#[derive(KeyPart)]
struct Id(u64);

#[derive(KeyPart)]
struct Pair<A, B>(A, B);

#[derive(KeyPart)]
struct All;

#[derive(KeyPart)]
enum Shape {
    Nothing,
    Circle(u32),
    Box { width: u32, height: u32 },
}

#[derive(KeyName)]
struct Article;

#[derive(KeyName)]
#[key_name = "note"]
struct Note;

/// The same name in another module is another name in keys.
mod other {
    #[derive(larder::KeyName)]
    pub struct Article;
}

fn text(key: &Key) -> &str {
    key.as_str()
}

#[test]
fn a_key_by_hand_reads_like_its_pattern() {
    let (author, page) = (17, 2_u8);
    assert_eq!(text(&key!("articles:list:v2:author=<author>:<page>")), "articles:list:v2:author=17:2");
    assert_eq!(text(&key!("nothing:but:text")), "nothing:but:text");
    assert_eq!(text(&key!("a<<b>>:<page>",)), "a<b>:2");
}

#[test]
fn places_name_fields_and_methods() {
    let (filter, path) = (Filter { author: 7, r#type: None }, std::path::PathBuf::from("a/b"));
    let pair = (1, ("x", true));
    assert_eq!(text(&key!("f:<filter.author: u64>:<pair.1.0>:<pair.1.1>")), "f:7:x:true");
    assert_eq!(text(&key!("f:<filter>:<path.to_str()>")), "f:<author=7,type=%none>:a%2Fb");
}

#[test]
fn derived_values_read_as_the_table_in_the_docs_says() {
    let (id, pair, all) = (Id(7), Pair(1, "b"), All);
    assert_eq!(text(&key!("<id>:<pair>:<all>")), "7:<1,b>:All");
    let [nothing, circle, square] = [Shape::Nothing, Shape::Circle(3), Shape::Box { width: 1, height: 2 }];
    assert_eq!(text(&key!("<nothing>:<circle>:<square>")), "Nothing:Circle<3>:Box<width=1,height=2>");
}

#[test]
fn a_newtype_of_an_option_is_told_from_what_it_holds() {
    #[derive(KeyPart)]
    struct Maybe(Option<u8>);
    let (outer, inner) = (None::<Maybe>, Some(Maybe(None)));
    assert_ne!(text(&key!("<outer>")), text(&key!("<inner>")));
}

#[test]
fn types_have_names_that_no_other_type_has() {
    assert_eq!(Article::KEY_NAME, concat!(module_path!(), "::Article"));
    assert_eq!(other::Article::KEY_NAME, concat!(module_path!(), "::other::Article"));
    assert_eq!(Note::KEY_NAME, "note");
    assert_eq!(ThroughTheFramework::KEY_NAME, concat!(module_path!(), "::ThroughTheFramework"));
}

/// Whatever is imported into a module, and whatever stands around it, its own types are its own.
mod names_from_elsewhere {
    use super::*;

    #[derive(KeyName)]
    struct Note<'a, 'b: 'a>(PhantomData<&'a &'b str>);

    #[derive(KeyName)]
    #[deprecated]
    struct Vec(PhantomData<[u8]>);

    #[test]
    #[expect(deprecated, reason = "its name is in stores out there")]
    fn a_type_is_found_among_those_that_are_imported() {
        assert_eq!([Note::KEY_NAME, Vec::KEY_NAME].map(|name| name.replace(module_path!(), "")), ["::Note", "::Vec"]);
    }
}

#[test]
fn the_same_pattern_has_the_same_mark_and_another_one_has_another() {
    let (id, name) = (1, "1");
    assert_eq!(key!("user:<id>"), key!("user:<id: i32>"));
    assert_eq!(text(&key!("user:<id>")), text(&key!("user:<name>")));
    assert_ne!(key!("user:<id>"), key!("user:<name>"), "one is a number and one is a text");
}

/// Whatever the author has named their things, and whatever they forbid, the expansions mean what they mean.
#[deny(warnings, missing_docs, clippy::pedantic, unused_qualifications, non_snake_case, elided_lifetimes_in_paths)]
mod names_that_clash {
    #![expect(dead_code, unused_macros, non_camel_case_types, reason = "they are only there to be in the way")]
    mod core {}
    mod std {}
    mod larder {}
    mod diagnostic {}
    struct Key;
    struct Option;
    struct str;
    struct Place;
    enum Result {}
    trait KeyName {}
    trait KeyPart {
        fn part(&self) {}
        fn write_key(&self) {}
    }
    impl<T: ?Sized> KeyPart for T {}
    macro_rules! concat {
        () => {};
    }
    macro_rules! module_path {
        () => {};
    }
    fn __private() {}
    const SITE: () = ();

    /// A type whose every name is one that an expansion could use.
    #[derive(::larder::KeyPart)]
    pub struct Mine<'place, const FIELDS: usize> {
        /// A field.
        pub __place: u8,
        __fields: [u8; FIELDS],
        r#self_: &'place u8,
    }

    /// The same with a name.
    #[derive(::larder::KeyName)]
    pub struct Named<'place>(#[expect(dead_code, reason = "only its name counts")] &'place u8);

    /// The same of an enum, with what is not to be used any more.
    #[derive(::larder::KeyPart)]
    #[deprecated]
    #[allow(deprecated)]
    pub enum Choice<T, P = u8>
    where
        T: Copy,
    {
        /// A variant.
        #[deprecated]
        Ok(T),
        /// A variant.
        Err {
            /// A field.
            #[deprecated]
            key: P,
        },
        /// A variant.
        r#Some,
    }

    #[test]
    fn keys_and_derives_do_not_care() {
        let (__key, mine) = (1, Mine { __place: 1, __fields: [2], r#self_: &3 });
        assert_eq!(::larder::key!("<__key>:<mine>").as_str(), "1:<__place=1,__fields=<2,>,self_=3>");
    }

    #[test]
    #[allow(deprecated)]
    fn all_of_an_enum_can_be_deprecated() {
        let [a, b, c] = [Choice::Ok(1_u8), Choice::Err { key: "x" }, Choice::Some];
        assert_eq!(::larder::key!("<a>:<b>:<c>").as_str(), "Ok<1>:Err<key=x>:Some");
    }
}

/// A literal keeps its meaning on its way through macros: places are names of those who wrote it.
#[test]
fn patterns_go_through_macros() {
    macro_rules! versioned {
        ($pattern:literal, $value:expr) => {{
            let id = "the macro's own";
            let other = $value;
            (key!($pattern), key!("<id>:<other>"))
        }};
    }
    macro_rules! tokens {
        ($($pattern:tt)*) => { key!($($pattern)*) };
    }
    let id = 7;
    let (of_the_caller, of_the_macro) = versioned!("user:<id>", 8);
    assert_eq!((text(&of_the_caller), text(&of_the_macro)), ("user:7", "the%20macro's%20own:8"));
    assert_eq!(text(&tokens!("user:<id>",)), "user:7");
}

#[test]
fn patterns_are_strings_of_every_form() {
    let r#type = 1;
    assert_eq!(text(&key!(r#"t"<r#type>"#)), "t\"1");
    assert_eq!(
        text(&key!(
            "\x74:\
                          <r#type>"
        )),
        "t:1"
    );
}

#[test]
fn a_key_leaves_its_variables_to_their_owners() {
    let (name, mut count) = (String::from("me"), 1);
    let key = key!("<name>:<count>:<name.len()>");
    count += 1;
    assert_eq!((text(&key), name.as_str(), count), ("me:1:2", "me", 2));
}

#[test]
fn the_type_that_is_said_is_the_type_that_is_written() {
    let (name, boxed, list) = (String::from("me"), Box::new(5_u8), vec![1, 2]);
    let key = key!("<name: str>:<boxed: u8>:<list: [i32]>:<name.as_str(): &str>");
    assert_eq!(text(&key), "me:5:<1,2,>:me");
}

#[test]
fn a_key_can_be_made_wherever_a_value_can() {
    fn of<T: KeyPart + ?Sized>(value: &T) -> Key {
        key!("of:<value>")
    }
    struct Tenant(u8);
    impl Tenant {
        fn key(&self) -> Key {
            key!("tenant:<self.0>")
        }
    }
    let keys: Vec<_> = (1..3).map(|id| key!("id:<id>")).collect();
    assert_eq!((text(&keys[0]), text(&of("a")), text(&Tenant(3).key())), ("id:1", "of:a", "tenant:3"));
}

#[test]
fn values_that_hold_themselves_and_values_without_a_size_can_be_derived() {
    #[derive(KeyPart)]
    struct Tree(u8, Vec<Tree>);
    #[derive(KeyPart)]
    struct Last<T: ?Sized> {
        id: u8,
        rest: T,
    }
    #[derive(KeyPart)]
    enum Never {}
    let (tree, none) = (Tree(1, vec![Tree(2, vec![])]), None::<Never>);
    let last: Box<Last<[u8]>> = Box::new(Last { id: 1, rest: [2, 3] });
    assert_eq!(text(&key!("<tree>:<last>:<none>")), "<1,<<2,<>>,>>:<id=1,rest=<2,3,>>:%none");
}

/// These texts are in stores out there: a change here makes every entry of every user of a derive a miss.
#[test]
fn derived_keys_stay_what_they_are() {
    #[derive(KeyPart)]
    struct Empty {}
    #[derive(KeyPart)]
    struct Nothing();
    #[derive(KeyPart)]
    struct One {
        id: u8,
    }
    #[derive(KeyPart)]
    struct Two<'a>(&'a str, Option<bool>);
    #[derive(KeyPart)]
    enum Deep {
        r#Unit,
        Tuple(Id, Two<'static>),
        Empty(),
        Record { r#in: Box<Deep> },
    }
    let (empty, nothing, one, two) = (Empty {}, Nothing(), One { id: 1 }, Two("a,b<c>", None));
    assert_eq!(text(&key!("<empty>:<nothing>:<one>:<two>")), "<>:<>:<id=1>:<a%2Cb%3Cc%3E,%none>");
    let (unit, tuple) = (Deep::Unit, Deep::Tuple(Id(1), Two("", Some(true))));
    let record = Deep::Record { r#in: Box::new(Deep::Empty()) };
    assert_eq!(text(&key!("<unit>:<tuple>:<record>")), "Unit:Tuple<1,<,true>>:Record<in=Empty<>>");
}

/// As a framework would hand larder on.
mod framework {
    pub use ::larder as cache;
}

/// A type of a module may have its own name there, and one of a function has a name that was chosen.
#[derive(framework::cache::KeyName)]
#[larder(crate = framework::cache)]
struct ThroughTheFramework;

#[test]
fn larder_can_be_reached_through_another_crate() {
    #[derive(framework::cache::KeyPart, framework::cache::KeyName)]
    #[larder(crate = framework::cache)]
    #[key_name = "mine"]
    struct Mine(u8);
    let mine = Mine(7);
    assert_eq!(framework::cache::key!("mine:<mine>", crate = framework::cache).as_str(), "mine:7");
}
