//! `can_meet` never says no where two patterns can meet.

use cache_core::key::pattern::can_meet;
use proptest::collection::vec;
use proptest::prelude::*;

/// A stretch of text that a place could have written, or that is literal in every pattern.
fn stretches() -> impl Strategy<Value = Vec<String>> {
    let stretch = prop::sample::select(vec![
        "a",
        "b",
        "",
        "%3A",
        "%none",
        "<>",
        "<a,b>",
        "<a,b,>",
        "V<a=b>",
        "<<a,>,>",
        "V<<>,<b>>",
        ":",
        "/",
        ",",
        "=",
        "::",
        "a:",
        "<",
        ">",
    ]);
    vec(stretch.prop_map(str::to_owned), 0..6)
}

/// A value in stretches: scalar text, and then nothing or one bracket.
fn value() -> impl Strategy<Value = Vec<String>> {
    let of = |stretches: &[&'static str]| vec(prop::sample::select(stretches.to_vec()).prop_map(str::to_owned), 0..3);
    let inside = of(&["a", ",", "=", "%3A", "<>", "<a,b>", "V<=>", "<<,>,>"]);
    (of(&["a", "b", "%none", ""]), prop::option::of(inside)).prop_map(|(mut stretches, inside)| {
        if let Some(inside) = inside {
            stretches.push("<".into());
            stretches.extend(inside);
            stretches.push(">".into());
        }
        stretches
    })
}

/// Whether a place can write this.
fn is_value(text: &str) -> bool {
    !text.contains([':', '/']) && !matches!(text, "," | "=" | "<" | ">")
}

/// A pattern that writes the text: some of the stretches are places in it, the rest is literal.
fn pattern_of(stretches: &[String], places: &[bool]) -> String {
    let piece = |(at, stretch): (usize, &String)| {
        if places[at] && is_value(stretch) { "<x>".to_owned() } else { stretch.replace('<', "<<").replace('>', ">>") }
    };
    stretches.iter().enumerate().map(piece).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn two_patterns_that_write_one_text_can_meet(
        stretches in stretches(),
        a in vec(any::<bool>(), 6),
        b in vec(any::<bool>(), 6),
    ) {
        let (a, b) = (pattern_of(&stretches, &a), pattern_of(&stretches, &b));
        prop_assert!(can_meet(&a, &b), "{a} and {b} both write {}", stretches.concat());
    }

    #[test]
    fn a_place_can_meet_the_parts_of_what_it_writes(before in stretches(), inside in value(), after in stretches()) {
        let literal = |stretches: &[String]| pattern_of(stretches, &[false; 6]);
        let a = format!("{}<x>{}", literal(&before), literal(&after));
        let b = format!("{}{}{}", literal(&before), literal(&inside), literal(&after));
        let c = format!("{}{}{}", literal(&before), pattern_of(&inside, &[true; 6]), literal(&after));
        prop_assert!(can_meet(&a, &b), "{a} and {b}");
        prop_assert!(can_meet(&a, &c), "{a} and {c}");
    }
}
