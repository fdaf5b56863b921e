//! Within a site no two argument lists meet; between scopes no two names do.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Debug;

use cache_core::key::{Key, KeyPart, Scope};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::argument::{many_lists, two_lists};

fn read(value: &(impl KeyPart + ?Sized)) -> String {
    Key::write(0, |key| {
        key.part(value);
    })
    .to_string()
}

/// Text made of what an encoding could stumble over.
fn text() -> impl Strategy<Value = String> {
    let pieces = ["a", "b", ":", ",", "=", "<", ">", "%", "+", "%none", "%some", "%2C", "<>", " ", "\0", "é", "/", "#"];
    vec(prop::sample::select(pieces.to_vec()), 0..4).prop_map(|pieces| pieces.concat())
}

/// Two values of one type read the same exactly when they are equal.
fn same_or_different<P: KeyPart + PartialEq + Debug>(a: &P, b: &P) -> Result<(), TestCaseError> {
    prop_assert_eq!(a == b, read(a) == read(b), "{:?} reads {}, {:?} reads {}", a, read(a), b, read(b));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn two_lists_that_differ_have_keys_that_differ(bytes in vec(any::<u8>(), 0..120)) {
        let (site, [a, b]) = two_lists(&bytes);
        prop_assert_eq!(a == b, site.key(&a) == site.key(&b), "{:?} {:?} {:?}", site, a, b);
    }

    #[test]
    fn many_lists_that_differ_have_keys_that_differ(bytes in vec(any::<u8>(), 0..600)) {
        let (site, lists) = many_lists(&bytes);
        let mut by_key = HashMap::new();
        for list in lists {
            let key = site.key(&list);
            let first = by_key.entry(key.clone()).or_insert_with(|| list.clone());
            prop_assert_eq!(&*first, &list, "{} of {:?}", key, site);
        }
    }

    #[test]
    fn texts_that_differ_read_differently(a in any::<String>(), b in text(), c in text()) {
        same_or_different(&b, &c)?;
        same_or_different(&a, &b)?;
    }

    #[test]
    fn options_in_options_read_differently(
        a in option::of(option::of(option::of(text()))),
        b in option::of(option::of(option::of(text()))),
    ) {
        same_or_different(&a, &b)?;
        same_or_different(&(&a, "x"), &(&b, "x"))?;
    }

    #[test]
    fn lists_in_lists_read_differently(a in vec(vec(text(), 0..3), 0..3), b in vec(vec(text(), 0..3), 0..3)) {
        same_or_different(&a, &b)?;
    }

    #[test]
    fn tuples_read_differently(
        a in (text(), option::of(text()), any::<i8>(), vec(option::of(text()), 0..3)),
        b in (text(), option::of(text()), any::<i8>(), vec(option::of(text()), 0..3)),
    ) {
        same_or_different(&a, &b)?;
    }

    #[test]
    fn maps_read_differently(
        a in prop::collection::btree_map(text(), text(), 0..3),
        b in prop::collection::btree_map(text(), text(), 0..3),
    ) {
        same_or_different(&a, &b)?;
    }

    #[test]
    fn raw_keys_read_differently(a in text(), b in text()) {
        prop_assert_eq!(a == b, Key::from(&a) == Key::from(&b));
    }

    #[test]
    fn names_of_two_scopes_and_keys_never_meet(
        a in (text(), text(), text()),
        b in (text(), text(), text()),
    ) {
        let name = |(prefix, version, key): &(String, String, String)| {
            Scope::new(prefix, version, None).ok().map(|scope| scope.name(&Key::from(key)).to_string())
        };
        if let (Some(one), Some(other)) = (name(&a), name(&b)) {
            prop_assert_eq!(a == b, one == other, "{} {}", one, other);
        }
    }

    #[test]
    fn every_number_reads_as_std_shows_it(a in any::<u64>(), b in any::<i128>(), c in any::<u128>(), d in any::<i8>()) {
        prop_assert_eq!(read(&a), a.to_string());
        prop_assert_eq!(read(&b), b.to_string());
        prop_assert_eq!(read(&c), c.to_string());
        prop_assert_eq!(read(&d), d.to_string());
    }
}

/// All lists of up to two of these.
fn up_to_two<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    let mut lists = vec![vec![]];
    lists.extend(items.iter().map(|item| vec![item.clone()]));
    lists.extend(items.iter().flat_map(|a| items.iter().map(|b| vec![a.clone(), b.clone()])));
    lists
}

/// All texts of up to three of these.
fn small_texts(pieces: [&str; 3]) -> Vec<String> {
    let longer =
        |texts: &[String]| texts.iter().flat_map(|text| pieces.map(|piece| format!("{text}{piece}"))).collect();
    let one: Vec<_> = longer(&[String::new()]);
    let two: Vec<_> = longer(&one);
    let three: Vec<_> = longer(&two);
    [vec![String::new()], one, two, three].concat()
}

#[test]
fn no_two_of_all_small_texts_around_a_separator_meet() {
    for separator in [":", "/", ",", ";", "=", "&", "|", "?", "#", "a:", "%:", "2C,"] {
        let texts = small_texts([&separator[separator.len() - 1..], "a", "%"]);
        let pairs: Vec<_> = texts.iter().flat_map(|a| texts.iter().map(move |b| (a, b))).collect();
        let key = |(a, b): &(&String, &String)| {
            Key::write(0, |key| {
                key.part(*a).literal(separator).part(*b);
            })
            .to_string()
        };
        let keys: HashSet<_> = pairs.iter().map(key).collect();
        assert_eq!(keys.len(), pairs.len(), "{separator}");
    }
}

#[test]
fn no_two_of_all_small_maps_meet() {
    let texts = small_texts(["=", ",", "a"]);
    let maps: Vec<_> = texts.iter().flat_map(|a| texts.iter().map(move |b| BTreeMap::from([(a, b)]))).collect();
    let keys: HashSet<_> = maps.iter().map(read).collect();
    assert_eq!(keys.len(), maps.len());
}

#[test]
fn no_two_of_all_small_lists_of_lists_meet() {
    let lists = up_to_two(&up_to_two(&["", ",", "<", ">", "a"]));
    let keys: HashSet<_> = lists.iter().map(read).collect();
    assert_eq!(keys.len(), lists.len());
}

#[test]
fn no_two_of_all_small_lists_of_options_meet() {
    let options = [None, Some(None), Some(Some("")), Some(Some("%none")), Some(Some("none"))];
    let lists = up_to_two(&up_to_two(&options));
    let keys: HashSet<_> = lists.iter().map(read).collect();
    assert_eq!(keys.len(), lists.len());
}

#[test]
fn the_beginning_of_a_prefix_does_not_move_into_what_follows() {
    let name = |prefix, version, key: &str| Scope::new(prefix, version, None).unwrap().name(&key.into()).to_string();
    assert_eq!(name("a:1", "", "k"), "a%3A1::k");
    assert_eq!(name("a", "", "1:k"), "a::1:k");
    assert_eq!(name("a", "1", "k"), "a:1:k");
    assert_eq!(name("", "", "a:1:k"), "::a:1:k");
}
