//! `key!` and the derives write what one would expect, wherever they stand.

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
}

#[test]
fn the_same_pattern_has_the_same_mark_and_another_one_has_another() {
    let (id, name) = (1, "1");
    assert_eq!(key!("user:<id>"), key!("user:<id: i32>"));
    assert_eq!(text(&key!("user:<id>")), text(&key!("user:<name>")));
    assert_ne!(key!("user:<id>"), key!("user:<name>"), "one is a number and one is a text");
}

/// Whatever the author has named their things, the expansions mean what they mean.
mod names_that_clash {
    #![allow(dead_code, non_camel_case_types, reason = "they are only there to be in the way")]
    mod core {}
    mod std {}
    mod larder {}
    struct Key;
    struct Option;
    struct str;
    enum Result {}
    fn __private() {}
    trait KeyPart {}

    #[derive(::larder::KeyPart, ::larder::KeyName)]
    struct Mine {
        __place: u8,
        fields: u8,
    }

    #[test]
    fn keys_and_derives_do_not_care() {
        let (__key, mine) = (1, Mine { __place: 1, fields: 2 });
        assert_eq!(::larder::key!("<__key>:<mine>").as_str(), "1:<__place=1,fields=2>");
    }
}

/// As a framework would hand larder on.
mod framework {
    pub use ::larder as cache;
}

#[test]
fn larder_can_be_reached_through_another_crate() {
    #[derive(framework::cache::KeyPart, framework::cache::KeyName)]
    #[larder(crate = framework::cache)]
    struct Mine(u8);
    let mine = Mine(7);
    assert_eq!(framework::cache::key!("mine:<mine>", crate = framework::cache).as_str(), "mine:7");
}
