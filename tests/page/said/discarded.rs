//! Pages that are not kept, since their handler said so.

use larder::page::{CacheLayer, cache_page};
use larder::testing::{self, Isolated};

use super::super::app::{App, response};
use super::{SECOND, discard};
use crate::play::{Gate, all_go_on};

#[test]
fn those_who_wait_for_a_page_that_is_discarded_are_let_go_together_and_the_next_do_not_wait() {
    let _larder = testing::isolated();
    let gate = Gate::new();
    let app = App::held(&cache_page(60), &gate, |run, _| {
        discard();
        response(200, &[], format!("{run}"))
    });
    let mut all: Vec<_> = (0..20).map(|_| app.visitor("/", &[])).collect();
    all_go_on(&mut all);
    assert_eq!(gate.came(), 1);
    gate.let_go(1);
    all_go_on(&mut all);
    assert_eq!((gate.came(), all[0].page()), (20, Some("1")), "not one after another");
    let told = all[0].header("cache-status").unwrap();
    assert_eq!(told, r#"larder; fwd=uri-miss; detail="discarded by its handler""#);
    let mut next = [app.visitor("/", &[]), app.visitor("/", &[])];
    all_go_on(&mut next);
    assert_eq!(gate.came(), 22);
    gate.let_go(21);
    all_go_on(&mut all);
    let mut pages: Vec<_> = all.iter().map(|one| one.page().expect("a page").to_owned()).collect();
    pages.sort();
    pages.dedup();
    assert_eq!(pages.len(), 20, "each has their own");
}

#[test]
fn one_of_many_who_discards_takes_nothing_from_the_others() {
    let _larder = testing::isolated();
    let gate = Gate::new();
    let app = App::held(&cache_page(60), &gate, |run, _| {
        if run == 1 {
            discard();
        }
        response(200, &[], format!("{run}"))
    });
    let mut all: Vec<_> = (0..20).map(|_| app.visitor("/", &[])).collect();
    all_go_on(&mut all);
    gate.let_go(20);
    all_go_on(&mut all);
    assert!(all.iter().all(|one| one.status() == Some(200) && one.page().is_some()));
    assert_eq!(all.iter().filter(|one| one.page() == Some("1")).count(), 1);
}

/// Makes a page, lets it get so old, asks for another one that is discarded, and says what is answered then.
pub fn after(larder: &Isolated, layer: &CacheLayer, age: u32, headers: &'static [(&str, &str)]) -> [String; 3] {
    let app = App::new(layer, move |run, request| {
        if run > 1 {
            discard();
        }
        let is_known = request.headers().contains_key("if-none-match");
        response(if is_known { 304 } else { 200 }, headers, if is_known { String::new() } else { format!("{run}") })
    });
    app.get("/");
    larder.advance(age * SECOND);
    [0, 1, 2].map(|_| {
        let text = app.get("/").text().to_owned();
        larder.run_tasks();
        format!("{text} of {}", app.runs.get())
    })
}

#[test]
fn what_stands_in_for_failures_stays_as_it_was() {
    let layer = cache_page(10).stale_if_error(60);
    assert_eq!(after(&testing::isolated(), &layer, 20, &[]), ["2 of 2", "1 of 2", "1 of 2"]);
}

#[test]
fn a_304_that_is_discarded_confirms_a_page_for_one_client_only() {
    let larder = testing::isolated();
    let texts = after(&larder, &cache_page(10), 20, &[("etag", "\"a\"")]);
    assert_eq!(texts, ["1 of 2", "1 of 3", "1 of 4"]);
}

#[test]
fn an_answer_to_head_that_is_discarded_says_nothing_of_the_page() {
    let larder = testing::isolated();
    let app = App::new(&cache_page(10).stale_if_error(60), |run, request| {
        let is_head = request.method() == "HEAD" && discard_it();
        response(200, &[("etag", if is_head { "\"b\"" } else { "\"a\"" })], format!("{run}"))
    });
    app.get("/");
    larder.advance(5 * SECOND);
    assert!(app.send("HEAD", "/", &[]).is_hit());
    larder.advance(15 * SECOND);
    assert_eq!(app.send("HEAD", "/", &[]).header("etag").as_deref(), Some("\"b\""));
    let spare = app.get("/");
    assert_eq!((spare.header("etag").as_deref(), app.runs.get()), (Some("\"a\""), 3));
}

fn discard_it() -> bool {
    discard();
    true
}

#[test]
fn those_downstream_do_not_keep_it_either_unless_it_says_so_itself() {
    let _larder = testing::isolated();
    let told = |layer: &CacheLayer, headers: &'static [(&str, &str)]| {
        let app = App::new(layer, move |_, _| {
            discard();
            response(200, headers, "")
        });
        app.get("/").header("cache-control")
    };
    for layer in [CacheLayer::new(), cache_page(60), cache_page(60).browser(600)] {
        assert_eq!(told(&layer, &[]).as_deref(), Some("max-age=0"));
        let own = &[("cache-control", "private, max-age=9")];
        assert_eq!(told(&layer, own).as_deref(), Some("private, max-age=9"));
    }
}
