//! An answer to `POST` may be the page of its URL.

use larder::page::CacheLayer;
use larder::testing;

use super::app::{App, response};

const PLACE: (&str, &str) = ("content-location", "/");
const TIME: (&str, &str) = ("cache-control", "max-age=60");

fn app(layer: &CacheLayer, headers: &'static [(&str, &str)]) -> App {
    App::new(layer, |run, _| response(200, headers, format!("{run}")))
}

#[test]
fn an_answer_to_post_that_says_it_is_the_page_of_its_url_is_kept_as_that() {
    let _larder = testing::isolated();
    let app = app(&CacheLayer::rfc(), &[PLACE, TIME]);
    assert_eq!(app.get("/").text(), "1");
    let posted = app.send("POST", "/", &[("if-none-match", "*")]);
    assert_eq!((posted.status.as_u16(), posted.text()), (200, "2"));
    assert_eq!(posted.header("cache-status").as_deref(), Some("larder; fwd=method; stored"));
    assert_eq!((app.get("/").text(), app.runs.get()), ("2", 2));
    assert_eq!(app.send("POST", "/", &[]).text(), "3", "what changes something arrives each time");
    assert_eq!(app.get("/").text(), "3");
}

#[test]
fn any_other_answer_to_post_is_no_page() {
    let _larder = testing::isolated();
    let (rfc, usual) = (CacheLayer::rfc(), CacheLayer::new().see_everything());
    let others: [(&CacheLayer, &'static [_]); 6] = [
        (&usual, &[PLACE, TIME]),
        (&rfc, &[PLACE]),
        (&rfc, &[TIME]),
        (&rfc, &[("content-location", "/other"), TIME]),
        (&rfc, &[PLACE, ("cache-control", "max-age=60, private")]),
        (&rfc, &[PLACE, ("cache-control", "max-age=60"), ("vary", "*")]),
    ];
    for (number, (layer, headers)) in others.into_iter().enumerate() {
        let app = app(layer, headers);
        assert_eq!((app.send("POST", "/", &[]).text(), app.get("/").text()), ("1", "2"), "{number}");
    }
}

#[test]
fn an_answer_to_post_whose_tag_was_invalidated_while_it_was_made_is_no_page() {
    let _larder = testing::isolated();
    let headers = &[PLACE, TIME, ("surrogate-key", "news")];
    let app = App::new(&CacheLayer::rfc(), move |run, request| {
        if request.method() == "POST" {
            larder::invalidate_tag_blocking("news").unwrap();
        }
        response(200, headers, format!("{run}"))
    });
    assert_eq!((app.send("POST", "/", &[]).text(), app.get("/").text(), app.get("/").text()), ("1", "2", "2"));
}
