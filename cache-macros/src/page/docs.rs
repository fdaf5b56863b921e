//! Whether the table of the docs shows what the attribute reads.

use super::options::{ROWS, parse};
use crate::shown::options_in;

const PAGE: &str = "src/docs/cache_page.md";

#[test]
fn every_option_of_the_attribute_is_documented() {
    let names: Vec<_> = options_in(PAGE, "cache_page").into_iter().map(|shown| shown.name).collect();
    let all = ROWS.iter().map(|row| row.name).filter(|name| !name.starts_with('_'));
    let missing: Vec<_> = all.filter(|name| !names.iter().any(|shown| shown == name)).collect();
    assert!(missing.is_empty(), "{PAGE} leaves these options out: {missing:?}");
}

#[test]
fn every_option_that_the_docs_show_is_read_as_it_stands_there() {
    for shown in options_in(PAGE, "cache_page") {
        assert_eq!(shown.wrong(|tokens, errors| drop(parse(tokens, errors))), [""; 0], "{PAGE} shows `{}`", shown.text);
    }
}
