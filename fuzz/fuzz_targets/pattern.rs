//! Whatever is written as the pattern of a key, it is a pattern or a mistake that says where it stands; and what was
//! read of a pattern reads the same once more.
#![no_main]

use proc_macro2::Span;
use syn::LitStr;

#[allow(dead_code, reason = "not all of it is for patterns")]
#[path = "../../cache-macros/src/errors.rs"]
mod errors;
/// The code itself, which no program can call: it is a macro's.
#[allow(dead_code, unused_imports, reason = "what is made of patterns is not here")]
#[path = "../../cache-macros/src/pattern/mod.rs"]
mod pattern;

use pattern::{Part, Pattern};

fn parse(written: &str) -> Result<Pattern, syn::Error> {
    Pattern::parse(&LitStr::new(written, Span::call_site()))
}

libfuzzer_sys::fuzz_target!(|written: &str| {
    let pattern = match parse(written) {
        Ok(pattern) => pattern,
        Err(error) => {
            let said: Vec<_> = error.into_iter().map(|error| error.to_string()).collect();
            assert!(!said.is_empty() && said.iter().all(|said| !said.is_empty()), "{written:?}");
            // A drawing of what was written, and a caret at least, below each mistake that has a place.
            let is_drawn = |said: &String| said.lines().count() < 4 || said.lines().any(|line| line.contains('^'));
            assert!(written.is_empty() || said.iter().all(is_drawn), "{said:#?}");
            return;
        }
    };
    let again = parse(&pattern.text).unwrap_or_else(|error| panic!("{written:?} reads {}: {error}", pattern.text));
    assert_eq!(again.text, pattern.text, "{written:?}");
    assert_eq!(shown(&again), shown(&pattern), "{written:?}");
    let literals: Vec<_> = pattern.parts.iter().map(|part| matches!(part, Part::Literal(_))).collect();
    assert!(!literals.is_empty() && literals.windows(2).all(|two| two[0] || two[1]), "two places touch: {written:?}");
    let text: usize =
        pattern.parts.iter().map(|part| if let Part::Literal(text) = part { text.len() } else { 0 }).sum();
    assert!(text <= 150, "{text} bytes: {written:?}");
});

/// Shows what keys of a pattern are made of.
fn shown(pattern: &Pattern) -> Vec<String> {
    let part = |part: &Part| match part {
        Part::Literal(text) => {
            assert!(text.bytes().all(|byte| byte.is_ascii_graphic()), "{text:?}");
            format!("text {text}")
        }
        Part::Place(place) => format!("place {} {}", place.root, place.steps),
    };
    pattern.parts.iter().map(part).collect()
}
