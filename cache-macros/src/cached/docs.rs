//! Whether the tables of the docs show what the attribute reads.

use super::options::{ROWS, parse};
use crate::shown::options_in;

const PAGES: [&str; 2] = ["src/docs/cached.md", "README.md"];

#[test]
fn every_option_of_the_attribute_is_documented() {
    for page in PAGES {
        let names: Vec<_> = options_in(page, "cached").into_iter().map(|shown| shown.name).collect();
        let missing: Vec<_> = ROWS.iter().map(|row| row.name).filter(|name| !names.iter().any(|n| n == name)).collect();
        assert!(missing.is_empty(), "{page} leaves these options out: {missing:?}");
    }
}

#[test]
fn every_option_that_the_docs_show_is_read_as_it_stands_there() {
    for page in PAGES {
        for shown in options_in(page, "cached") {
            assert_eq!(
                shown.wrong(|tokens, errors| drop(parse(tokens, errors))),
                [""; 0],
                "{page} shows `{}`",
                shown.text
            );
        }
    }
}
