//! Handlers as places in a program: what they count, and how they are switched off.

use std::env;
use std::process::Command;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use larder::{cache_page, sites, testing};

use super::{Site, User, page};
use crate::app::Count;
use crate::stack;

page!(plain: 60);
page!(counted: 60);
page!(switched: 60);
page!(homeless: 60, cache = "unconfigured");
page!(by_variable: 60);

#[cache_page(60, key = "named:<id>", version = 3)]
async fn named(Path(id): Path<u64>, State(count): State<Count>) -> String {
    format!("{} of {id}", count.one_more())
}

/// It begins like `named:<id>` does.
#[cache_page(60, key = "named:<user.id: u64>")]
async fn named_too(user: User, State(count): State<Count>) -> String {
    format!("{} for {}", count.one_more(), user.id)
}

#[test]
fn handlers_are_places_of_the_program() {
    let find =
        |name: &str| sites().find(|site| site.name() == name && site.module().ends_with("sites")).expect("a site");
    let plain = find("plain");
    assert!(plain.is_page() && std::ptr::eq(plain, self::plain::site()));
    assert_eq!((plain.pattern(), plain.cache_name()), ("page::attribute::sites::plain", "default"));
    assert!(plain.file().ends_with("sites.rs") && plain.line() > 0);
    assert_eq!((find("named").pattern(), find("named").own_version()), ("named:<id>", Some("3")));
}

#[test]
fn a_handler_counts_what_became_of_each_request_once() {
    let larder = testing::isolated();
    let site = Site::of(counted);
    let count = || {
        let stats = counted::stats();
        (stats.hits, stats.misses, stats.stale, stats.invalidated)
    };
    assert_eq!(count(), (0, 0, 0, 0));
    site.get("/");
    site.get("/");
    site.get("/?a");
    testing::block_on(counted::invalidate());
    site.get("/");
    assert_eq!(count(), (1, 3, 0, 1));
    let stats = larder.cache("default").stats();
    assert_eq!((stats.hits, stats.misses), (1, 3));
}

#[test]
fn a_handler_that_is_switched_off_makes_each_page_and_keeps_none() {
    let _larder = testing::isolated();
    let site = Site::of(switched);
    assert_eq!([site.text("/"), site.text("/")], ["1", "1"]);
    switched::site().switch_off();
    assert_eq!([site.text("/"), site.text("/")], ["2", "3"]);
    testing::block_on(switched::invalidate());
    switched::site().switch_on();
    assert_eq!([site.text("/"), site.text("/")], ["4", "4"]);
}

#[test]
fn a_cache_that_is_switched_off_keeps_no_page() {
    let larder = testing::isolated();
    let site = Site::of(plain);
    larder.cache("default").switch_off();
    assert_eq!([site.text("/off"), site.text("/off")], ["1", "2"]);
    larder.cache("default").switch_on();
    assert_eq!([site.text("/off"), site.text("/off")], ["3", "3"]);
}

#[test]
fn a_handler_whose_cache_nobody_has_configured_answers_all_the_same_and_check_says_where_it_is() {
    let site = Site::of(homeless);
    let visit = site.get("/");
    assert_eq!((visit.text(), site.text("/")), ("1", "2".to_owned()));
    assert!(visit.header("cache-status").is_some_and(|said| said.contains("no such cache")), "{visit:?}");
    testing::block_on(homeless::invalidate());
    let problems = larder::check().unwrap_err();
    let said = problems.all().iter().map(ToString::to_string).find(|problem| problem.contains("homeless"));
    let said = said.expect("a problem");
    let place = format!("at {}:{}", homeless::site().file(), homeless::site().line());
    assert!(said.contains(&place) && said.contains("there is no cache named `unconfigured`"), "{said}");
}

#[test]
fn names_of_pages_meet_no_keys() {
    let _larder = testing::isolated();
    let app = Router::new().route("/{id}", get(named)).route("/", get(named_too)).with_state(Count::default());
    let ask = |path| stack::get(&app, path, &[("cookie", "user=7")]).text().to_owned();
    assert_eq!(["/7", "/", "/7", "/"].map(ask), ["1 of 7", "2 for 7", "1 of 7", "2 for 7"]);
    let problems = larder::check().err().map(|problems| problems.to_string()).unwrap_or_default();
    assert!(!problems.contains("attribute::sites"), "{problems}");
}

/// Runs itself in a process of its own, where the variable is set.
#[test]
fn the_variable_switches_handlers_off_too() {
    if env::var_os("LARDER_OFF").is_none() {
        let name = "attribute::sites::the_variable_switches_handlers_off_too";
        let tests = env::current_exe().expect("the tests");
        let run = Command::new(tests).args([name, "--exact"]).env("LARDER_OFF", "1").output().expect("a run");
        let said = String::from_utf8_lossy(&run.stdout);
        assert!(run.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let site = Site::of(by_variable);
    assert_eq!([site.text("/"), site.text("/")], ["1", "2"]);
}
