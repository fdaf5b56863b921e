//! Mistakes, each with the message that its author reads: one file for each, named after the mistake. After a change of
//! words `TRYBUILD=overwrite cargo test --features axum,actix --test ui` writes the messages anew; read every one that changes.

use std::fs;
use std::path::{Path, PathBuf};

/// The folders of what takes the feature `axum`.
const WITH_AXUM: [&str; 2] = ["heads", "page"];

/// The folder of what takes the feature `actix`.
const WITH_ACTIX: &str = "actix";

#[test]
fn every_mistake_is_told_what_to_do_about_it() {
    let cases = trybuild::TestCases::new();
    for folder in folders().iter().filter(|folder| !is_with_axum(folder) && !folder.ends_with(WITH_ACTIX)) {
        cases.compile_fail(folder.join("*.rs"));
    }
}

#[cfg(feature = "actix")]
#[test]
fn every_mistake_with_a_page_of_actix_is_told_what_to_do_about_it() {
    trybuild::TestCases::new().compile_fail(Path::new("tests/ui").join(WITH_ACTIX).join("*.rs"));
}

// With both: where there are two traits of one name, the compiler says which it means.
#[cfg(all(feature = "axum", feature = "actix"))]
#[test]
fn every_mistake_with_a_page_is_told_what_to_do_about_it() {
    let cases = trybuild::TestCases::new();
    for folder in folders().iter().filter(|folder| is_with_axum(folder)) {
        cases.compile_fail(folder.join("*.rs"));
    }
}

/// Nobody wants to look for the error that matters among those that follow from it. A file whose name says `mistakes`
/// makes several.
#[test]
fn one_mistake_is_one_error() {
    let messages = messages();
    assert!(messages.len() > 200, "the messages are where this test looks for them");
    let wrong: Vec<_> = messages.iter().filter(|path| errors(path) != 1 && !makes_several(path)).collect();
    assert!(wrong.is_empty(), "these mistakes have several errors: {wrong:#?}");
}

fn errors(path: &Path) -> usize {
    let text = fs::read_to_string(path).expect("a message is text");
    text.lines().filter(|line| line.starts_with("error")).count()
}

fn makes_several(path: &Path) -> bool {
    path.file_stem().expect("a file has a name").to_string_lossy().contains("mistakes")
}

fn is_with_axum(folder: &Path) -> bool {
    WITH_AXUM.iter().any(|name| folder.ends_with(name))
}

/// From where tests are run, as messages name their files.
fn folders() -> Vec<PathBuf> {
    inside(Path::new("tests/ui")).filter(|path| path.is_dir()).collect()
}

fn messages() -> Vec<PathBuf> {
    let files = folders().into_iter().flat_map(|folder| inside(&folder).collect::<Vec<_>>());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "stderr")).collect()
}

fn inside(folder: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path())
}
