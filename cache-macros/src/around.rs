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

/// Returns whether an attribute of this name stands above the one that is being expanded, on a line of its own.
pub fn is_below(attribute: &str) -> bool {
    if !proc_macro::is_available() {
        return false;
    }
    let span = proc_macro::Span::call_site();
    let source = span.local_file().and_then(|file| fs::read_to_string(file).ok());
    source.is_some_and(|source| stands_above(&source, span.line(), attribute))
}

/// Returns whether an attribute of just this name stands above the one that is being expanded, on a line of its own.
pub fn is_right_below(name: &str) -> bool {
    ["#[", "::"].iter().any(|before| ["(", "]"].iter().any(|after| is_below(&format!("{before}{name}{after}"))))
}

fn stands_above(source: &str, line: usize, attribute: &str) -> bool {
    let lines: Vec<&str> = source.lines().take(line.saturating_sub(1)).map(str::trim).collect();
    let mut above = lines.iter().rev().take_while(|line| line.starts_with("#[") || line.starts_with("//"));
    above.any(|line| line.starts_with("#[") && line.contains(attribute))
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
    fn an_attribute_above_stands_on_one_of_the_lines_before_without_code_between() {
        for (source, expected) in [
            ("#[debug_handler]\n#[cached]\n", true),
            ("#[axum::debug_handler(state = Db)]\n/// Docs.\n#[inline]\n#[cached]\n", true),
            ("// #[debug_handler]\n#[cached]\n", false),
            ("#[debug_handler]\nfn a() {}\n#[cached]\n", false),
            ("#[cached]\n#[debug_handler]\n", false),
        ] {
            let line = source.lines().position(|line| line.contains("#[cached")).expect("it stands there");
            assert_eq!(stands_above(source, line + 1, "debug_handler"), expected, "{source}");
        }
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
