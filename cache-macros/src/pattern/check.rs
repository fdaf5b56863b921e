//! What the text of a key, and what stands between two places, has to be.

use super::Stretch;
use super::parse::Piece;

/// How much literal text a key may have: the rest of its 200 bytes is left to the places.
const MAX_LITERAL: usize = 150;

/// What keeps two places apart: these are escaped inside values.
const SEPARATORS: [char; 9] = [':', '/', ',', ';', '=', '&', '|', '?', '#'];

/// Returns what is wrong with a text, and where: the text of a key can stand in every store.
pub fn literal(text: &str, stretch: &Stretch) -> Vec<(Stretch, String)> {
    let braces: Vec<_> = braces(text).collect();
    let outside = |at: usize| !braces.iter().any(|found| found.contains(&at));
    let odd = text.char_indices().find(|(at, character)| !character.is_ascii_graphic() && outside(*at));
    let odd = odd.map(|(at, character)| (at..at + character.len_utf8(), unprintable(character)));
    let braces = braces.iter().map(|found| (found.clone(), brackets_for(&text[found.clone()])));
    let within =
        |(inner, message): (Stretch, String)| (stretch.start + inner.start..stretch.start + inner.end, message);
    braces.chain(odd).map(within).collect()
}

fn unprintable(character: char) -> String {
    if character.is_whitespace() {
        "a key has no white space, which some stores refuse: write `:` or `_`".to_owned()
    } else if character.is_control() {
        "a key has no control characters, which some stores refuse: leave this one out".to_owned()
    } else {
        format!("the text of a key is ASCII, so that it reads the same in every store: write it without `{character}`")
    }
}

/// Finds `{}`, `{id}` and `{id:?}`, as a place would be written for `format!`. Other braces are text like any other:
/// servers in a cluster read some.
fn braces(text: &str) -> impl Iterator<Item = Stretch> {
    text.match_indices('}').filter_map(|(close, _)| {
        let before = &text[..close];
        let open = before.rfind(['{', '}']).filter(|at| before[*at..].starts_with('{'))?;
        let name = before[open + 1..].split(':').next().unwrap_or_default();
        name.chars()
            .all(|character| character.is_alphanumeric() || "_.()".contains(character))
            .then_some(open..close + '}'.len_utf8())
    })
}

fn brackets_for(braces: &str) -> String {
    let name = braces[1..braces.len() - 1].split(':').next().unwrap_or_default();
    let is_name = name.starts_with(|first: char| first.is_alphabetic() || first == '_');
    let name = if is_name { name } else { "id" };
    format!("a place is written with angle brackets: `<{name}>` in place of `{braces}`")
}

/// Places have room beside the text.
pub fn length(pieces: &[Piece<'_>], wrong: &impl Fn(Stretch, &str)) {
    let texts = pieces.iter().filter_map(|piece| match piece {
        Piece::Literal(text, _) => Some(super::parse::unescaped(text).len()),
        Piece::Place(..) | Piece::Wrong => None,
    });
    let length: usize = texts.sum();
    if length > MAX_LITERAL {
        let end = pieces.iter().rev().find_map(Piece::stretch).map_or(0, |stretch| stretch.end);
        let message = format!(
            "a key has at most {MAX_LITERAL} bytes of text, so that its places have room, and this has {length}: \
             write it shorter"
        );
        wrong(0..end, &message);
    }
}

/// Between two places stands something that no value can hold: else two pairs of values would read the same.
pub fn separators(pieces: &[Piece<'_>], wrong: &impl Fn(Stretch, &str)) {
    for pair in pieces.windows(2) {
        if let [Piece::Place(first, a), Piece::Place(second, b)] = pair {
            let message = format!(
                "nothing stands between these places, so `12` and `3` would have the key of `1` and `23`: write \
                 `<{first}>:<{second}>`"
            );
            wrong(a.start - 1..b.end + 1, &message);
        }
    }
    for triple in pieces.windows(3) {
        if let [Piece::Place(..), Piece::Literal(text, stretch), Piece::Place(..)] = triple
            && let Some(message) = no_separator(text)
        {
            wrong(stretch.clone(), &message);
        }
    }
}

/// Says why a text keeps no places apart, if it does not: it has to hold something that no value can. Behind a bracket
/// of its own, `,` and `=` could be those of a value that is a list.
fn no_separator(text: &str) -> Option<String> {
    let inside_brackets = text.find("<<").unwrap_or(text.len());
    let found =
        |(at, character)| SEPARATORS.contains(&character) && (at < inside_brackets || !matches!(character, ',' | '='));
    if text.char_indices().any(found) {
        None
    } else if text.contains([',', '=']) {
        Some(format!(
            "`{text}` can also be the beginning of a list, so two pairs of values could have one key: put one of \
             `: / ; & | ? #` between these places"
        ))
    } else {
        Some(format!(
            "`{text}` can also stand inside a value, so two pairs of values could have one key: put one of \
             `: / , ; = & | ? #` between these places"
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// What values read like, those above all that hold what a text between two places can hold.
    const VALUES: [&str; 20] = [
        "", "x", "xx", "%2C", "%none", "<>", "<,>", "<,,>", "<x,>", "<x,x>", "<x,x,>", "<x=x>", "<x=,>", "<=,>",
        "<=x,=x,>", "<<>,>", "<<,>,>", "<x,<x,>>", "x<x>", "x<x,x>",
    ];

    /// All texts of up to so many of these, as they are written in a pattern and as they read in a key.
    fn texts(longest: usize) -> Vec<(String, String)> {
        let mut all = vec![(String::new(), String::new())];
        for _ in 0..longest {
            let longer = all.iter().flat_map(|(written, read)| {
                [(":", ":"), (",", ","), ("=", "="), ("x", "x"), ("<<", "<"), (">>", ">")]
                    .map(|(more, reads)| (format!("{written}{more}"), format!("{read}{reads}")))
            });
            all = all.iter().cloned().chain(longer).collect();
            all.sort();
            all.dedup();
        }
        all
    }

    fn accepted(text: &str) -> bool {
        !text.is_empty() && no_separator(text).is_none()
    }

    /// Fails where two lists of values have one key.
    fn meet_nowhere<const N: usize>(pattern: &str, keys: impl Iterator<Item = ([&'static str; N], String)>) {
        let mut seen = HashMap::new();
        for (values, key) in keys {
            if let Some(others) = seen.insert(key, values) {
                panic!("{pattern}: {values:?} and {others:?} have one key");
            }
        }
    }

    #[test]
    fn two_values_with_a_text_between_them_that_is_accepted_have_a_key_of_their_own() {
        let between: Vec<_> = texts(4).into_iter().filter(|(written, _)| accepted(written)).collect();
        assert!(between.len() > 500, "most texts hold a separator");
        for (written, read) in between {
            let pairs = VALUES.iter().flat_map(|a| VALUES.map(|b| [*a, b]));
            meet_nowhere(&written, pairs.map(|[a, b]| ([a, b], format!("{a}{read}{b}"))));
        }
    }

    #[test]
    fn so_have_three_values_and_text_around_them() {
        let between: Vec<_> = texts(2).into_iter().filter(|(written, _)| accepted(written)).collect();
        for ((first, one), (second, two)) in between.iter().flat_map(|a| between.iter().map(move |b| (a, b))) {
            for around in ["", "<", "<,", ">", "x"] {
                let pattern = format!("{around} {first} {second} {around}");
                let few = [0, 1, 6, 8, 11, 16, 18].map(|index| VALUES[index]);
                let lists = few.iter().flat_map(|a| few.iter().flat_map(move |b| few.map(|c| [*a, *b, c])));
                let key = |[a, b, c]: [&'static str; 3]| ([a, b, c], format!("{around}{a}{one}{b}{two}{c}{around}"));
                meet_nowhere(&pattern, lists.map(key));
            }
        }
    }

    #[test]
    fn what_is_refused_lets_values_meet() {
        for (text, [a, b], [c, d]) in [("", ["x", "xx"], ["xx", "x"]), ("x", ["", "x"], ["x", ""])] {
            assert!(!accepted(text), "{text}");
            assert_eq!(format!("{a}{text}{b}"), format!("{c}{text}{d}"));
        }
    }
}
