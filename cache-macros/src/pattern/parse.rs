//! Reading a pattern: it is cut at its brackets, and each piece is read by itself.

use syn::LitStr;

use super::{Part, Pattern, Place, Stretch, check, drawing};
use crate::errors::Errors;

/// A piece of a pattern as it was cut, before it is understood.
pub enum Piece<'a> {
    /// Text as it was written, with `<<` and `>>`.
    Literal(&'a str, Stretch),
    /// What stands between two brackets.
    Place(&'a str, Stretch),
    /// A mistake that has been noted: nothing else is said about it and its neighbours.
    Wrong,
}

impl Piece<'_> {
    pub fn stretch(&self) -> Option<&Stretch> {
        match self {
            Self::Literal(_, stretch) | Self::Place(_, stretch) => Some(stretch),
            Self::Wrong => None,
        }
    }
}

pub fn pattern(literal: &LitStr) -> Result<Pattern, syn::Error> {
    let written = literal.value();
    let errors = Errors::new();
    let wrong = |stretch: Stretch, message: &str| errors.push(drawing::error(literal, stretch, message));
    if written.is_empty() {
        wrong(0..0, "a key is not empty: write what it is of, such as `profile:<id>`");
    }
    if !literal.suffix().is_empty() {
        errors.at(literal.span(), format!("nothing stands behind the quotes: leave `{}` out", literal.suffix()));
    }
    let mut pieces = cut(&written, &wrong);
    check::length(&pieces, &wrong);
    let text = pieces.iter().map(normalised).collect();
    let parts = pieces.iter_mut().filter_map(|piece| {
        let part = part(literal, piece, &errors);
        if part.is_none() {
            *piece = Piece::Wrong;
        }
        part
    });
    let parts = parts.collect();
    check::separators(&pieces, &wrong);
    match errors.finish() {
        Some(error) => Err(error),
        None => Ok(Pattern { text, parts, literal: literal.clone() }),
    }
}

/// Cuts a pattern at its brackets.
fn cut<'a>(written: &'a str, wrong: &impl Fn(Stretch, &str)) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let (mut at, mut literal_from) = (0, 0);
    while let Some(found) = written[at..].find(['<', '>']).map(|found| at + found) {
        let doubled = written.as_bytes().get(found + 1) == Some(&written.as_bytes()[found]);
        if doubled {
            at = found + 2;
            continue;
        }
        push_literal(&mut pieces, written, literal_from..found);
        if written[found..].starts_with('>') {
            wrong(found..found + 1, "this `>` closes nothing: write `>>` for the character itself");
            pieces.push(Piece::Wrong);
            at = found + 1;
        } else if let Some(end) = closing(written, found) {
            pieces.push(Piece::Place(&written[found + 1..end], found + 1..end));
            at = end + 1;
        } else {
            wrong(found..written.len(), "this place is not closed: write `<id>`, and `<<` for the character itself");
            pieces.push(Piece::Wrong);
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

/// Reads one piece; `None` for what is wrong, once that has been noted.
fn part(literal: &LitStr, piece: &Piece<'_>, errors: &Errors) -> Option<Part> {
    match piece {
        Piece::Literal(text, stretch) => {
            let mistakes = check::literal(text, stretch);
            let sound = mistakes.is_empty();
            for (stretch, message) in mistakes {
                errors.push(drawing::error(literal, stretch, message));
            }
            sound.then(|| Part::Literal(unescaped(text)))
        }
        Piece::Place(inside, stretch) => errors.ok(Place::parse(literal, inside, stretch.clone())).map(Part::Place),
        Piece::Wrong => None,
    }
}

/// Returns text as it reads in keys.
pub fn unescaped(text: &str) -> String {
    text.replace("<<", "<").replace(">>", ">")
}

fn normalised(piece: &Piece<'_>) -> String {
    match piece {
        Piece::Literal(text, _) => (*text).to_owned(),
        Piece::Place(inside, _) => format!("<{}>", super::place::path(inside)),
        Piece::Wrong => String::new(),
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

    /// One mistake, what its message says, and what its carets stand under.
    fn says(written: &str, message: &str, below: &str) {
        let said = mistake(written);
        let lines: Vec<_> = said.lines().collect();
        let [first, "", drawn, carets] = lines[..] else { panic!("{written:?} has one error, with a drawing: {said}") };
        assert!(first.contains(message), "{written:?}: {first}");
        let marked = drawn.chars().zip(carets.chars()).filter(|(_, caret)| *caret == '^').map(|(shown, _)| shown);
        assert_eq!(marked.collect::<String>(), below, "{written:?}");
    }

    #[test]
    fn a_mistake_in_a_text_says_what_to_write_and_draws_where() {
        assert_eq!(
            mistake("profile:{id}"),
            "a place is written with angle brackets: `<id>` in place of `{id}`\n\n    profile:{id}\n            ^^^^\n"
        );
        says("user:{user.id():04}", "`<user.id()>` in place of", "{user.id():04}");
        says("profile:{}", "`<id>` in place of `{}`", "{}");
        says("profile:{0}", "`<id>` in place of `{0}`", "{0}");
        says("profile:{{id}}", "`<id>` in place of `{id}`", "{id}");
        says("profile:<id", "is not closed", "<id");
        says("profile:id>", "closes nothing", ">");
        says("profile:<<id>", "closes nothing", ">");
        says("my profile:<id>", "no white space", " ");
        says("profile:\t<id>", "no white space", "\\t");
        says("profile:\u{7}<id>", "no control characters", "\\u{7}");
        says("profil\u{e9}:<id>", "without `\u{e9}`", "\u{e9}");
        assert!(mistake("").contains("not empty"));
    }

    #[test]
    fn a_mistake_in_a_place_says_what_to_write_and_draws_where() {
        says("k:<>", "write a name into it", "<>");
        says("k:< a >", "write `<a>`", " a ");
        says("k:<a b>", "write `<id>`", "a b");
        for written in [
            "f(x)", "a[0]", "a?", "&a", "a+1", "42", "a.await", "(a)", "a/**/", "#[a]b", "a..b", "a)", "a'", "a\"",
            "a.0b2", "r#", "a//",
        ] {
            says(&format!("k:<{written}>"), "a place is a name", written);
        }
        says("k:<user.type>", "write `r#type`", "user.type");
        says("k:<a.b(1)>", "what `b` returns", "a.b(1)");
        says("k:<a.b::<u8>()>", "what `b` returns", "a.b::<u8>()");
        says("k:<a::B>", "`a::B` is a path", "a::B");
        says("k:<a: 1>", "`1` is no type", "1");
        says("k:<a:_>", "`_` is no type", "_");
        says("k:<a: impl Into<u8>>", "`impl Into<u8>` is no type", "impl Into<u8>");
        says("k:<a:>", "no type stands behind the colon", "a:");
    }

    #[test]
    fn a_mistake_between_places_says_what_to_write_and_draws_where() {
        says("k<a><b>", "write `<a>:<b>`", "<a><b>");
        says("k<a: u8><b>:<c>", "write `<a: u8>:<b>`", "<a: u8><b>");
        says("<a>x<b>", "put one of `: / , ; = & | ? #`", "x");
        says("<a>%<b>", "put one of `: / , ; = & | ? #`", "%");
        says("<a>>><b>", "put one of `: / , ; = & | ? #`", ">>");
        says("<a><<,<b>", "put one of `: / ; & | ? #`", "<<,");
    }

    #[test]
    fn what_keeps_places_apart_is_accepted() {
        for separator in [":", "/", ",", ";", "=", "&", "|", "?", "#", "::", "x,", ",<<", "<<:", ">>,"] {
            assert!(parse(&format!("<a>{separator}<b>")).is_ok(), "{separator}");
        }
    }

    #[test]
    fn braces_that_are_no_place_are_text() {
        for written in ["{user:<id>}:posts", "a}b{c", "{\"a\"=1}", "{a-b}:<id>"] {
            assert!(parse(written).is_ok(), "{written}");
        }
    }

    #[test]
    fn text_has_a_limit_in_bytes_of_the_key() {
        assert!(parse(&format!("{}<id>", "x".repeat(150))).is_ok());
        assert!(parse(&"<<".repeat(150)).is_ok());
        assert!(mistake(&format!("{}:<id>", "x".repeat(150))).contains("at most 150 bytes of text, so"));
        assert!(mistake(&"x".repeat(160)).contains("this has 160"));
    }

    #[test]
    fn several_mistakes_are_all_reported() {
        let all = mistake("my {id}>:{name}:<>");
        for message in ["`<id>`", "`<name>`", "white space", "closes nothing", "not empty"] {
            assert!(all.contains(message), "{message}: {all}");
        }
    }

    #[test]
    fn nothing_is_said_of_what_stands_beside_a_mistake() {
        says("<a> <b>", "no white space", " ");
        says("<a>{b}<c>", "`<b>` in place of", "{b}");
        says("<a><b", "is not closed", "<b");
        says("<a><b+1>", "a place is a name", "b+1");
        says("<a>x><b>", "closes nothing", ">");
    }
}
