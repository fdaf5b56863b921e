//! Tracing, by `tower_http::trace`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use larder::page::cache_page;
use larder::testing;
use tower_http::trace::{DefaultOnResponse, TraceLayer};

use crate::site::{get, site};

#[test]
fn before_the_cache_every_request_is_traced_and_behind_it_those_that_are_made() {
    for (is_behind, expected) in [(true, 1), (false, 3)] {
        let _larder = testing::isolated();
        let traced = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&traced);
        let trace = TraceLayer::new_for_http()
            .on_request(move |_: &http::Request<_>, _: &_| {
                count.fetch_add(1, Ordering::Relaxed);
            })
            .on_response(DefaultOnResponse::new());
        let (site, runs) = site(|| "page");
        let site =
            if is_behind { site.layer(trace).layer(cache_page(60)) } else { site.layer(cache_page(60)).layer(trace) };
        for _ in 0..3 {
            assert_eq!(get(&site, &[]).text(), "page");
        }
        assert_eq!((traced.load(Ordering::Relaxed), runs.get()), (expected, 1));
    }
}
