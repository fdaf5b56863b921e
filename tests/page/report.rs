//! What a request asked of caches is counted for it, wherever it was asked.

use std::time::Duration;

use larder::explain::{Asked, Story};
use larder::page::cache_page;
use larder::report::{Report, ReportLayer};
use larder::{cached, testing};

use super::handlers::{Routes, any};
use super::site::{self, Site};
use crate::visit::{Visit, request};

#[cached(ttl = 60)]
fn price(product: u64) -> u64 {
    product * 100
}

async fn prices() -> String {
    (price(1) + price(2) + price(1)).to_string()
}

fn reported(site: Site) -> Site {
    site::reported(site, ReportLayer::new().server_timing())
}

fn visit(site: &Site, path: &str) -> (Visit, Report) {
    let (visit, report) = testing::block_on(site::ask_for(site, request("GET", path, &[])));
    (visit, report.expect("a report"))
}

/// Hits, misses and stale ones.
fn seen(site: &Site, path: &str) -> (u64, u64, u64) {
    let seen = visit(site, path).1.seen;
    (seen.hits, seen.misses, seen.stale)
}

#[test]
fn a_request_is_told_its_own_hits_and_misses_and_nobody_elses() {
    let _larder = testing::isolated();
    let (plain, page) = (Routes::new().route("/", any(prices)), Routes::new().route("/", any(prices)));
    let (plain, page) = (reported(plain), reported(page.layer(cache_page(60))));
    let (first, report) = visit(&plain, "/");
    assert_eq!((report.seen.hits, report.seen.misses), (1, 2));
    let timing = first.header("server-timing").expect("a header");
    assert!(timing.starts_with("total;dur="), "{timing}");
    assert!(timing.ends_with(r#"larder;desc="hits 1, misses 2, stale 0""#), "{timing}");
    assert_eq!(seen(&plain, "/"), (3, 0, 0));
    price(3);
    assert_eq!(seen(&page, "/"), (3, 1, 0), "what the page is made of counts, though a task makes it");
    assert_eq!(seen(&page, "/"), (1, 0, 0), "a page out of the cache is one hit");
}

#[test]
fn a_page_is_one_hit_one_miss_or_stale_however_many_questions_it_took() {
    let larder = testing::isolated();
    let layer = cache_page(60).stale(60).vary("x-color");
    let app = reported(Routes::new().route("/", any(async || "page")).layer(layer));
    assert_eq!(seen(&app, "/"), (0, 1, 0));
    assert_eq!(seen(&app, "/"), (1, 0, 0));
    larder.advance(Duration::from_secs(61));
    assert_eq!(seen(&app, "/"), (0, 0, 1));
}

#[test]
fn a_layer_that_is_not_asked_to_tells_browsers_nothing_and_has_no_story() {
    let _larder = testing::isolated();
    let ask = |layer: ReportLayer| {
        let app = site::reported(Routes::new().route("/", any(prices)), layer);
        testing::block_on(site::ask_for::<Story>(&app, request("GET", "/", &[])))
    };
    let (visit, story) = ask(ReportLayer::new());
    assert_eq!((visit.header("server-timing"), story), (None, None));
    let (_, story) = ask(ReportLayer::new().explain());
    let story = story.expect("it was asked for");
    assert!(story.asked.len() == 3 && story.asked.iter().all(Asked::is_hit), "{story}");
}

#[test]
fn the_story_of_a_page_holds_what_its_handler_asked() {
    let _larder = testing::isolated();
    let site = Routes::new().route("/", any(prices)).layer(cache_page(60));
    let app = site::reported(site, ReportLayer::new().explain());
    let ask = || testing::block_on(site::ask_for::<Story>(&app, request("GET", "/", &[]))).1.expect("a story");
    let story = ask();
    let pages: Vec<_> = story.all().map(|asked| (asked.is_page, asked.is_hit())).collect();
    assert_eq!(pages, [(true, false), (false, false), (false, false), (false, true)], "{story}");
    assert!(ask().asked[0].is_hit());
}

#[test]
fn a_page_within_two_reports_is_told_by_both() {
    let _larder = testing::isolated();
    let app = reported(reported(Routes::new().route("/", any(prices)).layer(cache_page(60))));
    seen(&app, "/");
    let (visit, _) = visit(&app, "/");
    let timing = visit.header("server-timing").expect("both headers");
    assert_eq!(timing.matches("hits").count(), 2, "{timing}");
}
