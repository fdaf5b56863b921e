//! What the source has around an attribute. An attribute is handed its function, and not where that stands.
//!
//! For messages alone: no program that compiles may depend on how its source is laid out. Where nobody knows, the compiler
//! says what is wrong, in words of its own.

use std::fs;

/// What a function stands in, when that is no module and no block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Around {
    /// The `impl` of a type.
    Type,
    /// A trait, or its `impl`.
    Trait,
}

/// Returns what stands around the attribute that is being expanded, if its source is there and laid out as usual.
pub fn look() -> Option<Around> {
    if !proc_macro::is_available() {
        return None;
    }
    let span = proc_macro::Span::call_site();
    // Nothing stands further out, and a file that is read for each of its functions takes its time.
    if span.column() == 1 {
        return None;
    }
    let source = fs::read_to_string(span.local_file()?).ok()?;
    around(&source, span.line())
}

/// Returns what the last line before this one opens that stands further out.
fn around(source: &str, line: usize) -> Option<Around> {
    let lines: Vec<&str> = source.lines().take(line).collect();
    let (attribute, before) = lines.split_last()?;
    let stands_further_out = |line: &&&str| {
        let is_code = !line.trim().is_empty() && !line.trim_start().starts_with("//");
        is_code && indent(line) < indent(attribute)
    };
    let opening = before.iter().rev().find(stands_further_out)?;
    let begins_its_line = attribute.trim_start().starts_with("#[");
    let opening = opening.trim().strip_suffix('{').filter(|_| begins_its_line)?;
    opened(opening)
}

fn opened(opening: &str) -> Option<Around> {
    let mut words = opening.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    let what = words.find(|word| !matches!(*word, "pub" | "crate" | "super" | "unsafe"))?;
    match what {
        "trait" => Some(Around::Trait),
        "impl" if opening.contains(" for ") => Some(Around::Trait),
        "impl" => Some(Around::Type),
        _ => None,
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around_the_attribute(source: &str) -> Option<Around> {
        let line = source.lines().position(|line| line.contains("#[cached")).expect("it stands there");
        around(source, line + 1)
    }

    #[test]
    fn the_line_that_opens_what_is_around_tells() {
        for (source, expected) in [
            ("impl Repo {\n    #[cached]\n", Some(Around::Type)),
            ("impl<T: Clone> Repo<T> {\n    fn a() {\n    }\n\n    // b\n    #[cached]\n", Some(Around::Type)),
            ("    impl Loads for Repo {\n// a\n        #[cached]\n", Some(Around::Trait)),
            ("pub(crate) trait Loads {\n    #[cached]\n", Some(Around::Trait)),
            ("impl Repo {\n}\n#[cached]\n", None),
            ("impl Repo {\n}\n  #[cached]\n", None),
            ("impl Repo {\n    fn a() {\n        #[cached]\n", None),
            ("mod a {\n    #[cached]\n", None),
            ("mod implementation {\n    #[cached]\n", None),
            ("impl Repo { #[cached]\n", None),
            ("#[cached]\n", None),
        ] {
            assert_eq!(around_the_attribute(source), expected, "{source}");
        }
    }
}
