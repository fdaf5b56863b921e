//! What those downstream are told of a page: browsers, and caches on the way to them.

use larder::page::cache_page;
use larder::testing;

use crate::app::{App, Visit, response};

fn times(visit: &Visit) -> [Option<String>; 2] {
    ["cache-control", "expires"].map(|name| visit.header(name))
}

#[test]
fn a_time_of_zero_keeps_nothing_and_those_downstream_are_told() {
    let _larder = testing::isolated();
    let app = App::new(&cache_page(0), |run, _| response(200, &[], format!("{run}")));
    let first = app.get("/");
    assert_eq!(first.header("cache-control").as_deref(), Some("max-age=0"));
    assert_eq!(first.header("expires"), first.header("date"));
    assert_eq!(app.get("/").text(), "2");
}

#[test]
fn what_nobody_may_keep_stays_as_it_is() {
    let _larder = testing::isolated();
    for (said, time) in [("no-store", 0), ("no-store", 60), ("private", 0), ("private", 60)] {
        let app = App::new(&cache_page(time), move |_, _| response(200, &[("cache-control", said)], ""));
        assert_eq!(times(&app.get("/")), [Some(said.to_owned()), None], "{time}");
    }
}

#[test]
fn an_answer_to_head_tells_the_times_that_one_to_get_tells() {
    let _larder = testing::isolated();
    let app = App::new(&cache_page(60), |_, _| response(200, &[], "text"));
    let head = app.send("HEAD", "/", &[]);
    assert_eq!(head.header("cache-control").as_deref(), Some("max-age=60"));
    assert_eq!(times(&head), times(&app.get("/")));
    assert!(app.send("HEAD", "/", &[]).is_hit());
}

#[test]
fn an_answer_to_head_is_told_no_time_where_the_page_may_not_be_kept() {
    let _larder = testing::isolated();
    let app = App::new(&cache_page(60), |_, _| response(200, &[("set-cookie", "a=b")], "text"));
    assert_eq!(times(&app.send("HEAD", "/", &[])), [None, None]);
}
