//! Errors about a stretch of a pattern. A span inside a string literal cannot be had on stable Rust, so the error sits
//! on the whole literal, and its text draws where.

use std::fmt::Display;

use syn::LitStr;

use super::Stretch;

/// Returns an error whose text shows the pattern with carets under a stretch of it.
pub fn error(literal: &LitStr, stretch: Stretch, message: impl Display) -> syn::Error {
    if literal.value().is_empty() {
        return syn::Error::new(literal.span(), message);
    }
    let (line, carets) = draw(&literal.value(), stretch);
    syn::Error::new(literal.span(), format!("{message}\n\n    {line}\n    {carets}\n"))
}

/// Draws the pattern and what is to stand below it.
fn draw(pattern: &str, stretch: Stretch) -> (String, String) {
    let mut line = String::new();
    let mut carets = String::new();
    for (at, character) in pattern.char_indices() {
        let shown = shown(character);
        let below = if stretch.contains(&at) { "^" } else { " " };
        carets.push_str(&below.repeat(shown.chars().count()));
        line.push_str(&shown);
    }
    if stretch.start >= pattern.len() {
        carets.push('^');
    }
    (line, carets.trim_end().to_owned())
}

/// Returns a character as it can be seen.
fn shown(character: char) -> String {
    match character {
        '"' | '\'' | '\\' => character.to_string(),
        other => other.escape_debug().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_stand_below_what_is_meant() {
        assert_eq!(draw("a:<id>", 3..5), ("a:<id>".to_owned(), "   ^^".to_owned()));
        assert_eq!(draw("ä:<id>", 4..6), ("ä:<id>".to_owned(), "   ^^".to_owned()));
        assert_eq!(draw("a\n:b", 1..2), ("a\\n:b".to_owned(), " ^^".to_owned()));
        assert_eq!(draw("\u{200b}\"", 0..3), ("\\u{200b}\"".to_owned(), "^^^^^^^^".to_owned()));
        assert_eq!(draw("a:", 2..2), ("a:".to_owned(), "  ^".to_owned()));
    }
}
