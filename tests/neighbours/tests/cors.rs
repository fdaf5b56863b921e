//! CORS, by `tower_http::cors`.

use http::HeaderValue;
use larder::page::cache_page;
use larder::testing;
use tower_http::cors::{Any, CorsLayer};

use crate::site::{get, send, site};

const ALLOWED: &str = "access-control-allow-origin";

fn of_two() -> CorsLayer {
    CorsLayer::new().allow_origin(["https://a.example", "https://b.example"].map(HeaderValue::from_static))
}

fn from(origin: &'static str) -> [(&'static str, &'static str); 1] {
    [("origin", origin)]
}

#[test]
fn before_the_cache_each_origin_gets_its_own_answer_of_one_page() {
    let _larder = testing::isolated();
    let (site, runs) = site(|| "page");
    let site = site.layer(cache_page(60)).layer(of_two());
    for _ in 0..2 {
        for origin in ["https://a.example", "https://b.example"] {
            assert_eq!(get(&site, &from(origin)).header(ALLOWED), Some(origin));
        }
        assert_eq!(get(&site, &from("https://evil.example")).header(ALLOWED), None);
    }
    assert_eq!(runs.get(), 1);
}

#[test]
fn behind_the_cache_it_does_not_see_who_asks_unless_the_origin_is_named() {
    let _larder = testing::isolated();
    let (hidden, runs) = site(|| "page");
    let hidden = hidden.layer(of_two()).layer(cache_page(60).key_prefix("hidden"));
    for origin in ["https://a.example", "https://b.example"] {
        assert_eq!(get(&hidden, &from(origin)).header(ALLOWED), None);
    }
    assert_eq!(runs.get(), 1);
    let (named, runs) = site(|| "page");
    let named = named.layer(of_two()).layer(cache_page(60).vary("Origin"));
    for _ in 0..2 {
        for origin in ["https://a.example", "https://b.example"] {
            assert_eq!(get(&named, &from(origin)).header(ALLOWED), Some(origin));
        }
    }
    assert_eq!(runs.get(), 2);
}

#[test]
fn what_is_for_every_origin_is_one_page_on_either_side() {
    let _larder = testing::isolated();
    for is_behind in [true, false] {
        let (site, runs) = site(|| "page");
        let cors = CorsLayer::new().allow_origin(Any);
        let cache = cache_page(60).key_prefix(if is_behind { "behind" } else { "before" });
        let site = if is_behind { site.layer(cors).layer(cache) } else { site.layer(cache).layer(cors) };
        for origin in ["https://a.example", "https://b.example"] {
            assert_eq!(get(&site, &from(origin)).header(ALLOWED), Some("*"));
        }
        assert_eq!(runs.get(), 1);
    }
}

#[test]
fn a_question_before_a_request_is_answered_on_either_side_and_never_kept() {
    let _larder = testing::isolated();
    for is_behind in [true, false] {
        let (site, runs) = site(|| "page");
        let cors = of_two().allow_methods([http::Method::PUT]);
        let site =
            if is_behind { site.layer(cors).layer(cache_page(60)) } else { site.layer(cache_page(60)).layer(cors) };
        for origin in ["https://a.example", "https://b.example", "https://a.example"] {
            let headers = [("origin", origin), ("access-control-request-method", "PUT")];
            let answer = send(&site, "OPTIONS", &headers);
            assert_eq!(answer.header(ALLOWED), Some(origin));
            assert_eq!(answer.header("access-control-allow-methods"), Some("PUT"));
        }
        assert_eq!(runs.get(), 0);
    }
}
