//! Several pages behind one URL.

use std::time::Duration;

use larder::page::CacheLayer;
use larder::testing;

use super::app::{App, response};
use crate::lines::lines;

/// An application that greets users by their name, and forgets to say that its page for strangers depends on that too.
fn forgetful() -> App {
    App::new(&CacheLayer::new().see("X-User"), |run, request| {
        let user = request.headers().get("x-user").map(|name| name.to_str().expect("a name"));
        match user {
            Some(name) => response(200, &[("vary", "X-User")], format!("{name} {run}")),
            None => response(200, &[], format!("stranger {run}")),
        }
    })
}

#[test]
fn a_page_that_says_nothing_of_what_it_varies_on_does_not_take_the_place_of_those_that_do() {
    let _larder = testing::isolated();
    let app = forgetful();
    let visit = |name| app.get_with("/", &[("x-user", name)]);
    assert_eq!((visit("ada").text(), app.get("/").text()), ("ada 1", "stranger 2"));
    assert_eq!((visit("ada").text(), app.get("/").text()), ("ada 1", "stranger 2"));
    assert_eq!(app.runs.get(), 2);
}

#[test]
fn of_two_pages_that_say_what_they_vary_on_the_newer_one_is_taken_and_the_older_one_stays() {
    let larder = testing::isolated();
    let app = App::new(&CacheLayer::new().see("X-A").see("X-B"), |run, _| {
        response(200, &[("vary", if run == 1 { "X-A" } else { "X-B" })], run.to_string())
    });
    let visit = |a, b| app.get_with("/", &[("x-a", a), ("x-b", b)]);
    assert_eq!(visit("1", "1").text(), "1");
    larder.advance(Duration::from_secs(1));
    assert_eq!(visit("2", "1").text(), "2");
    assert_eq!((visit("1", "1").text(), visit("1", "9").text()), ("2", "1"));
    assert_eq!(app.runs.get(), 2);
}

#[test]
fn a_page_that_varies_on_what_its_handler_is_not_shown_is_told_once_and_what_to_write() {
    // The log is one for all tests, and this one runs on each framework.
    const FORGOTTEN: &str =
        if module_path!().len() > "page::variants".len() { "x-forgotten-too" } else { "x-forgotten" };
    let lines = lines();
    let _larder = testing::isolated();
    let app = App::new(&CacheLayer::new().time(60), |run, request| {
        let is_seen = request.headers().contains_key(FORGOTTEN);
        response(200, &[("vary", FORGOTTEN)], format!("{run} {is_seen}"))
    });
    let visit = |path, value| app.get_with(path, &[(FORGOTTEN, value)]).text().to_owned();
    assert_eq!(
        (visit("/", "a"), visit("/", "b"), visit("/c", "c")),
        ("1 false".to_owned(), "1 false".to_owned(), "2 false".to_owned())
    );
    let says = format!("WARN larder a page says `Vary: {FORGOTTEN}`, of which nothing is shown to its handler");
    let lines: Vec<_> = lines.lock().unwrap().iter().filter(|line| line.starts_with(&says)).cloned().collect();
    assert!(lines.len() == 1 && lines[0].contains(&format!("`vary(\"{FORGOTTEN}\")`")), "{lines:?}");
}

#[test]
fn all_that_is_hidden_is_named_in_one_line_and_what_no_page_depends_on_is_not() {
    const VARY: &str =
        if module_path!().len() > "page::variants".len() { "Cookie, X-Other-Too" } else { "Cookie, X-Other" };
    let lines = lines();
    let _larder = testing::isolated();
    let says = |vary: &'static str| {
        App::new(&CacheLayer::new().time(60), move |run, _| response(200, &[("vary", vary)], run.to_string()))
    };
    says(VARY).get("/");
    says("Access-Control-Request-Method, Access-Control-Request-Headers").get("/");
    let lines = lines.lock().unwrap();
    let told: Vec<_> = lines.iter().filter(|line| line.contains(&format!("`Vary: {}`", VARY.to_lowercase()))).collect();
    assert!(told.len() == 1 && told[0].contains("`vary_cookie(\"session\")`"), "{told:?}");
    assert!(!lines.iter().any(|line| line.contains("access-control-request")), "{lines:?}");
}
