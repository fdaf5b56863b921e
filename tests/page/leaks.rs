//! Ways by which one person's page could have come to another.

use std::time::Duration;

use axum::body::Body;
use http::{Request, Response, Uri};
use larder::page::{CacheLayer, cache_page};
use larder::testing;

use super::site::{Around, Next};
use super::stack::{counted, get, said};
use crate::visit::{Who, request, response};

const MINUTE: Duration = Duration::from_secs(60);

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
fn what_a_confirmation_keeps_to_one_person_is_not_kept() {
    let larder = testing::isolated();
    let (site, _) = counted(|request| {
        let said = said(request, "x-user");
        let cookie = format!("user={said}");
        let own = &[
            ("etag", "\"1\""),
            ("cache-control", "max-age=60, private=\"x-name, set-cookie\""),
            ("x-name", &*said),
            ("set-cookie", &*cookie),
        ];
        if request.headers().contains_key("if-none-match") {
            response(304, own, "")
        } else {
            response(200, own, "page")
        }
    });
    let site = site.layer(CacheLayer::new().see("x-user"));
    for _ in 0..2 {
        assert_eq!(get(&site, "/", &[("x-user", "a")]).text(), "page");
        let other = get(&site, "/", &[("x-user", "b")]);
        assert!(other.is_hit());
        assert_eq!((other.header("x-name"), other.header("set-cookie")), (None, None));
        larder.advance(MINUTE);
    }
}

#[test]
fn who_waits_is_not_handed_a_page_that_has_to_be_asked_for_each_time() {
    for says in ["no-cache", "max-age=0", "no-cache, public", "s-maxage=0"] {
        let _larder = testing::isolated();
        let (site, runs) = counted(move |request| {
            let user = said(request, "x-user");
            response(200, &[("cache-control", says), ("etag", &format!("\"{user}\""))], user)
        });
        let site = site.layer(CacheLayer::new().see_everything());
        let visits = runs.together(&site, ["a", "b"].map(|user| request("GET", "/", &[("x-user", user)])));
        assert_eq!((visits[0].text(), visits[1].text()), ("a", "b"), "{says}");
        assert_eq!(runs.get(), 2, "{says}");
    }
}

#[test]
fn who_is_authorized_and_waits_is_not_handed_the_page_of_nobody() {
    let larder = testing::isolated();
    let (site, runs) = counted(|request| {
        let said = said(request, "authorization");
        let says = if said.is_empty() { "max-age=60" } else { "public, max-age=60" };
        response(200, &[("cache-control", says), ("etag", "\"1\"")], said)
    });
    let site = site.layer(CacheLayer::new());
    assert_eq!(get(&site, "/", &[("authorization", "a")]).text(), "a");
    larder.advance(2 * MINUTE);
    let visits = runs.together(&site, [request("GET", "/", &[]), request("GET", "/", &[("authorization", "b")])]);
    assert_eq!((visits[0].text(), visits[1].text()), ("", "b"));
}

#[test]
fn a_cache_in_a_cache_does_not_wait_for_itself_and_does_not_take_its_pages() {
    let _larder = testing::isolated();
    let (site, runs) = counted(|request| response(200, &[], said(request, "accept-language")));
    let site = site.layer(cache_page(60)).layer(CacheLayer::new().vary("Accept-Language"));
    assert_eq!(get(&site, "/", &[("accept-language", "de")]).text(), "");
    assert_eq!(get(&site, "/", &[("accept-language", "de")]).text(), "");
    assert_eq!(runs.get(), 1);
}

#[test]
fn an_address_that_a_layer_outside_has_rewritten_is_told_apart() {
    let _larder = testing::isolated();
    let (site, _) = counted(|request| response(200, &[], request.uri().path().to_owned()));
    // Sends each half of the visitors to another page.
    let by_cookie = async |mut request: Request<Body>, next: Next| {
        let half = said(&request, "cookie").replace("test=", "/");
        *request.uri_mut() = half.parse::<Uri>().expect("a path");
        next.run(request).await
    };
    let site = site.layer(cache_page(60)).around(by_cookie).kept_as_it_came();
    assert_eq!(get(&site, "/", &[("cookie", "test=a")]).text(), "/a");
    assert_eq!(get(&site, "/", &[("cookie", "test=b")]).text(), "/b");
    assert_eq!(get(&site, "/", &[("cookie", "test=a")]).text(), "/a");
}

#[test]
fn encoded_bytes_are_not_given_to_those_who_do_not_take_them() {
    let _larder = testing::isolated();
    let (site, runs) = counted(|request| match &*said(request, "accept-encoding") {
        "gzip" => response(200, &[("content-encoding", "gzip")], "zipped"),
        _ => response(200, &[], "plain"),
    });
    let site = site.layer(cache_page(60));
    assert_eq!(get(&site, "/", &[("accept-encoding", "gzip")]).text(), "zipped");
    assert_eq!(get(&site, "/", &[]).text(), "plain");
    assert!(get(&site, "/", &[]).is_hit() && get(&site, "/", &[("accept-encoding", "gzip")]).is_hit());
    assert_eq!((get(&site, "/", &[]).text(), runs.get()), ("plain", 2));
}

#[test]
fn two_lines_of_one_header_are_one_for_the_handler_as_they_are_for_the_cache() {
    let _larder = testing::isolated();
    let first = |request: &Request<Body>, name| {
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

#[test]
fn what_a_layer_outside_tells_of_who_asks_is_told_apart_where_it_is_named() {
    let _larder = testing::isolated();
    let (site, runs) = counted(|request| {
        response(200, &[], request.extensions().get().map_or(String::new(), |Who(name)| name.clone()))
    });
    let knows = async |mut request: Request<Body>, next: Next| {
        let name = said(&request, "cookie");
        request.extensions_mut().insert(Who(name));
        next.run(request).await
    };
    let site = site.layer(cache_page(60).vary_extension::<Who>()).around(knows);
    for user in ["a", "b", "", "a", "b", ""] {
        assert_eq!(get(&site, "/", &[("cookie", user)]).text(), user);
    }
    assert_eq!(runs.get(), 3);
}

#[test]
fn what_a_layer_nearer_to_the_handler_tells_apart_stays_apart_whatever_stands_between() {
    let _larder = testing::isolated();
    let (site, _) = counted(|request| response(200, &[], said(request, "cookie")));
    // It makes a response of its own, and takes only the body along.
    let anew = async |request: Request<Body>, next: Next| Response::new(next.run(request).await.into_body());
    let site = site.layer(cache_page(60).vary_cookie("user")).around(anew).layer(CacheLayer::new());
    for user in ["user=ann", "user=bob", "user=ann", ""] {
        assert_eq!(get(&site, "/", &[("cookie", user)]).text(), user);
    }
}
