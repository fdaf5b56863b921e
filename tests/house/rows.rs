//! The table in `tests/README.md` is true: each test it names exists.

use std::fs;

use crate::{root, sources};

#[test]
fn every_test_that_the_table_of_rows_names_exists() {
    let table = fs::read_to_string(root().join("tests/README.md")).expect("tests/README.md");
    let folders = ["tests", "cache-core", "cache-macros", "cache-backends", "src"];
    let code: String = folders.iter().flat_map(|folder| sources(folder)).map(|(_, text)| text).collect();
    // The last column names the tests; the one before it may speak of code.
    let cells = table
        .lines()
        .filter_map(|line| line.trim_end_matches('|').rsplit('|').next().filter(|_| line.starts_with('|')));
    let names: Vec<&str> = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    assert!(names.len() > 40, "the table names its tests: {}", names.len());
    let missing: Vec<_> = names.into_iter().filter(|name| !exists(name, &code)).collect();
    assert!(missing.is_empty(), "tests/README.md names what is not there: {missing:#?}");
}

/// A name with a slash is a file or folder below `tests/`; any other one is a test, which a macro may have written.
fn exists(name: &str, code: &str) -> bool {
    if name.contains('/') {
        return root().join("tests").join(name).exists();
    }
    code.contains(&format!("fn {name}(")) || code.contains(&format!(" {name}: {{"))
}
