//! Several pages behind one URL.

use std::time::Duration;

use larder::page::CacheLayer;
use larder::testing;

use super::app::{App, response};

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
