//! What is said of a page by a handler that finds it unchanged.

use larder::page::{CacheLayer, cache_page};
use larder::{entry, invalidate_tag_blocking, testing};

use super::super::app::{App, response};
use super::SECOND;

type Says = fn(usize);

/// An application that makes its page once and says from then on that it has not changed.
fn app(layer: &CacheLayer, says: impl Fn(usize) + Clone + Send + Sync + 'static) -> App {
    App::new(layer, move |run, request| {
        says(run);
        let is_known = request.headers().contains_key("if-none-match");
        let text = if is_known { String::new() } else { format!("{run}") };
        response(if is_known { 304 } else { 200 }, &[("etag", "\"a\"")], text)
    })
}

#[test]
fn a_page_that_a_304_keeps_for_longer_has_the_tags_of_both() {
    for (tag, method) in [("run:1", "GET"), ("run:2", "GET"), ("run:1", "HEAD"), ("run:2", "HEAD")] {
        let larder = testing::isolated();
        let app = app(&cache_page(10), |run| assert!(entry::tag(format!("run:{run}"))));
        app.get("/");
        larder.advance(20 * SECOND);
        app.send(method, "/", &[]);
        assert_eq!((app.get("/").text(), app.runs.get()), ("1", 2), "{method}");
        invalidate_tag_blocking(tag).unwrap();
        assert_eq!(app.get("/").text(), "3", "{tag} {method}");
    }
}

#[test]
fn a_tag_that_was_invalidated_while_the_page_was_confirmed_wins() {
    for tag in ["run:1", "run:2"] {
        let larder = testing::isolated();
        let app = app(&cache_page(10), move |run| {
            assert!(entry::tag(format!("run:{run}")));
            if run == 2 {
                invalidate_tag_blocking(tag).unwrap();
            }
        });
        app.get("/");
        larder.advance(20 * SECOND);
        app.get("/");
        app.get("/");
        assert_eq!(app.runs.get(), 3, "{tag}");
    }
}

#[test]
fn a_304_can_say_a_time_of_its_own() {
    let cases: [(CacheLayer, Says, [u32; 2]); 5] = [
        (cache_page(60), |run| assert!(run != 2 || entry::keep_for(5)), [60, 5]),
        (cache_page(60), |run| assert!(run != 1 || entry::keep_for(5)), [5, 5]),
        (cache_page(60), |run| assert!(run != 1 || entry::keep_for(600)), [600, 60]),
        (cache_page(60).browser(0), |run| assert!(run != 1 || entry::keep_for(600)), [600, 60]),
        (cache_page(60).browser(0), |run| assert!(run != 2 || entry::keep_for(5)), [60, 5]),
    ];
    for (number, (layer, says, seconds)) in cases.into_iter().enumerate() {
        let larder = testing::isolated();
        let app = app(&layer, says);
        app.get("/");
        for (run, seconds) in (1..).zip(seconds) {
            larder.advance((seconds - 1) * SECOND);
            assert_eq!((app.get("/").text(), app.runs.get()), ("1", run), "{number}");
            larder.advance(SECOND);
            assert_eq!((app.get("/").text(), app.runs.get()), ("1", run + 1), "{number}");
        }
    }
}
