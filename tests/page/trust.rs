//! What a stranger may send, and what comes of it for others.

use axum::Router;
use axum::body::Body;
use axum::routing::any;
use http::{Request, Uri};
use larder::Settings;
use larder::page::{CacheLayer, cache_page};
use larder::testing;

use super::site::{self, Site};
use super::stack::{Runs, ask, counted, get, said};
use crate::visit::{Visit, request, response};

/// A site that says all that it was told, in its head and in its body.
fn mirror(layer: CacheLayer) -> (Site, Runs) {
    let (site, runs) = counted(|request| {
        let mut told: Vec<_> = request.headers().iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
        told.push(request.uri().to_string());
        response(200, &[], told.join("\n"))
    });
    (site.layer(layer), runs)
}

/// Asks with an address that is written as a proxy or an attacker would.
fn raw(site: &Site, address: &str, hosts: &[&str]) -> Visit {
    let mut request = Request::builder().uri(address.parse::<Uri>().expect("an address"));
    for host in hosts {
        request = request.header("host", *host);
    }
    testing::block_on(ask(site, request.body(Body::empty()).expect("a request")))
}

#[test]
fn a_header_that_is_not_named_never_reaches_a_page() {
    let headers = [
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Forwarded-For",
        "X-Forwarded-Prefix",
        "X-Host",
        "X-Original-URL",
        "X-Rewrite-URL",
        "X-HTTP-Method-Override",
        "Forwarded",
        "Referer",
        "User-Agent",
        "Origin",
        "Accept",
        "TE",
        "Via",
        "X-Never-Heard-Of",
    ];
    for header in headers {
        let _larder = testing::isolated();
        let (site, runs) = mirror(cache_page(60));
        let poisoned = get(&site, "/", &[(header, "evil.example")]);
        assert!(!poisoned.text().contains("evil"), "{header}: {}", poisoned.text());
        let other = get(&site, "/", &[]);
        assert_eq!((other.is_hit(), other.text(), runs.get()), (true, poisoned.text(), 1), "{header}");
    }
}

#[test]
fn what_a_name_is_spelt_like_makes_no_difference_to_who_sees_it() {
    let _larder = testing::isolated();
    let (site, runs) = mirror(cache_page(60).vary("x-USER"));
    for name in ["x-user", "X-USER", "X-User"] {
        assert!(get(&site, "/", &[(name, "ann")]).text().contains("ann"));
    }
    assert_eq!(runs.get(), 1);
    for near in ["x_user", "x-user-", "xx-user"] {
        assert!(!get(&site, "/", &[(near, "evil")]).text().contains("evil"), "{near}");
    }
}

#[test]
fn values_of_any_bytes_are_told_apart_and_harm_nobody() {
    let _larder = testing::isolated();
    let (site, runs) = mirror(cache_page(60).vary("X-User").vary_cookie("c"));
    let values: [&[u8]; 6] = [b"\xff", b"\xfe", b"%FF", b"", b"a=b:c/", "\u{e4}".as_bytes()];
    for is_hit in [false, true] {
        for value in values {
            let mut request = request("GET", "/", &[]);
            request.headers_mut().insert("x-user", http::HeaderValue::from_bytes(value).expect("a value"));
            assert_eq!(testing::block_on(ask(&site, request)).is_hit(), is_hit, "{value:?}");
        }
    }
    assert_eq!(runs.get(), values.len());
}

#[test]
fn no_two_spellings_of_an_address_are_one_page() {
    let spellings = [
        "/a/b",
        "/a/./b",
        "/a/x/../b",
        "/a%2Fb",
        "/a%2fb",
        "/A/b",
        "/a//b",
        "//a/b",
        "/a/b/",
        "/a/b;",
        "/a/b;x=1",
        "/a/b?",
        "/a/b?x",
        "/a/b?x=",
        "/a/b?x=1&x=2",
        "/a/b?x=2&x=1",
        "/a/b?x=1;x=2",
        "/a/b?x=%31",
        "/a/b?X=1",
        "/a/b?x[]=1",
        "/a/b?x=1&",
        "/a/b?&x=1",
        "/a/b?x=a+b",
        "/a/b?x=a%20b",
        "/a/b%00",
        "/a/b%0d%0a",
        "/%61/b",
        "/a/b.css",
        "/a/b%3Fx",
        "/a/b%23",
        "/a/b?x=1%26y=2",
        "/a/b?x=1&y=2",
        "/a/b:80",
        "/a:b",
    ];
    let _larder = testing::isolated();
    let (site, runs) = mirror(cache_page(60));
    for is_hit in [false, true] {
        for address in spellings {
            let page = get(&site, address, &[]);
            assert_eq!((page.text().lines().last(), page.is_hit()), (Some(address), is_hit));
        }
    }
    assert_eq!(runs.get(), spellings.len());
}

#[test]
fn addresses_that_end_in_a_digest_are_told_apart_by_all_of_it() {
    let _larder = testing::isolated();
    let (site, runs) = mirror(cache_page(60));
    let long = "x".repeat(5_000);
    let addresses = ["a", "b"].map(|end| [format!("/{long}{end}"), format!("/{end}{long}"), format!("/?{long}&{end}")]);
    for is_hit in [false, true] {
        for address in addresses.iter().flatten() {
            let page = get(&site, address, &[]);
            assert_eq!((page.text().lines().last(), page.is_hit()), (Some(&**address), is_hit));
        }
    }
    assert_eq!(runs.get(), 6);
}

#[test]
fn a_request_that_names_two_hosts_makes_no_page_and_gets_none() {
    let _larder = testing::isolated();
    let (site, _) = mirror(cache_page(60));
    assert!(raw(&site, "/", &["a.example"]).text().contains("a.example"));
    let unclear: [(&str, &[&str]); 6] = [
        ("/", &["a.example", "evil.example"]),
        ("/", &["a.example", "a.example"]),
        ("http://evil.example/", &["a.example"]),
        ("http://a.example@evil.example/", &["a.example"]),
        ("http://evil@a.example/", &[]),
        ("a.example", &["a.example"]),
    ];
    for (address, hosts) in unclear {
        for _ in 0..2 {
            let answer = raw(&site, address, hosts);
            assert!(!answer.is_hit(), "{address} {hosts:?}");
            assert!(answer.header("cache-status").is_some_and(|status| !status.contains("stored")));
        }
    }
    let honest = raw(&site, "/", &["a.example"]);
    assert!(honest.is_hit() && !honest.text().contains("evil"));
}

#[test]
fn a_line_without_a_host_and_an_address_that_is_a_host_alone_share_no_page_with_others() {
    let _larder = testing::isolated();
    let (site, _) = mirror(cache_page(60));
    let usual: [(&str, &[&str]); 2] = [("/", &[]), ("http://a.example/", &[])];
    for is_hit in [false, true] {
        for (address, hosts) in usual {
            assert_eq!(raw(&site, address, hosts).is_hit(), is_hit, "{address} {hosts:?}");
        }
        for (address, hosts) in [("/", &[""][..]), ("a.example", &[]), ("a.example:80", &[])] {
            let answer = raw(&site, address, hosts);
            assert!(!answer.is_hit(), "{address} {hosts:?}");
            assert!(answer.header("cache-status").is_some_and(|status| !status.contains("stored")));
        }
    }
}

#[test]
fn only_parameters_that_are_named_are_seen_however_they_are_written() {
    let _larder = testing::isolated();
    let (site, runs) = mirror(cache_page(60).query(["page", "sort"]));
    let shows = [
        ("/?page=1", "/?page=1"),
        ("/?page=1&utm=evil", "/?page=1"),
        ("/?utm=evil&page=1", "/?page=1"),
        ("/?page=1&%70age=evil", "/?page=1"),
        ("/?page=1&Page=evil&PAGE=evil", "/?page=1"),
        ("/?page=1&page[]=evil&page%5B%5D=evil&page.x=evil", "/?page=1"),
        ("/?page=1&%20page=evil&page%20=evil&+page=evil", "/?page=1"),
        ("/?&&page=1&&", "/?page=1"),
        ("/?page=1&=evil&evil", "/?page=1"),
        ("/?page=1&page=2", "/?page=1&page=2"),
        ("/?page=2&page=1", "/?page=2&page=1"),
        ("/?page=1;page=2", "/?page=1;page=2"),
        ("/?page", "/?page"),
        ("/?page=", "/?page="),
        ("/?sort=a&page=1", "/?sort=a&page=1"),
        ("/?evil", "/"),
        ("/", "/"),
    ];
    let mut seen: Vec<&str> = Vec::new();
    for (address, shown) in shows {
        let page = get(&site, address, &[]);
        assert_eq!((page.text().lines().last(), page.is_hit()), (Some(shown), seen.contains(&shown)), "{address}");
        seen.push(shown);
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(runs.get(), seen.len());
}

#[test]
fn a_page_of_ones_own_under_the_name_of_a_file_is_not_handed_to_strangers() {
    let account = |request: &Request<Body>| match said(request, "cookie").strip_prefix("session=") {
        Some(user) => response(200, &[("content-type", "text/html")], format!("the account of {user}")),
        None => response(200, &[], "log in"),
    };
    for layer in
        [cache_page(60), CacheLayer::new(), cache_page(60).vary_cookie("session"), cache_page(60).query(["page"])]
    {
        let _larder = testing::isolated();
        let (site, _) = counted(account);
        let site = site.layer(layer);
        for address in ["/account/x.css", "/account;x.js", "/account%2fx.png", "/account/..%2fx.ico", "/account?x.css"]
        {
            get(&site, address, &[("cookie", "session=ann")]);
            assert_eq!(get(&site, address, &[]).text(), "log in", "{address}");
        }
    }
}

/// Measures what is left of memory after a flood.
fn kept_after(flood: impl FnOnce()) -> i64 {
    allocation_counter::measure(flood).bytes_current
}

const BOUND: u64 = 1 << 20;

#[test]
fn ten_thousand_queries_stay_within_the_bound_of_the_cache() {
    let larder = testing::isolated_with([("default", Settings::memory().max_bytes(BOUND))]).expect("settings");
    let (site, _) = counted(|_| response(200, &[], "x".repeat(2_000)));
    let site = site.layer(cache_page(60));
    let kept = kept_after(|| {
        for number in 0..10_000 {
            get(&site, &format!("/?{number}"), &[]);
        }
    });
    let stats = larder.cache("default").stats();
    assert!(stats.bytes <= BOUND && stats.entries > 100, "{stats:?}");
    assert!(kept < 3 * BOUND.cast_signed(), "{kept} bytes");
}

#[test]
fn thousands_of_variants_stay_within_their_number_and_the_bound_of_the_cache() {
    let larder = testing::isolated_with([("default", Settings::memory().max_bytes(BOUND))]).expect("settings");
    let (site, _) = counted(|_| response(200, &[("vary", "X-User")], "x".repeat(100)));
    let site = site.layer(cache_page(60).vary("X-User").variants(20));
    for number in 0..2_000 {
        get(&site, "/", &[("x-user", &number.to_string())]);
    }
    let stats = larder.cache("default").stats();
    assert!((20..=22).contains(&stats.entries), "{stats:?}");
    assert!(get(&site, "/", &[("x-user", "1999")]).is_hit() && !get(&site, "/", &[("x-user", "1")]).is_hit());
    let kept = kept_after(|| {
        for number in 0..10_000 {
            get(&site, &format!("/{}", number % 500), &[("x-user", &format!("{number}{}", "u".repeat(2_000)))]);
        }
    });
    assert!(larder.cache("default").stats().bytes <= BOUND);
    assert!(kept < 3 * BOUND.cast_signed(), "{kept} bytes");
}

#[test]
fn lists_of_vary_that_change_with_each_answer_fill_nothing() {
    let larder = testing::isolated_with([("default", Settings::memory().max_entries(1_000))]).expect("settings");
    let (site, _) = counted(|request| {
        let name = format!("x-{}", said(request, "x-user"));
        response(200, &[("vary", "X-User"), ("vary", &name)], "page")
    });
    let site = site.layer(CacheLayer::new().see("X-User").variants(10));
    for number in 0..1_000 {
        get(&site, "/", &[("x-user", &number.to_string())]);
    }
    let stats = larder.cache("default").stats();
    assert!(stats.entries <= 12, "{stats:?}");
}

#[test]
fn a_request_for_another_protocol_passes_with_all_that_it_says() {
    let _larder = testing::isolated();
    let (site, runs) = mirror(cache_page(60));
    let page = get(&site, "/", &[]);
    for _ in 0..2 {
        let headers =
            [("connection", "upgrade"), ("upgrade", "websocket"), ("sec-websocket-key", "x"), ("cookie", "a=1")];
        let answer = get(&site, "/", &headers);
        for (name, value) in headers {
            assert!(answer.text().contains(&format!("{name}: \"{value}\"")), "{}", answer.text());
        }
    }
    assert_eq!((get(&site, "/", &[]).text(), runs.get()), (page.text(), 3));
}

#[test]
fn a_get_with_a_body_changes_nothing_for_others() {
    let _larder = testing::isolated();
    let site = site::of(Router::new().fallback(any(async |body: String| format!("[{body}]"))));
    let site = site.layer(cache_page(60));
    let fat = || request("GET", "/?a=1", &[]).map(|_| Body::from("a=evil"));
    for _ in 0..2 {
        assert_eq!(testing::block_on(ask(&site, fat())).text(), "[a=evil]");
        assert_eq!(get(&site, "/?a=1", &[]).text(), "[]");
    }
}
