//! Fragments in pages that are kept: the page goes with them.

use std::time::Duration;

use larder::fragment::Text;
use larder::page::cache_page;
use larder::{fragment, testing};

use super::app::{App, response};

const AUTHOR: u64 = 7;

fn sidebar(run: usize) -> Text {
    let author = AUTHOR;
    fragment!("page.sidebar", author, ttl = 60, tags = ["page:author:<author>"]; format!("<nav>{run}</nav>"))
}

#[test]
fn a_page_goes_with_the_tags_of_its_fragments_and_lasts_no_longer() {
    let larder = testing::isolated();
    let app = App::new(&cache_page(900), |run, _| response(200, &[], format!("{run}{}", sidebar(run))));
    let first = app.get("/");
    assert_eq!((first.text(), first.header("cache-control").as_deref()), ("1<nav>1</nav>", Some("max-age=60")));
    assert_eq!(app.get("/").text(), "1<nav>1</nav>");
    larder::invalidate_tag_blocking("page:author:7").unwrap();
    assert_eq!(app.get("/").text(), "2<nav>2</nav>");
    larder.advance(Duration::from_secs(59));
    assert_eq!(app.get("/other").header("cache-control").as_deref(), Some("max-age=1"), "it has a second left");
    larder.advance(Duration::from_secs(1));
    assert_eq!(app.get("/").text(), "4<nav>4</nav>");
}
