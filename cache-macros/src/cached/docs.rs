//! Whether the tables of the docs show what the attribute reads.

use std::fs;
use std::path::Path;

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::Parser;

use super::options::{ROWS, parse};
use crate::errors::Errors;

const PAGES: [&str; 2] = ["src/docs/cached.md", "README.md"];

/// Returns the options that the tables of a page show: what stands in the first column of a table of options, and in
/// each `#[cached(…)]` there is in that of another.
fn shown_in(page: &str) -> Vec<String> {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(page)).expect("a readable file");
    let mut is_of_options = false;
    let mut shown = Vec::new();
    for line in text.lines() {
        let Some(row) = line.strip_prefix('|') else {
            is_of_options = false;
            continue;
        };
        let row = row.replace("\\|", "\0");
        let cell = row.split('|').next().unwrap_or_default().replace('\0', "|");
        is_of_options |= cell.trim() == "option";
        for code in cell.split('`').skip(1).step_by(2) {
            let attribute = code.strip_prefix("#[cached(").and_then(|rest| rest.strip_suffix(")]"));
            shown.extend(attribute.or(is_of_options.then_some(code)).map(str::to_owned));
        }
    }
    shown
}

/// Returns the name of an option that is shown, and what is wrong with it. What is left out in the docs is a number.
fn read(shown: &str) -> (String, Vec<String>) {
    let tokens: TokenStream = shown.replace('…', "5").parse().expect("the docs show Rust");
    let name = |input: syn::parse::ParseStream<'_>| {
        let name = input.call(syn::Ident::parse_any)?;
        input.parse::<TokenStream>().map(|_| name.to_string())
    };
    let errors = Errors::new();
    parse(tokens.clone(), &errors);
    let wrong = errors.finish().into_iter().flatten().map(|error| error.to_string());
    (name.parse2(tokens).expect("an option begins with its name"), wrong.collect())
}

#[test]
fn every_option_of_the_attribute_is_documented() {
    for page in PAGES {
        let names: Vec<_> = shown_in(page).iter().map(|shown| read(shown).0).collect();
        let missing: Vec<_> = ROWS.iter().map(|row| row.name).filter(|name| !names.iter().any(|n| n == name)).collect();
        assert!(missing.is_empty(), "{page} leaves these options out: {missing:?}");
    }
}

#[test]
fn every_option_that_the_docs_show_is_read_as_it_stands_there() {
    for page in PAGES {
        for shown in shown_in(page) {
            assert_eq!(read(&shown).1, [""; 0], "{page} shows `{shown}`");
        }
    }
}
