//! What page caches have been caught at, each in a sentence.

use std::cell::Cell;
use std::convert::Infallible;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::routing::any;
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderValue, Response};
use http_body::Frame;
use http_body_util::BodyExt;
use larder::page::{CacheLayer, Language, Statuses, cache_page};
use larder::testing;
use tokio::sync::mpsc;
use tower::{ServiceExt, service_fn};

use crate::app::{request, response};
use crate::stack::{ask, counted, get, said, send};

const SECOND: Duration = Duration::from_secs(1);

/// A body whose pieces come when a test sends them.
fn piecemeal() -> (mpsc::UnboundedSender<Result<&'static str, &'static str>>, Body) {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    (sender, Body::from_stream(stream::poll_fn(move |context| receiver.poll_recv(context))))
}

/// A router that answers with a body whose pieces come when a test sends them, and then with `again`.
fn streaming(layer: CacheLayer) -> (Router, mpsc::UnboundedSender<Result<&'static str, &'static str>>) {
    let (sender, body) = piecemeal();
    let body = Arc::new(Mutex::new(Some(body)));
    let (site, _) = counted(move |_| {
        let body = body.lock().expect("no panic").take();
        response(200, &[], body.unwrap_or_else(|| Body::from("again")))
    });
    (site.layer(layer), sender)
}

#[test]
fn a_head_that_comes_first_makes_no_empty_page() {
    let _larder = testing::isolated();
    let (site, runs) = counted(|_| response(200, &[], "page"));
    let site = site.layer(cache_page(60));
    let length = |method| {
        let answer = send(&site, method, "/", &[]);
        (answer.text().to_owned(), answer.header("content-length"))
    };
    assert_eq!(length("HEAD").0, "");
    assert_eq!(length("GET").0, "page");
    assert_eq!(length("HEAD"), (String::new(), Some("4".to_owned())), "out of the page that is kept");
    assert_eq!((length("GET").0.as_str(), runs.get()), ("page", 2));
}

#[test]
fn every_line_of_vary_counts_and_no_variant_redefines_another() {
    let _larder = testing::isolated();
    let (site, runs) = counted(|request| {
        let both = [said(request, "x-a"), said(request, "x-b")];
        let vary: &[_] = match &*both[0] {
            "only" => &[("vary", "X-A")],
            _ => &[("vary", "Accept , X-A"), ("vary", "x-B")],
        };
        response(200, vary, both.join("/"))
    });
    let site = site.layer(CacheLayer::new().see("X-A").see("X-B"));
    let visitors = [("1", "1"), ("1", "2"), ("only", "1"), ("2", "1"), ("2", "2"), ("only", "2")];
    for round in 0..2 {
        for (a, b) in visitors {
            let page = get(&site, "/", &[("x-a", a), ("x-b", b)]);
            let expected = if a == "only" { "only/1".to_owned() } else { format!("{a}/{b}") };
            assert_eq!((page.text(), page.is_hit()), (&*expected, round == 1 || b == "2" && a == "only"));
        }
    }
    assert_eq!(runs.get(), 5);
}

#[test]
fn a_page_that_varies_on_everything_is_not_kept_however_it_is_written() {
    for lines in [&["*"][..], &[" * "], &["Accept, *"], &["Accept", "*"], &["", ",*,"]] {
        let _larder = testing::isolated();
        let (site, runs) = counted(move |_| {
            let mut page = response(200, &[("cache-control", "public, max-age=60")], "page");
            for line in lines {
                page.headers_mut().append("vary", HeaderValue::from_static(line));
            }
            page
        });
        let site = site.layer(CacheLayer::rfc());
        (0..2).for_each(|_| drop(get(&site, "/", &[])));
        assert_eq!(runs.get(), 2, "{lines:?}");
    }
}

#[test]
fn parts_conditions_and_errors_are_no_pages() {
    for status in [206, 304, 412, 416, 500, 502, 503] {
        for layer in [CacheLayer::new(), cache_page(60), CacheLayer::rfc(), cache_page(60).statuses(Statuses::any())] {
            let _larder = testing::isolated();
            let says = if status < 500 { "public, max-age=60" } else { "x" };
            let (site, runs) = counted(move |_| response(status, &[("cache-control", says)], ""));
            let site = site.layer(layer);
            for _ in 0..2 {
                assert_eq!(get(&site, "/", &[]).status, status);
            }
            assert_eq!(runs.get(), 2, "{status}");
        }
    }
}

#[test]
fn a_part_that_one_client_asks_for_is_not_everybodys_page() {
    let _larder = testing::isolated();
    let (site, _) = counted(|request| match &*said(request, "range") {
        "" => response(200, &[], "whole"),
        _ => response(206, &[("content-range", "bytes 0-1/5")], "wh"),
    });
    let site = site.layer(cache_page(60));
    assert_eq!(get(&site, "/", &[("range", "bytes=0-1")]).text(), "wh");
    assert_eq!(get(&site, "/", &[]).text(), "whole");
    let part = get(&site, "/", &[("range", "bytes=1-2")]);
    assert_eq!((part.status.as_u16(), part.text()), (206, "ho"));
}

#[test]
fn a_body_that_breaks_off_is_not_kept() {
    let _larder = testing::isolated();
    let (site, pieces) = streaming(cache_page(60));
    pieces.send(Ok("half")).expect("somebody reads");
    pieces.send(Err("broken")).expect("somebody reads");
    let broken = testing::block_on(async {
        let answer = site.clone().oneshot(request("GET", "/", &[])).await.expect("no error can happen");
        answer.into_body().collect().await.is_err()
    });
    assert!(broken, "the client is told that it is not all");
    assert_eq!(get(&site, "/", &[]).text(), "again");
}

#[test]
fn a_client_that_leaves_cuts_nothing_off() {
    let larder = testing::isolated();
    let (site, pieces) = streaming(cache_page(60));
    pieces.send(Ok("first, ")).expect("somebody reads");
    testing::block_on(async {
        let answer = site.clone().oneshot(request("GET", "/", &[])).await.expect("no error can happen");
        assert!(answer.into_body().frame().await.is_some());
    });
    pieces.send(Ok("second")).expect("the page is made on");
    drop(pieces);
    larder.run_tasks();
    let page = get(&site, "/", &[]);
    assert_eq!((page.text(), page.is_hit()), ("first, second", true));
}

#[test]
fn a_page_over_the_limit_reaches_its_client_and_is_not_kept() {
    for length in [Some("10"), None] {
        let _larder = testing::isolated();
        let (site, runs) = counted(move |_| {
            let body = Body::from_stream(stream::iter(["12345", "67890"].map(Ok::<_, Infallible>)));
            let headers: Vec<_> = length.map(|length| ("content-length", length)).into_iter().collect();
            response(200, &headers, body)
        });
        let site = site.layer(cache_page(60).limit(9));
        for _ in 0..2 {
            assert_eq!(get(&site, "/", &[]).text(), "1234567890");
        }
        assert_eq!(runs.get(), 2);
    }
}

#[test]
fn the_first_piece_of_a_stream_is_not_held_back_until_the_last() {
    let _larder = testing::isolated();
    let (site, pieces) = streaming(cache_page(60));
    pieces.send(Ok("first, ")).expect("somebody reads");
    let (first, rest) = testing::block_on(async {
        let answer = site.clone().oneshot(request("GET", "/", &[])).await.expect("no error can happen");
        let mut body = answer.into_body();
        let first = body.frame().await.expect("a frame").expect("no error").into_data().expect("data");
        pieces.send(Ok("second")).expect("somebody reads");
        drop(pieces);
        (first, body.collect().await.expect("a whole body").to_bytes())
    });
    assert_eq!((&*first, &*rest), (&b"first, "[..], &b"second"[..]));
    assert_eq!(get(&site, "/", &[]).text(), "first, second");
}

/// A body that threads cannot look at together.
struct Lonely(PhantomData<Cell<u8>>);

impl http_body::Body for Lonely {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(None)
    }
}

#[test]
fn a_body_need_not_be_sync() {
    let _larder = testing::isolated();
    let lonely = service_fn(async |_: Request| Ok::<_, Infallible>(Response::new(Lonely(PhantomData))));
    let site = Router::new().fallback_service(tower::Layer::layer(&cache_page(60), lonely));
    get(&site, "/", &[]);
    assert!(get(&site, "/", &[]).is_hit());
}

#[test]
fn encoded_bytes_keep_their_coding_and_their_length() {
    let _larder = testing::isolated();
    let (site, _) = counted(|_| {
        response(200, &[("content-encoding", "gzip"), ("vary", "Accept-Encoding"), ("content-length", "6")], "zipped")
    });
    let site = site.layer(cache_page(60));
    for is_hit in [false, true] {
        let page = get(&site, "/", &[("accept-encoding", "gzip")]);
        assert_eq!((page.is_hit(), page.text()), (is_hit, "zipped"));
        assert_eq!(page.header("content-encoding").as_deref(), Some("gzip"));
        assert_eq!(page.header("content-length").as_deref(), Some("6"));
    }
    assert!(!get(&site, "/", &[("accept-encoding", "br")]).is_hit());
}

#[test]
fn an_address_is_not_taken_for_one_that_it_begins_with_and_its_query_is_left_as_it_is() {
    let _larder = testing::isolated();
    let (site, runs) = counted(|request| response(200, &[], request.uri().to_string()));
    let site = site.layer(cache_page(60));
    let addresses = [
        "/users/1",
        "/users/10",
        "/users/1/",
        "/users/1?",
        "/users/1?a=1&b=2",
        "/users/1?b=2&a=1",
        "/users/1?a=%31&b=2",
    ];
    for round in 0..2 {
        for address in addresses {
            let page = get(&site, address, &[]);
            assert_eq!((page.text(), page.is_hit()), (address, round == 1));
        }
    }
    assert_eq!(runs.get(), addresses.len());
}

#[test]
fn every_write_arrives_and_a_stranger_method_too() {
    let _larder = testing::isolated();
    let (site, runs) =
        counted(|request| response(200, &[("cache-control", "max-age=60")], request.method().to_string()));
    let site = site.layer(cache_page(60));
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PURGE", "get"] {
        for _ in 0..2 {
            get(&site, "/", &[]);
            let before = runs.get();
            assert_eq!((send(&site, method, "/", &[]).text(), runs.get()), (method, before + 1));
        }
    }
}

#[test]
fn two_mounts_of_one_router_have_pages_of_their_own() {
    let _larder = testing::isolated();
    let mount = |name: &'static str| Router::new().route("/page", any(async move || name)).layer(cache_page(60));
    let site = Router::new().nest("/a", mount("a")).nest("/b", Router::new().nest("/a", mount("b/a")));
    for is_hit in [false, true] {
        for (path, text) in [("/a/page", "a"), ("/b/a/page", "b/a")] {
            let page = get(&site, path, &[]);
            assert_eq!((page.text(), page.is_hit()), (text, is_hit));
        }
    }
}

#[test]
fn two_hosts_are_two_sites() {
    let _larder = testing::isolated();
    let (site, runs) = counted(|request| response(200, &[], said(request, "host")));
    let site = site.layer(cache_page(60));
    for _ in 0..2 {
        for host in ["a.example", "b.example", "a.example:81"] {
            assert_eq!(get(&site, "/", &[("host", host)]).text(), host);
        }
    }
    assert_eq!(runs.get(), 3);
}

#[test]
fn several_lines_of_one_header_are_kept_line_by_line() {
    let _larder = testing::isolated();
    let lines = [
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2; Expires=Fri, 01 Jan 2100 00:00:00 GMT"),
        ("link", "<x>"),
        ("link", "<y>"),
    ];
    let (site, _) = counted(move |_| response(200, &lines, ""));
    let site = site.layer(cache_page(60).keep_cookies());
    for is_hit in [false, true] {
        let page = get(&site, "/", &[]);
        assert_eq!(page.is_hit(), is_hit);
        assert_eq!(page.header("link").as_deref(), Some("<x> | <y>"));
        assert_eq!(page.header("set-cookie").as_deref(), Some("a=1 | b=2; Expires=Fri, 01 Jan 2100 00:00:00 GMT"));
    }
}

#[test]
fn directives_are_read_in_any_case_and_over_all_lines() {
    for lines in [&["Private"][..], &["max-age=60", "PRIVATE"], &["max-age=60,No-Store"], &["private=\"\""]] {
        let _larder = testing::isolated();
        let (site, runs) = counted(move |_| {
            let lines: Vec<_> = lines.iter().map(|line| ("CACHE-CONTROL", *line)).collect();
            response(200, &lines, "")
        });
        let site = site.layer(cache_page(60));
        (0..2).for_each(|_| drop(get(&site, "/", &[])));
        assert_eq!(runs.get(), 2, "{lines:?}");
    }
}

#[test]
fn the_date_of_a_page_stays_and_its_age_is_right_whatever_expires_says() {
    let larder = testing::isolated();
    let says = [("cache-control", "max-age=100"), ("expires", "Thu, 01 Jan 1970 00:00:10 GMT"), ("age", "3")];
    let (site, runs) = counted(move |_| response(200, &says, ""));
    let site = site.layer(CacheLayer::new());
    let first = get(&site, "/", &[]);
    larder.advance(20 * SECOND);
    let second = get(&site, "/", &[]);
    assert_eq!(runs.get(), 1, "max-age counts, and not Expires");
    assert_eq!(second.header("date"), first.header("date"));
    assert_eq!(second.header("age").as_deref(), Some("23"));
    larder.advance(77 * SECOND);
    assert!(!get(&site, "/", &[]).is_hit());
}

#[test]
fn a_request_with_a_body_is_left_to_the_handler_with_all_of_it() {
    let _larder = testing::isolated();
    let site = Router::new().fallback(any(async |body: String| body)).layer(cache_page(60));
    assert_eq!(get(&site, "/", &[]).text(), "");
    let fat = request("GET", "/", &[]).map(|_| Body::from("GET /smuggled HTTP/1.1"));
    let answer = testing::block_on(ask(&site, fat));
    assert_eq!(answer.text(), "GET /smuggled HTTP/1.1");
    assert!(!answer.is_hit() && get(&site, "/", &[]).text().is_empty());
}

#[test]
fn a_page_is_kept_for_the_language_that_was_asked_for_even_if_a_layer_changes_its_mind() {
    let _larder = testing::isolated();
    let language = |request: &Request| request.extensions().get().map(|Language(name)| name.clone());
    let (site, _) = counted(move |request| response(200, &[], language(request).unwrap_or_default()));
    let german = from_fn(async |mut request: Request, next: Next| {
        request.extensions_mut().insert(Language("de".to_owned()));
        next.run(request).await
    });
    let by_header = from_fn(async |mut request: Request, next: Next| {
        let asked = said(&request, "x-language");
        request.extensions_mut().insert(Language(asked));
        next.run(request).await
    });
    let site = site.layer(german).layer(cache_page(60)).layer(by_header);
    for (asked, is_hit) in [("fr", false), ("en", false), ("fr", true), ("de", false)] {
        assert_eq!(get(&site, "/", &[("x-language", asked)]).is_hit(), is_hit, "{asked}");
    }
}

#[test]
fn no_header_of_a_client_empties_anything() {
    let _larder = testing::isolated();
    let (site, runs) = counted(|_| response(200, &[("surrogate-key", "all")], "page"));
    let site = site.layer(cache_page(60));
    get(&site, "/", &[]);
    let headers = [
        ("cache-control", "no-cache, max-age=0, no-store"),
        ("pragma", "no-cache"),
        ("x-purge", "1"),
        ("surrogate-key", "all"),
        ("x-http-method-override", "DELETE"),
        ("clear-site-data", "\"cache\""),
    ];
    for header in headers {
        assert!(get(&site, "/", &[header]).is_hit(), "{header:?}");
    }
    assert_eq!(runs.get(), 1);
}

#[test]
fn a_write_that_is_refused_empties_nothing() {
    let _larder = testing::isolated();
    let (site, _) = counted(|request| response(if request.method() == "GET" { 200 } else { 405 }, &[], "page"));
    let site = site.layer(cache_page(60));
    get(&site, "/", &[]);
    for method in ["PURGE", "DELETE", "POST"] {
        assert_eq!(send(&site, method, "/", &[]).status, 405);
        assert!(get(&site, "/", &[]).is_hit(), "{method}");
    }
}

#[test]
fn an_answer_without_a_body_is_kept_as_such_and_no_longer_than_it_says() {
    let larder = testing::isolated();
    let (site, runs) = counted(|request| match request.uri().query() {
        Some(_) => response(204, &[("cache-control", "max-age=1")], ""),
        None => response(200, &[], "page"),
    });
    let site = site.layer(cache_page(60));
    for is_hit in [false, true] {
        let empty = get(&site, "/?empty", &[]);
        assert_eq!((empty.status.as_u16(), empty.text(), empty.is_hit()), (204, "", is_hit));
    }
    assert_eq!(get(&site, "/", &[]).text(), "page");
    larder.advance(SECOND);
    assert!(!get(&site, "/?empty", &[]).is_hit() && get(&site, "/", &[]).is_hit());
    assert_eq!(runs.get(), 3);
}

#[test]
fn one_cookie_that_is_named_makes_no_page_for_every_visitor() {
    let _larder = testing::isolated();
    let (site, runs) = counted(|request| response(200, &[("vary", "Cookie")], said(request, "cookie")));
    let site = site.layer(cache_page(60).vary_cookie("theme"));
    for visitor in 0..100 {
        let cookie = format!("_ga={visitor}; theme=dark; _gid=x{visitor}");
        assert_eq!(get(&site, "/", &[("cookie", &cookie)]).text(), "theme=dark");
    }
    assert_eq!(runs.get(), 1);
}
