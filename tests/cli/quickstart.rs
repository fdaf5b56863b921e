//! The quickstart, which one line moves to another store.

use crate::run::Place;

/// Runs it twice at an address, the second time as another process: what the first one kept, that one finds.
#[cfg(any(feature = "file", feature = "sqlite"))]
fn two_runs_at(url: &str) {
    let place = Place::with(&format!("[caches.default]\nurl = \"{url}\"\n"));
    let queries = || place.quickstart(&[]).into_iter().map(|(_, queries, _)| queries).collect::<Vec<_>>();
    assert_eq!(queries(), [1, 0, 1, 1, 0, 1], "the first run finds nothing");
    let second = place.quickstart(&[]);
    let known = |row: usize| (second[row].1, second[row].2.as_str());
    assert_eq!((known(0), known(1), known(2)), ((0, "Anna"), (0, "Anna"), (0, "Rob")), "what the first run kept");
    assert_eq!((second[3].1, second[4].1, second[5].1), (1, 0, 1), "what was changed is asked for again");
}

#[test]
fn without_a_configuration_a_second_run_finds_nothing() {
    let place = Place::empty();
    assert_eq!(place.quickstart(&[]), place.quickstart(&[]));
    assert_eq!(place.quickstart(&[("LARDER_OFF", "1")])[1].1, 1, "and one variable switches it off");
}

#[cfg(feature = "file")]
#[test]
fn with_one_line_a_second_run_finds_in_files_what_the_first_one_kept() {
    let folder = Place::empty();
    two_runs_at(&format!("file://{}/cache", folder.path().display()));
}

#[cfg(feature = "sqlite")]
#[test]
fn with_one_line_a_second_run_finds_in_a_database_file_what_the_first_one_kept() {
    two_runs_at("sqlite://./cache.db");
}

#[cfg(feature = "file")]
#[test]
fn a_release_that_has_another_version_finds_nothing_of_the_last_one() {
    let folder = Place::empty();
    let url = format!("file://{}/cache", folder.path().display());
    let first = |version: &str| folder.quickstart(&[("LARDER_URL", &url), ("LARDER_VERSION", version)])[0].1;
    assert_eq!((first("r1"), first("r1"), first("r2")), (1, 0, 1));
}

#[test]
fn a_program_that_cannot_start_shows_the_line_that_is_wrong() {
    let place = Place::with("[caches.default]\nttl = \"soon\"\n");
    let said = place.example("quickstart", &[]);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(
        said.err.starts_with("Error: larder.toml:2:7: `ttl` takes ") && said.err.contains("\n2 | ttl = \"soon\"\n"),
        "{}",
        said.err
    );
}
