//! The time that a handler says.

use std::time::Duration;

use larder::page::{CacheLayer, cache_page};
use larder::{entry, testing};

use super::super::app::{App, response};
use super::{SECOND, saying};

/// Returns how long a page is kept, and what those downstream are told.
fn kept(layer: &CacheLayer, time: Duration, headers: &'static [(&str, &str)]) -> (u32, Option<String>) {
    kept_as_said(layer, move || entry::keep_for(time), headers)
}

fn kept_as_said(
    layer: &CacheLayer,
    says: impl Fn() -> bool + Clone + Send + Sync + 'static,
    headers: &'static [(&str, &str)],
) -> (u32, Option<String>) {
    let larder = testing::isolated();
    let app = App::new(layer, move |run, _| {
        assert!(says());
        response(200, headers, format!("{run}"))
    });
    let told = app.get("/").header("cache-control");
    for seconds in 0..10_000 {
        let visit = app.get("/");
        if visit.text() != "1" {
            return (seconds, told);
        }
        larder.advance(SECOND);
    }
    panic!("it never ends");
}

#[test]
fn what_a_handler_says_comes_before_the_time_of_the_layer_and_the_response_can_only_shorten_it() {
    let max_age = |text: &str| Some(format!("max-age={text}"));
    let table: [(CacheLayer, u32, &'static [_], u32, &str); 9] = [
        (cache_page(60), 600, &[], 600, "600"),
        (cache_page(60), 5, &[], 5, "5"),
        (CacheLayer::new(), 5, &[], 5, "5"),
        (CacheLayer::new().explicit_only(), 5, &[], 5, "5"),
        (cache_page(60), 600, &[("cache-control", "max-age=9")], 9, "9"),
        (CacheLayer::new(), 5, &[("cache-control", "max-age=9")], 5, "5"),
        (CacheLayer::new(), 600, &[("cache-control", "max-age=9")], 9, "9"),
        (cache_page(60).browser(0), 600, &[], 600, "0"),
        (cache_page(60).browser(600), 5, &[], 5, "600"),
    ];
    for (number, (layer, time, headers, seconds, told)) in table.into_iter().enumerate() {
        assert_eq!(kept(&layer, time * SECOND, headers), (seconds, max_age(told)), "{number}");
    }
}

#[test]
fn what_a_page_is_good_for_at_most_can_only_shorten_it() {
    let table: [(CacheLayer, u32, &'static [_], u32, &str); 5] = [
        (cache_page(60), 600, &[], 60, "60"),
        (cache_page(60), 5, &[], 5, "5"),
        (cache_page(60), 5, &[("cache-control", "max-age=9")], 5, "5"),
        (CacheLayer::new(), 600, &[("cache-control", "max-age=9")], 9, "9"),
        (cache_page(60), 0, &[], 0, "0"),
    ];
    for (number, (layer, time, headers, seconds, told)) in table.into_iter().enumerate() {
        let says = move || entry::keep_at_most(time * SECOND) && entry::keep_at_most(time * 2 * SECOND);
        assert_eq!(kept_as_said(&layer, says, headers), (seconds, Some(format!("max-age={told}"))), "{number}");
    }
    let both = || entry::keep_for(600) && entry::keep_at_most(90);
    assert_eq!(kept_as_said(&cache_page(60), both, &[]), (90, Some("max-age=90".to_owned())));
}

#[test]
fn a_part_of_a_second_is_kept_and_told_to_nobody() {
    assert_eq!(kept(&cache_page(60), Duration::from_millis(1500), &[]), (2, Some("max-age=1".to_owned())));
}

#[test]
fn zero_keeps_nothing_not_even_to_ask_or_to_be_stale() {
    let layer = cache_page(60).stale(60).stale_if_error(60);
    for headers in [&[][..], &[("etag", "\"a\"")]] {
        assert_eq!(kept(&layer, Duration::ZERO, headers), (0, Some("max-age=0".to_owned())));
    }
}

#[test]
fn a_page_without_end_is_no_trouble() {
    let larder = testing::isolated();
    let app = saying(&cache_page(60), |_| assert!(entry::keep_for(Duration::MAX)));
    assert_eq!(app.get("/").text(), "1");
    larder.advance(Duration::from_secs(1 << 33));
    assert_eq!(app.get("/").text(), "1");
}
