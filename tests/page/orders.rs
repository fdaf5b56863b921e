//! Attributes that say something in headers, above `#[cache_page]` and below it: it makes no difference.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use http::{HeaderMap, StatusCode};
use larder::{cache_control, cache_page, etag, last_modified, testing, vary_on_cookie, vary_on_headers};
use larder::{cache_page as paged, vary_on_headers as varying};

use crate::app::Count;
use crate::stack::get as visit;

/// Writes each handler twice: with its attributes in this order, and in the other one.
macro_rules! both_ways {
    ($($name:ident: [$page:meta] [$head:meta] |$count:ident, $headers:ident| $body:expr;)+) => {$(
        fn $name() -> [Router; 2] {
            mod above {
                use super::*;
                #[$page]
                #[$head]
                pub async fn page(State($count): State<Count>, $headers: HeaderMap) -> String {
                    $body
                }
            }
            mod below {
                use super::*;
                #[$head]
                #[$page]
                pub async fn page(State($count): State<Count>, $headers: HeaderMap) -> String {
                    $body
                }
            }
            let [one, other] = [Router::new().route("/", get(above::page)), Router::new().route("/", get(below::page))];
            [one.with_state(Count::default()), other.with_state(Count::default())]
        }
    )+};
}

fn said(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).map_or("nothing".to_owned(), |value| value.to_str().expect("a text").to_owned())
}

both_ways! {
    by_language: [cache_page(60)] [vary_on_headers("Accept-Language")]
        |count, headers| format!("{} {} {}", count.one_more(), said(&headers, "accept-language"), said(&headers, "cookie"));
    by_cookie: [cache_page(60)] [vary_on_cookie]
        |count, headers| format!("{} {}", count.one_more(), said(&headers, "cookie"));
    for_a_while: [cache_page(60)] [cache_control(max_age = 30)]
        |count, _headers| count.one_more().to_string();
    by_tag: [cache_page(60)] [etag("v1")]
        |count, _headers| count.one_more().to_string();
    by_time: [cache_page(60)] [last_modified(784_111_777_u64)]
        |count, _headers| count.one_more().to_string();
    by_another_name: [paged(60)] [varying("Accept-Language")]
        |count, headers| format!("{} {}", count.one_more(), said(&headers, "accept-language"));
}

#[test]
fn pages_are_told_apart_by_what_they_are_said_to_vary_on() {
    for app in by_language() {
        let _larder = testing::isolated();
        let ask =
            |language, cookie| visit(&app, "/", &[("accept-language", language), ("cookie", cookie)]).text().to_owned();
        assert_eq!([ask("de", "a"), ask("en", "a")], ["1 de nothing", "2 en nothing"]);
        assert_eq!([ask("de", "b"), ask("en", "b")], ["1 de nothing", "2 en nothing"]);
    }
    for app in by_cookie() {
        let _larder = testing::isolated();
        let ask = |cookie| visit(&app, "/", &[("cookie", cookie)]).text().to_owned();
        assert_eq!([ask("ann"), ask("bob"), ask("ann")], ["1 ann", "2 bob", "1 ann"]);
    }
}

#[test]
fn a_page_is_kept_no_longer_than_it_says() {
    for app in for_a_while() {
        let larder = testing::isolated();
        let ask = || visit(&app, "/", &[]);
        assert_eq!(ask().header("cache-control").as_deref(), Some("max-age=30"));
        larder.advance(Duration::from_secs(29));
        assert_eq!(ask().text(), "1");
        larder.advance(Duration::from_secs(1));
        assert_eq!(ask().text(), "2");
    }
}

#[test]
fn who_has_a_page_is_told_so_and_one_whose_time_is_over_is_asked_for_without_its_body() {
    for (apps, name, value) in
        [(by_tag(), "if-none-match", "\"v1\""), (by_time(), "if-modified-since", "Sun, 06 Nov 1994 08:49:37 GMT")]
    {
        for app in apps {
            let larder = testing::isolated();
            let ask = |headers: &[(&str, &str)]| visit(&app, "/", headers);
            assert_eq!(ask(&[]).text(), "1");
            assert_eq!(ask(&[(name, value)]).status, StatusCode::NOT_MODIFIED);
            larder.advance(Duration::from_secs(60));
            let renewed = ask(&[]);
            assert_eq!((renewed.status, renewed.text()), (StatusCode::OK, "1"));
            assert_eq!(renewed.header("cache-status").as_deref(), Some("larder; fwd=stale; fwd-status=304; stored"));
            assert!(ask(&[]).is_hit());
        }
    }
}

/// Nobody sees by an alias what an attribute is. Then the page says what it varies on, and the handler is not shown it.
#[test]
fn an_alias_gives_nobody_anothers_page() {
    for app in by_another_name() {
        let _larder = testing::isolated();
        let ask = |language| visit(&app, "/", &[("accept-language", language)]).text().to_owned();
        for language in ["de", "en", "de"] {
            assert!(ask(language).ends_with(" nothing"), "a page in {language}");
        }
    }
}
