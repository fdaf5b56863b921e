//! The program in a terminal, where it asks, shows how far it is, and hears Ctrl-C.

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::run::Place;
use crate::screen::Screen;
use crate::verbs;

/// A folder with a cache in files of so many posts.
fn filled(posts: usize) -> (Place, String) {
    let place = Place::with(verbs::ONE);
    let url = format!("file://{}/cache", place.path().display());
    verbs::fill(&url, posts);
    (place, url)
}

fn screen(place: &Place, url: &str, columns: u16, words: &str) -> Screen {
    Screen::of(place, columns, words, &[("CACHE_URL", url)])
}

fn keys(place: &Place, url: &str) -> usize {
    place.larder_with(&["keys"], &[("CACHE_URL", url)]).out.lines().count()
}

#[test]
fn a_person_is_asked_before_anything_goes() {
    let (place, url) = filled(20);
    let no = screen(&place, &url, 200, "clear");
    no.waits_for("Is that meant? [y/N] ");
    no.types("n\n");
    let (code, seen) = no.ends();
    assert!(code == 1 && seen.contains("This removes 22 entries from `default` at file://"), "{seen}");
    assert!(seen.contains("(version `1`, no prefix).") && seen.contains("nothing was removed"), "{seen}");
    assert_eq!(keys(&place, &url), 22);
    let some = screen(&place, &url, 200, "clear post:1");
    some.waits_for("This removes 11 entries whose keys begin with `post:1` from ");
    some.types("y\n");
    assert_eq!((some.ends().0, keys(&place, &url)), (0, 11));
    let everything = screen(&place, &url, 200, "clear --everything");
    everything.waits_for("Write `everything` if that is meant: ");
    everything.types("y\n");
    assert_eq!((everything.ends().0, keys(&place, &url)), (1, 11), "another word is needed for that");
    let nothing = screen(&place, &url, 200, "clear");
    nothing.waits_for("[y/N] ");
    nothing.types("\u{3}");
    assert_eq!((nothing.ends().0, keys(&place, &url)), (130, 11));
}

#[test]
fn a_clear_that_is_interrupted_says_how_far_it_came_and_what_is_left() {
    let (place, url) = filled(300);
    // Somebody holds on to the second half of the drawers: it gets no further than to the first of those.
    let books = books(&place);
    let held: Vec<File> = books.iter().skip(120).map(locked).collect();
    let written = |book: &PathBuf| fs::read(book).ok();
    let before: Vec<_> = books.iter().take(120).map(written).collect();
    let clear = screen(&place, &patient(&url), 200, "clear --yes");
    clear.waits_for("clearing");
    let until = Instant::now() + Duration::from_secs(60);
    while books.iter().zip(&before).any(|(book, before)| written(book) == *before) {
        assert!(Instant::now() < until, "it does not come to those that are held");
        std::thread::sleep(Duration::from_millis(5));
    }
    clear.types("\u{3}");
    let (code, seen) = clear.ends();
    drop(held);
    let left = keys(&place, &url);
    assert!((1..302).contains(&left), "{left}: {seen}");
    let said = format!(": interrupted: {} entries were removed, {left} are left\n", 302 - left);
    assert!(code == 130 && seen.contains(&said), "{left}: {seen}");
}

#[test]
fn a_clear_of_some_keys_that_is_interrupted_says_the_same_to_programs() {
    let (place, url) = filled(300);
    let held: Vec<File> = books(&place).iter().map(locked).collect();
    let clear = screen(&place, &patient(&url), 200, "clear post:2 --yes --json");
    clear.waits_for("0 of 111 entries removed");
    clear.types("\u{3}");
    let (code, seen) = clear.ends();
    drop(held);
    let said = &seen[seen.find('{').expect("JSON")..];
    let json: serde_json::Value = serde_json::from_str(said).unwrap_or_else(|error| panic!("{error}: {seen}"));
    verbs::is_documented("clear", &json);
    assert_eq!((code, &json["removed"], &json["left"]), (130, &0.into(), &111.into()), "{json}");
    assert_eq!((&json["is_all"], &json["left_is_all"]), (&true.into(), &true.into()), "{json}");
}

/// The store waits for whoever holds a drawer, as long as it may take to look at a screen.
fn patient(url: &str) -> String {
    format!("{url}?lock_timeout=1h")
}

fn books(place: &Place) -> Vec<PathBuf> {
    let drawers = fs::read_dir(place.path().join("cache")).expect("a folder");
    let mut books: Vec<_> = drawers.map(|drawer| drawer.expect("a drawer").path().join("book.larder")).collect();
    books.sort();
    books
}

fn locked(book: &PathBuf) -> File {
    let file = File::options().read(true).write(true).open(book).expect("a book");
    file.lock().expect("a lock");
    file
}

#[test]
fn a_terminal_sees_words_set_off_and_lines_that_fit_and_nobody_else_does() {
    let (place, url) = filled(3);
    let (code, seen) = screen(&place, &url, 60, "stats").ends();
    assert!(code == 0 && seen.contains("\u{1b}[1mCACHE"), "{seen:?}");
    let row = seen.lines().find(|line| line.starts_with("default")).expect("a row").trim_end();
    assert!(row.chars().count() <= 60 && row.contains('…'), "{row}");
    let (_, plain) = Screen::of(&place, 60, "stats", &[("CACHE_URL", &url), ("NO_COLOR", "1")]).ends();
    assert!(plain.contains("CACHE ") && !plain.contains('\u{1b}'), "{plain:?}");
    let piped = place.larder_with(&["stats"], &[("CACHE_URL", &url)]).out;
    assert!(!piped.contains('\u{1b}') && piped.contains(&url), "{piped}");
}

#[test]
fn a_clear_of_a_store_that_answers_at_once_is_interrupted_between_two_steps() {
    let (place, url) = filled(8_000);
    let clear = screen(&place, &url, 200, "clear post: --yes");
    clear.waits_for("0 of 8,000 entries removed");
    clear.types("\u{3}");
    let (code, seen) = clear.ends();
    let left = keys(&place, &url);
    assert!(code == 130 && left > 2 && seen.contains(": interrupted: "), "{left}: {seen}");
}

#[test]
fn a_line_of_progress_fits_into_a_terminal_that_is_narrow() {
    let (place, url) = filled(300);
    let held: Vec<File> = books(&place).iter().map(locked).collect();
    let clear = screen(&place, &patient(&url), 20, "clear post:2 --yes");
    clear.waits_for("\r\u{1b}[K0 of 111 entries r…");
    clear.types("\u{3}");
    assert_eq!(clear.ends().0, 130);
    drop(held);
}

#[test]
fn a_sentence_behind_a_word_goes_on_below_itself_in_a_terminal() {
    let (place, url) = filled(3);
    let explain = |width| Screen::of(&place, width, "explain nobody", &[("CACHE_URL", &url), ("NO_COLOR", "1")]).ends();
    let (code, seen) = explain(50);
    let lines: Vec<_> = seen.lines().map(str::trim_end).collect();
    assert!(code == 1 && lines.iter().all(|line| line.chars().count() <= 50), "{seen}");
    let why = lines.iter().position(|line| line.starts_with("  why   nothing is there: it was never")).expect("a line");
    assert!(lines[why + 1].starts_with("        ") && !lines[why + 1].starts_with("         "), "{seen}");
}

#[test]
fn whoever_watches_ends_it() {
    let (place, url) = filled(3);
    let watch = screen(&place, &url, 200, "stats --watch");
    watch.waits_for("\u{1b}[2J");
    watch.types("\u{3}");
    let (code, seen) = watch.ends();
    assert!(code == 0 && seen.contains("CACHE"), "{seen}");
}

#[test]
fn a_terminal_that_takes_words_alone_is_written_on_line_by_line() {
    let (place, url) = filled(3);
    let watch = Screen::of(&place, 200, "stats --watch", &[("CACHE_URL", &url), ("TERM", "dumb")]);
    watch.waits_for(" tells them there.\r\nCACHE");
    watch.types("\u{3}");
    let (code, seen) = watch.ends();
    assert!(code == 0 && !seen.contains('\u{1b}'), "{seen:?}");
}
