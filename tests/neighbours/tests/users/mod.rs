//! Two users and a stranger, three tabs each: nobody gets a page that was made for another. `users.txt` says whose page is
//! whose, for every kind of page.

pub mod app;
mod browser;
mod pages;
mod private_cache;
mod table;
mod walk;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

pub use app::MaybeUser;
use app::Order;
use browser::{Browser, FORM};
use larder::testing;
use table::{Row, refused, rows};
use walk::Walk;

use crate::site::Runs;
use crate::wire::{self, Server};

#[test]
fn every_kind_of_page_has_a_row_and_every_row_a_page() {
    let names: Vec<_> = rows().iter().map(|row| row.name).collect();
    assert_eq!(names, pages::NAMES);
}

#[test]
fn what_does_not_compile_has_a_case_that_shows_it() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/page");
    assert!(refused().len() > 5);
    // Where there are no cases at all, there is nobody to ask.
    for (what, case) in refused().into_iter().filter(|_| cases.exists()) {
        assert!(cases.join(format!("{case}.stderr")).exists(), "{what}: there is no {case}");
    }
}

/// Goes through all kinds of pages, and names all those of which one went astray.
fn each(walk: &impl AsyncFn(&Row)) {
    let is_astray = |row: &Row| catch_unwind(AssertUnwindSafe(|| wire::run(walk(row)))).is_err();
    let astray: Vec<_> = rows().iter().filter(|row| is_astray(row)).map(|row| row.name).collect();
    assert!(astray.is_empty(), "{astray:?}");
}

fn walk_all(order: Order) {
    each(&async |row| Walk::through(row, order).await);
}

#[test]
fn no_page_of_one_user_reaches_the_other() {
    walk_all(Order::Plain);
}

#[test]
fn no_page_of_one_user_reaches_the_other_through_a_cache_inside_of_the_sessions() {
    walk_all(Order::CacheInside);
}

#[test]
fn no_page_of_one_user_reaches_the_other_through_a_cache_around_the_sessions() {
    walk_all(Order::CacheOutside);
}

#[test]
fn behind_a_cache_that_hides_their_cookies_all_are_strangers_to_a_session() {
    each(&async |row| Walk::of_strangers(row, Order::CacheOutsideUntold).await);
}

/// As the manual warns: who logs people in begins a new session.
#[test]
fn where_one_session_changes_hands_its_cookie_decides_nothing_and_the_user_does() {
    wire::run(async {
        let larder = testing::isolated();
        let server = Server::of(app::app(&Runs::default(), Order::Plain)).await;
        let browser = Browser::new(&server, larder.clock(), None);
        browser.log_in("ann").await;
        let shows = async |path: &str, whom: &str| assert_eq!(browser.show(path).await.header("x-for"), Some(whom));
        for path in ["/by-session", "/of-user"] {
            shows(path, "ann").await;
        }
        let session = browser.cookie("id");
        browser.send("POST", "/switch", &FORM, "name=bob").await;
        assert_eq!(browser.cookie("id"), session);
        shows("/by-session", "ann").await;
        shows("/of-user", "bob").await;
        browser.log_in("bob").await;
        assert_ne!(browser.cookie("id"), session);
        shows("/by-session", "bob").await;
    });
}
