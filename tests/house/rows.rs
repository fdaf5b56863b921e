//! The table in `tests/README.md` is true, and so are those of the docs: each test that they name exists.

use std::fs;

use crate::{root, sources};

/// Returns the rows of those tables of a page that name tests in their last column.
fn rows_with_tests(page: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(page)).expect("a page");
    let (mut rows, mut names_tests, mut before) = (Vec::new(), false, "");
    for line in text.lines() {
        let begins = line.starts_with('|') && !before.starts_with('|');
        names_tests = if begins { matches!(last_cell(line), "test" | "tests") } else { names_tests };
        if line.starts_with('|') && !begins && names_tests && !line.starts_with("|--") {
            rows.push(line.to_owned());
        }
        before = line;
    }
    rows
}

/// The cell before it may speak of code.
fn last_cell(row: &str) -> &str {
    row.trim_end_matches('|').rsplit('|').next().unwrap_or_default().trim()
}

/// Returns what stands between backticks.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Returns the code of all tests, and all that stands beside them.
fn code() -> String {
    let folders = ["tests", "cache-core", "cache-macros", "cache-backends", "models", "simulation", "src"];
    folders.iter().flat_map(|folder| sources(folder)).map(|(_, text)| text).collect()
}

#[test]
fn every_test_that_the_table_of_rows_names_exists() {
    let (rows, code) = (rows_with_tests("tests/README.md"), code());
    let named: Vec<_> = rows.iter().flat_map(|row| names(last_cell(row))).collect();
    assert!(rows.len() > 100 && named.len() > 400, "the table names its tests: {} in {}", named.len(), rows.len());
    let missing: Vec<_> = named.into_iter().filter(|name| !exists(name, "tests", &code)).collect();
    assert!(missing.is_empty(), "tests/README.md names what is not there: {missing:#?}");
}

/// Pages that say of each thing which test shows it, and of what is not there yet that it is not.
#[test]
fn each_row_of_the_docs_that_promises_something_names_tests_that_exist() {
    let code = code();
    for (page, least) in [("src/docs/patterns.md", 10), ("src/docs/from_django.md", 60), ("src/docs/explain.md", 40)] {
        let rows = rows_with_tests(page);
        assert!(rows.len() >= least, "{page}: {} rows", rows.len());
        for row in rows {
            let named: Vec<_> = names(last_cell(&row)).collect();
            let missing: Vec<_> = named.iter().filter(|name| !exists(name, "tests", &code)).collect();
            assert!(missing.is_empty(), "{page} names what is not there: {missing:#?}");
            assert!(!named.is_empty() || last_cell(&row) == "not yet", "{page} names no test: {row}");
        }
    }
}

#[test]
fn each_attack_in_the_page_on_security_names_tests_that_exist() {
    let (rows, code) = (rows_with_tests("SECURITY.md"), code());
    assert!(rows.len() > 50, "the page names attacks: {}", rows.len());
    for row in rows {
        let named: Vec<_> = names(last_cell(&row)).collect();
        let missing: Vec<_> = named.iter().filter(|name| !exists(name, "", &code)).collect();
        assert!(missing.is_empty(), "SECURITY.md names what is not there: {missing:#?}");
        assert!(!named.is_empty(), "SECURITY.md names no test: {row}");
    }
}

/// A name with a slash is a file or folder below that one; any other one is a test, which a macro may have written.
fn exists(name: &str, below: &str, code: &str) -> bool {
    if name.contains('/') {
        return root().join(below).join(name).exists();
    }
    let function = format!("fn {name}(");
    let mut functions = code.match_indices(&function).map(|(at, _)| &code[..at]);
    let is_listed = || lists(code).any(|list| list.split(',').any(|listed| listed.trim() == name));
    functions.clone().any(is_test)
        || (functions.next().is_some() && is_listed())
        || is_named(name, code)
        || code.contains(&format!(" {name}: {{"))
}

/// Returns the lists of tests that a program without a harness runs: `tests!(whom => one, another)`, and `own!` alike.
fn lists(code: &str) -> impl Iterator<Item = &str> {
    let calls = |start: &'static str| code.split(start).skip(1).filter_map(|call| call.split(");").next());
    let of_somebody = calls("tests!(").chain(calls("own!(")).filter_map(|call| call.split_once("=>"));
    of_somebody.map(|(_, list)| list).chain(calls("tests_of_docs!("))
}

/// Returns whether a program without a harness names a test so, beside its function: `("its name", function)`.
fn is_named(name: &str, code: &str) -> bool {
    let quoted = format!("\"{name}\",");
    code.match_indices(&quoted).any(|(at, _)| code[..at].trim_end().ends_with('('))
}

/// Returns whether the attributes in front of a function, or those of the macro that it stands in, make it a test.
fn is_test(before: &str) -> bool {
    let above = before.rfind('\n').map_or("", |end| &before[..end]);
    let lines = above.lines().rev().map(str::trim);
    let mut attributes = lines.take_while(|line| line.starts_with("#[") || line.starts_with("//"));
    attributes.any(|line| line.contains("test]") || line.contains("test("))
}

#[test]
fn a_function_that_is_no_test_does_not_count_as_one() {
    let code = "fn helper() {}\n#[tokio::test]\nasync fn shown() {}\n    #[test]\n    fn inside() {}\n";
    assert_eq!(["helper", "shown", "inside", "absent"].map(|name| exists(name, "", code)), [false, true, true, false]);
    let code =
        "crate::tests!(every =>\n    one,\n    another,\n);\nfn one() {}\nfn helper() {}\nconst X: u8 = f(another);";
    assert_eq!(["one", "helper", "another"].map(|name| exists(name, "", code)), [true, false, false]);
    let code = "own!(NEEDS =>\n    one,\n);\nfn one() {}\nconst T: &[Test] = &[(\"what it does\", two)];\nlet x = \"said\", y;";
    assert_eq!(["one", "what it does", "two", "said"].map(|name| exists(name, "", code)), [true, true, false, false]);
}
