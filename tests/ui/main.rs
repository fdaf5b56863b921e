//! Mistakes, each with the message that its author reads: one file for each, named after the mistake. After a change of
//! words `TRYBUILD=overwrite cargo test --features axum,actix --test ui` writes the messages anew; read every one that changes.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::{env, fs};

/// The folders of what takes the feature `axum`.
const WITH_AXUM: [&str; 2] = ["heads", "page"];

/// The folder of what takes the feature `actix`.
const WITH_ACTIX: &str = "actix";

/// What trybuild has the compiler told, and wherever it is told something else, all dependencies are built anew: trybuild
/// has no width told while it builds them, and one for the mistakes.
const FLAGS: [&str; 6] = ["--cfg", "trybuild", "--verbose", "-A", "dead_code", "--diagnostic-width=140"];

#[test]
fn every_mistake_is_told_what_to_do_about_it() {
    with_the_same_flags("every_mistake_is_told_what_to_do_about_it", || {
        let cases = trybuild::TestCases::new();
        for folder in folders().iter().filter(|folder| !is_with_axum(folder) && !folder.ends_with(WITH_ACTIX)) {
            cases.compile_fail(folder.join("*.rs"));
        }
    });
}

#[cfg(feature = "actix")]
#[test]
fn every_mistake_with_a_page_of_actix_is_told_what_to_do_about_it() {
    with_the_same_flags("every_mistake_with_a_page_of_actix_is_told_what_to_do_about_it", || {
        trybuild::TestCases::new().compile_fail(Path::new("tests/ui").join(WITH_ACTIX).join("*.rs"));
    });
}

// With both: where there are two traits of one name, the compiler says which it means.
#[cfg(all(feature = "axum", feature = "actix"))]
#[test]
fn every_mistake_with_a_page_is_told_what_to_do_about_it() {
    with_the_same_flags("every_mistake_with_a_page_is_told_what_to_do_about_it", || {
        let cases = trybuild::TestCases::new();
        for folder in folders().iter().filter(|folder| is_with_axum(folder)) {
            cases.compile_fail(folder.join("*.rs"));
        }
    });
}

/// Does what a test does in a process of its own, whose cargo gives the compiler [`FLAGS`] whatever trybuild asks for.
fn with_the_same_flags(test: &str, cases: impl FnOnce()) {
    const VARIABLE: &str = "CARGO_ENCODED_RUSTFLAGS";
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let flags = FLAGS.join("\x1f");
    if env::var(VARIABLE).is_ok_and(|given| given == flags) {
        return cases();
    }
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let this = env::current_exe().expect("this program stands in a file");
    // Those with `trybuild=` say which mistakes are meant.
    let chosen = env::args().filter(|argument| argument.starts_with("trybuild="));
    let arguments = ["--exact", "--nocapture", test].map(str::to_owned);
    let known = Command::new(&this).args(["--list", "--exact", test]).output().expect("it starts");
    assert!(String::from_utf8_lossy(&known.stdout).contains(&format!("{test}: test")), "there is no test `{test}`");
    let ended = Command::new(this).args(arguments.into_iter().chain(chosen)).env(VARIABLE, flags).status();
    assert!(ended.expect("it starts").success(), "what went wrong stands above");
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
