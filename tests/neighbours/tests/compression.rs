//! Compression, by `tower_http::compression`.

use larder::page::cache_page;
use larder::testing;
use tower_http::compression::CompressionLayer;

use crate::site::{get, send, site};

const GZIP: (&str, &str) = ("accept-encoding", "gzip");

fn page() -> ([(&'static str, &'static str); 2], String) {
    ([("content-type", "text/html"), ("etag", "\"1\"")], "page ".repeat(1_000))
}

#[test]
fn behind_the_cache_each_encoding_is_a_variant_and_is_compressed_once() {
    let _larder = testing::isolated();
    let (site, runs) = site(page);
    let site = site.layer(CompressionLayer::new()).layer(cache_page(60));
    for is_hit in [false, true] {
        let (zipped, plain) = (get(&site, &[GZIP]), get(&site, &[]));
        assert_eq!((zipped.is_hit(), plain.is_hit()), (is_hit, is_hit));
        assert_eq!((zipped.header("content-encoding"), plain.header("content-encoding")), (Some("gzip"), None));
        assert!(zipped.body.len() < 200 && zipped.text() == plain.text());
    }
    assert_eq!(runs.get(), 2);
    let head = send(&site, "HEAD", &[GZIP]);
    assert!(head.is_hit() && head.body.is_empty());
    assert_eq!(head.header("content-encoding"), Some("gzip"));
}

#[test]
fn before_the_cache_each_answer_is_compressed_anew_and_the_page_is_kept_once() {
    let _larder = testing::isolated();
    let (site, runs) = site(page);
    let site = site.layer(cache_page(60)).layer(CompressionLayer::new());
    for _ in 0..2 {
        let (zipped, plain) = (get(&site, &[GZIP]), get(&site, &[]));
        assert_eq!((zipped.header("content-encoding"), plain.header("content-encoding")), (Some("gzip"), None));
        assert_eq!(zipped.text(), plain.text());
        assert!(zipped.header("content-length").is_none_or(|length| length == zipped.body.len().to_string()));
    }
    assert_eq!(runs.get(), 1);
}

#[test]
fn on_either_side_a_browser_that_has_the_page_is_told_so_and_a_part_is_a_part() {
    for is_behind in [true, false] {
        let _larder = testing::isolated();
        let (site, _) = site(page);
        let site = if is_behind {
            site.layer(CompressionLayer::new()).layer(cache_page(60))
        } else {
            site.layer(cache_page(60)).layer(CompressionLayer::new())
        };
        let first = get(&site, &[GZIP]);
        let tag = first.header("etag").expect("a tag");
        let again = get(&site, &[GZIP, ("if-none-match", tag)]);
        assert_eq!((again.status.as_u16(), again.header("etag")), (304, Some(tag)), "{is_behind}");
        get(&site, &[]);
        let part = get(&site, &[("range", "bytes=5-8")]);
        assert_eq!((part.status.as_u16(), part.text()), (206, "page".to_owned()), "{is_behind}");
    }
}
