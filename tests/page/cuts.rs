//! Parts that are cut out of a page that is kept whole.

use larder::page::cache_page;
use larder::testing;

use super::app::{App, response};

#[test]
fn a_part_of_a_page_is_cut_out_of_the_whole() {
    let _larder = testing::isolated();
    let app = App::new(&cache_page(60), |_, _| response(200, &[("etag", "\"v1\"")], "0123456789"));
    assert_eq!(app.get("/").status, 200);
    let part = |range, condition| app.get_with("/", &[("range", range), ("if-range", condition)]);
    let found = part("bytes=2-4", "\"v1\"");
    assert_eq!((found.status.as_u16(), found.text()), (206, "234"));
    assert_eq!(found.header("content-range").as_deref(), Some("bytes 2-4/10"));
    assert!(found.is_hit());
    assert_eq!(part("bytes=2-4", "\"v2\"").text(), "0123456789", "of another page than is meant");
    assert_eq!(part("bytes=0-1, 5-6", "\"v1\"").status, 200, "several parts are the whole");
    let beyond = app.get_with("/", &[("range", "bytes=10-")]);
    assert_eq!(beyond.status, 416);
    assert_eq!(beyond.header("content-range").as_deref(), Some("bytes */10"));
    assert_eq!(app.runs.get(), 1);
}

#[test]
fn who_asks_for_a_part_of_what_is_not_there_gets_it_from_the_handler_and_nothing_is_kept() {
    let _larder = testing::isolated();
    let app = App::new(&cache_page(60), |_, request| {
        let is_part = request.headers().contains_key("range");
        if is_part { response(206, &[("content-range", "bytes 0-1/4")], "te") } else { response(200, &[], "text") }
    });
    let part = app.get_with("/", &[("range", "bytes=0-1")]);
    assert_eq!((part.status.as_u16(), part.text()), (206, "te"));
    assert_eq!((app.get("/").text(), app.runs.get()), ("text", 2));
}
