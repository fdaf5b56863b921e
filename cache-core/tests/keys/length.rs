//! At most 200 bytes, printable, whatever is written.

use std::collections::HashSet;

use cache_core::key::{Key, Scope};
use proptest::prelude::*;

fn of(text: &str) -> Key {
    Key::write(0, |key| {
        key.part(text);
    })
}

fn is_digested(key: &Key) -> bool {
    let text = key.as_str();
    text.len() <= 200 && text[text.len() - 34..].starts_with("%+")
}

#[test]
fn exactly_200_bytes_stay_as_they_are_and_201_do_not() {
    let key = of(&"k".repeat(200));
    assert_eq!(key.as_str(), "k".repeat(200));
    let key = of(&"k".repeat(201));
    assert_eq!(key.as_str().len(), 200);
    assert_eq!(key.as_str(), format!("{}%+{}", "k".repeat(166), &blake3_of(&"k".repeat(201))));
}

/// What any BLAKE3 gives for this text: the first half of its digest.
fn blake3_of(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..32].to_owned()
}

#[test]
fn the_digest_is_that_of_the_text_before_it_was_cut() {
    let key = Key::write(0, |key| {
        key.literal("list:").part(&vec!["é"; 100]);
    });
    let whole = format!("list:<{}>", "%C3%A9,".repeat(100));
    assert!(key.as_str().ends_with(&format!("%+{}", blake3_of(&whole))), "{key}");
}

#[test]
fn the_limit_counts_bytes_and_not_characters() {
    assert!(!is_digested(&of(&"é".repeat(33))), "33 characters, 198 bytes when escaped");
    assert!(is_digested(&of(&"é".repeat(34))));
    assert!(is_digested(&of(&"🦀".repeat(17))));
    assert!(is_digested(&Key::from("é".repeat(34))));
}

#[test]
fn long_keys_that_differ_only_at_the_end_differ() {
    let keys: HashSet<_> = (0..500).map(|id| of(&format!("{}{id}", "é".repeat(300)))).collect();
    assert_eq!(keys.len(), 500);
}

#[test]
fn long_keys_that_differ_only_in_where_a_value_ends_differ() {
    let half = "k".repeat(150);
    let write = |a: &str, b: &str| {
        Key::write(0, |key| {
            key.part(a).literal(":").part(b);
        })
    };
    assert_ne!(write(&format!("{half}:"), &half), write(&half, &format!(":{half}")));
}

#[test]
fn an_escape_is_never_cut_in_two() {
    for start in 0..6 {
        let key = of(&format!("{}{}", "k".repeat(start), "é".repeat(100)));
        let beginning = key.as_str().split("%+").next().unwrap().trim_start_matches('k');
        assert!(beginning.replace("%C3", "").replace("%A9", "").is_empty(), "{key}");
    }
}

#[test]
fn a_short_key_that_looks_like_a_digested_one_is_digested_too() {
    let long = of(&"k".repeat(300));
    let digits: &str = &long.as_str()[168..];
    let forged = Key::write(0, |key| {
        key.part(&"k".repeat(166)).literal("%+").part(digits);
    });
    assert_ne!(forged, long, "literal text may hold `%+`");
    assert!(is_digested(&forged));
}

#[test]
fn a_digested_key_given_as_text_is_another_key() {
    let long = of(&"k".repeat(300));
    assert_ne!(Key::from(long.as_str()).as_str(), long.as_str());
}

#[test]
fn literal_text_too_is_made_safe_for_every_server() {
    let key = Key::write(0, |key| {
        key.literal("two words\r\nset é 1");
    });
    assert_eq!(key.as_str(), "two%20words%0D%0Aset%20%C3%A9%201");
}

proptest! {
    #[test]
    fn keys_and_names_are_printable_and_within_their_limits(text in ".{0,300}", prefix in ".{0,16}", split in 0..300_usize) {
        let split = text.char_indices().map(|(at, _)| at).find(|at| *at >= split).unwrap_or(0);
        let (a, b) = text.split_at(split);
        let key = Key::write(0, |key| { key.part(a).literal(":").part(b); });
        prop_assert!(key.as_bytes().len() <= 200 && key.as_bytes().iter().all(u8::is_ascii_graphic));
        let raw = Key::from(&text);
        prop_assert!(raw.as_bytes().len() <= 200 && raw.as_bytes().iter().all(u8::is_ascii_graphic));
        if let Ok(scope) = Scope::new(&prefix, "1", None) {
            let name = scope.name(&key);
            prop_assert!(name.as_bytes().len() <= 250 && name.as_bytes().iter().all(u8::is_ascii_graphic));
            prop_assert!(name.as_str().starts_with(scope.text().unwrap()));
        }
    }
}
