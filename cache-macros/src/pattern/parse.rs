//! Reading a pattern, and what can be wrong with one.

use syn::LitStr;

use super::{Part, Pattern, Place, Stretch, drawing};
use crate::errors::Errors;

/// How much literal text a key may have: the rest of its 200 bytes is left to the places.
const MAX_LITERAL: usize = 150;

/// What keeps two places apart: these are escaped inside values.
const SEPARATORS: [char; 9] = [':', '/', ',', ';', '=', '&', '|', '?', '#'];

/// A piece of a pattern as it was cut, before it is understood.
enum Piece<'a> {
    /// Text as it was written, with `<<` and `>>`.
    Literal(&'a str, Stretch),
    Place(&'a str, Stretch),
}

pub fn pattern(literal: &LitStr) -> Result<Pattern, syn::Error> {
    let written = literal.value();
    let errors = Errors::new();
    let wrong = |stretch: Stretch, message: &str| errors.push(drawing::error(literal, stretch, message));
    let pieces = cut(&written, &wrong);
    check_literals(&pieces, &wrong);
    check_separators(&pieces, &wrong);
    if written.is_empty() {
        wrong(0..0, "a key is not empty: write what it is of, such as `profile:<id>`");
    }
    let parts = pieces.iter().filter_map(|piece| match piece {
        Piece::Literal(text, _) => Some(Part::Literal(text.replace("<<", "<").replace(">>", ">"))),
        Piece::Place(inside, stretch) => {
            Place::parse(literal, inside, stretch.clone()).map_err(|error| errors.push(error)).ok().map(Part::Place)
        }
    });
    let parts: Vec<_> = parts.collect();
    match errors.finish() {
        Some(error) => Err(error),
        None => Ok(Pattern { text: normalised(&pieces), parts, literal: literal.clone() }),
    }
}

/// Cuts a pattern at its brackets.
fn cut<'a>(written: &'a str, wrong: &impl Fn(Stretch, &str)) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let (mut at, mut literal_from) = (0, 0);
    while let Some(found) = written[at..].find(['<', '>']).map(|found| at + found) {
        let doubled = written.as_bytes().get(found + 1) == written.as_bytes().get(found);
        if doubled {
            at = found + 2;
            continue;
        }
        push_literal(&mut pieces, written, literal_from..found);
        if written[found..].starts_with('>') {
            wrong(found..found + 1, "this `>` closes nothing: write `>>` for the character itself");
            at = found + 1;
        } else if let Some(end) = closing(written, found) {
            pieces.push(Piece::Place(&written[found + 1..end], found + 1..end));
            at = end + 1;
        } else {
            wrong(found..written.len(), "this place is not closed: write `<id>`, and `<<` for the character itself");
            at = written.len();
        }
        literal_from = at;
    }
    push_literal(&mut pieces, written, literal_from..written.len());
    pieces
}

fn push_literal<'a>(pieces: &mut Vec<Piece<'a>>, written: &'a str, stretch: Stretch) {
    if !stretch.is_empty() {
        pieces.push(Piece::Literal(&written[stretch.clone()], stretch));
    }
}

/// Returns where the place that opens at `open` closes; its type may have brackets of its own.
fn closing(written: &str, open: usize) -> Option<usize> {
    let mut depth = 0;
    for (at, character) in written[open..].char_indices() {
        match character {
            '<' => depth += 1,
            '>' if depth == 1 => return Some(open + at),
            '>' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn check_literals(pieces: &[Piece<'_>], wrong: &impl Fn(Stretch, &str)) {
    let mut length = 0;
    for piece in pieces {
        let Piece::Literal(text, stretch) = piece else { continue };
        length += text.len();
        if let Some(braces) = braces(text) {
            let name = &text[braces.start + 1..braces.end - 1];
            let message = format!("a place is written with angle brackets: `<{name}>` in place of `{{{name}}}`");
            wrong(stretch.start + braces.start..stretch.start + braces.end, &message);
        } else if let Some((at, character)) = text.char_indices().find(|(_, character)| !character.is_ascii_graphic()) {
            let at = stretch.start + at;
            wrong(at..at + character.len_utf8(), &unprintable(character));
        }
    }
    if length > MAX_LITERAL {
        let end = pieces.last().map_or(0, |piece| piece.stretch().end);
        let message = format!(
            "a key has at most {MAX_LITERAL} bytes of text, so that its places have room, and this has {length}: \
             write it shorter"
        );
        wrong(0..end, &message);
    }
}

fn unprintable(character: char) -> String {
    if character.is_whitespace() {
        "a key has no white space, which some stores refuse: write `:` or `_`".to_owned()
    } else if character.is_control() {
        "a key has no control characters, which some stores refuse: leave this out".to_owned()
    } else {
        format!("the text of a key is ASCII, so that it reads the same in every store: write `{character}` otherwise")
    }
}

/// Finds `{name}`, as other languages write a place.
fn braces(text: &str) -> Option<Stretch> {
    let open = text.find('{')?;
    let close = open + text[open..].find('}')?;
    (close > open + 1).then_some(open..close + 1)
}

/// Between two places stands something that no value can hold: else two pairs of values would read the same.
fn check_separators(pieces: &[Piece<'_>], wrong: &impl Fn(Stretch, &str)) {
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
            && !separates(text)
        {
            let message = format!(
                "`{text}` can also stand inside a value, so two pairs of values could have one key: put one of \
                 `: / , ; = & | ? #` between these places"
            );
            wrong(stretch.clone(), &message);
        }
    }
}

/// Returns whether the text holds something that no value can. Behind a bracket of its own, `,` and `=` could be those
/// of a value that is a list.
fn separates(text: &str) -> bool {
    let inside_brackets = text.find("<<").unwrap_or(text.len());
    text.char_indices().any(|(at, character)| {
        SEPARATORS.contains(&character) && (at < inside_brackets || !matches!(character, ',' | '='))
    })
}

fn normalised(pieces: &[Piece<'_>]) -> String {
    let texts = pieces.iter().map(|piece| match piece {
        Piece::Literal(text, _) => (*text).to_owned(),
        Piece::Place(inside, _) => {
            let path = super::place::path(inside);
            format!("<{path}>")
        }
    });
    texts.collect()
}

impl Piece<'_> {
    fn stretch(&self) -> &Stretch {
        match self {
            Self::Literal(_, stretch) | Self::Place(_, stretch) => stretch,
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;

    use super::*;

    fn parse(written: &str) -> Result<Pattern, String> {
        let literal = LitStr::new(written, proc_macro2::Span::call_site());
        pattern(&literal).map_err(|error| error.into_iter().map(|error| error.to_string()).collect())
    }

    fn mistake(written: &str) -> String {
        parse(written).err().expect("this is a mistake")
    }

    #[test]
    fn text_and_places_are_told_apart() {
        let pattern = parse("posts:<author.id: u64>:<page>").unwrap();
        assert_eq!(pattern.text, "posts:<author.id>:<page>");
        let places: Vec<_> = pattern.places().collect();
        assert_eq!((places[0].root.to_string(), places[0].steps.to_string()), ("author".to_owned(), ". id".to_owned()));
        assert_eq!(places[0].annotation.as_ref().unwrap().to_token_stream().to_string(), "u64");
        assert_eq!(places[1].text, "page");
    }

    #[test]
    fn doubled_brackets_are_the_characters_themselves() {
        let pattern = parse("a<<b>>:<id>").unwrap();
        assert_eq!(pattern.text, "a<<b>>:<id>");
        assert!(matches!(&pattern.parts[0], Part::Literal(text) if text == "a<b>:"));
    }

    #[test]
    fn a_type_may_have_brackets_of_its_own() {
        let pattern = parse("tags:<post.tags: Vec<String>>:all").unwrap();
        assert_eq!(pattern.text, "tags:<post.tags>:all");
    }

    #[test]
    fn methods_and_tuple_fields_are_places() {
        let pattern = parse("<path.as_str()>:<pair.0.1>").unwrap();
        let steps: Vec<_> = pattern.places().map(|place| place.steps.to_string().replace(' ', "")).collect();
        assert_eq!(steps, [".as_str()", ".0.1"]);
    }

    #[test]
    fn each_mistake_says_what_to_write_and_draws_where() {
        assert_eq!(
            mistake("profile:{id}"),
            "a place is written with angle brackets: `<id>` in place of `{id}`\n\n    profile:{id}\n            ^^^^\n"
        );
        assert!(mistake("profile:<id").contains("is not closed"));
        assert!(mistake("profile:id>").contains("closes nothing"));
        assert!(mistake("profile:<>").contains("names an argument"));
        assert!(mistake("my profile:<id>").contains("no white space"));
        assert!(mistake("profile:\u{7}<id>").contains("no control characters"));
        assert!(mistake("profil\u{e9}:<id>").contains("is ASCII"));
        assert!(mistake("").contains("not empty"));
        assert!(mistake(&"x".repeat(151)).contains("at most 150 bytes"));
        assert!(mistake("k<a><b>").contains("write `<a>:<b>`"));
        assert!(mistake("<a>x<b>").contains("between these places"));
        assert!(mistake("<a><<,<b>").contains("between these places"));
        assert!(mistake("<f(x)>").contains("names an argument"));
        assert!(mistake("<a.b(1)>").contains("takes no arguments"));
        assert!(mistake("<a::B>").contains("is a path"));
        assert!(mistake("<a: 1>").contains("is no type"));
        assert!(mistake("< a >").contains("no white space"));
    }

    #[test]
    fn several_mistakes_are_all_reported() {
        let all = mistake("my {id}>");
        assert!(all.contains("angle brackets") && all.contains("closes nothing"), "{all}");
    }
}
