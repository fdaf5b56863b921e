//! Ways by which one person's page could have come to another.


use larder::page::{CacheLayer, cache_page};
use larder::testing;

use crate::app::{request, response};
use crate::stack::{counted, get, said};

#[test]
fn a_public_page_that_varies_by_authorization_is_kept_for_each_who_is_authorized() {
    let _larder = testing::isolated();
    let (site, runs) = counted(|request| {
        let headers = [("cache-control", "public, max-age=60"), ("vary", "Authorization")];
        response(200, &headers, said(request, "authorization"))
    });
    let site = site.layer(CacheLayer::new());
    for _ in 0..2 {
        for user in ["a", "b"] {
            assert_eq!(get(&site, "/", &[("authorization", user)]).text(), user);
        }
        assert_eq!(get(&site, "/", &[]).text(), "");
    }
    assert_eq!(runs.get(), 3);
}

#[test]
fn two_lines_of_one_header_are_one_for_the_handler_as_they_are_for_the_cache() {
    let _larder = testing::isolated();
    let first = |request: &http::Request<axum::body::Body>, name| {
        request.headers().get(name).map_or(String::new(), |line| line.to_str().expect("a text").to_owned())
    };
    let (site, runs) = counted(move |request| {
        response(200, &[], format!("{}/{}", first(request, "x-user"), first(request, "cookie")))
    });
    let site = site.layer(cache_page(60).vary("X-User").vary("Cookie"));
    let two = [("x-user", "a"), ("x-user", "b"), ("cookie", "c=1"), ("cookie", "d=2")];
    assert_eq!(get(&site, "/", &two).text(), "a, b/c=1; d=2");
    assert_eq!(get(&site, "/", &[("x-user", "a, b"), ("cookie", "c=1; d=2")]).text(), "a, b/c=1; d=2");
    assert_eq!(runs.get(), 1);
}
