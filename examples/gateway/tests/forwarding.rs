//! What passes through the gateway, seen from both of its ends on real sockets.

mod wire;

use std::process::Command;
use std::time::Duration;

use wire::{Gateway, Origin};

const PAGE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

#[tokio::test]
async fn headers_and_bodies_pass_line_by_line_both_ways() {
    let origin = Origin::bind().await;
    let gateway = Gateway::before(&origin).await;
    let mut client = gateway.connect().await;
    client
        .send(b"POST /a/%7Eb/../c?x=1&x=%20&&y HTTP/1.1\r\nHost: shop.example:81\r\nCookie: a=1\r\nCookie: b=\xff\"\r\nX-Empty:\r\nContent-Length: 5\r\n\r\nhello")
        .await;
    let mut asked = origin.accept().await;
    let request = asked.hear(5).await;
    assert_eq!(request.start, "POST /a/%7Eb/../c?x=1&x=%20&&y HTTP/1.1");
    assert_eq!(request.lines("host"), [b"shop.example:81"]);
    assert_eq!(request.lines("cookie"), [&b"a=1"[..], b"b=\xff\""]);
    assert_eq!(request.lines("x-empty"), [b""]);
    assert_eq!(request.lines("via"), [b"1.1 larder"]);
    assert_eq!(request.body, b"hello");

    asked
        .send(b"HTTP/1.1 299 Odd Enough\r\nSet-Cookie: a=1\r\nVia: 1.0 other\r\nSet-Cookie: b=\xe9\r\nContent-Length: 4\r\n\r\n\x00\x01\x02\x03")
        .await;
    let response = client.hear(4).await;
    assert_eq!(response.start, "HTTP/1.1 299 Odd Enough");
    assert_eq!(response.lines("set-cookie"), [&b"a=1"[..], b"b=\xe9"]);
    assert_eq!(response.lines("via"), [&b"1.0 other"[..], b"1.1 larder"]);
    assert_eq!(response.body, [0, 1, 2, 3]);
}

#[tokio::test]
async fn what_belongs_to_one_connection_stays_there() {
    let origin = Origin::bind().await;
    let gateway = Gateway::before(&origin).await;
    let mut client = gateway.connect().await;
    let hops = "Connection: keep-alive, X-Private\r\nX-Private: 1\r\nKeep-Alive: timeout=9\r\nTE: trailers\r\nUpgrade: h2c\r\n\
                Proxy-Connection: close\r\nX-Public: 2\r\n";
    client.send(format!("GET / HTTP/1.1\r\nHost: a\r\n{hops}\r\n").as_bytes()).await;
    let mut asked = origin.accept().await;
    let request = asked.hear(0).await;
    asked.send(format!("HTTP/1.1 200 OK\r\n{hops}Content-Length: 0\r\n\r\n").as_bytes()).await;
    let response = client.hear(0).await;
    for heard in [request, response] {
        for name in ["connection", "x-private", "keep-alive", "te", "upgrade", "proxy-connection"] {
            assert_eq!(heard.lines(name), [] as [&[u8]; 0], "{name} in {}", heard.start);
        }
        assert_eq!(heard.lines("x-public"), [b"2"]);
    }
}

#[tokio::test]
async fn a_method_that_nobody_knows_is_forwarded() {
    let origin = Origin::bind().await;
    let gateway = Gateway::before(&origin).await;
    for start in ["BREW /pot HTTP/1.1", "OPTIONS * HTTP/1.1", "TRACE / HTTP/1.1"] {
        let mut client = gateway.connect().await;
        client.send(format!("{start}\r\nHost: a\r\nConnection: close\r\n\r\n").as_bytes()).await;
        let mut asked = origin.accept().await;
        assert_eq!(asked.hear(0).await.start, start);
        asked.send(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").await;
        assert_eq!(client.hear(0).await.start, "HTTP/1.1 204 No Content");
    }
}

#[tokio::test]
async fn a_request_for_a_whole_address_asks_for_its_host() {
    let origin = Origin::bind().await;
    let gateway = Gateway::before(&origin).await;
    let mut client = gateway.connect().await;
    client.send(b"GET http://there.example/page?q HTTP/1.1\r\nHost: here.example\r\n\r\n").await;
    let request = origin.accept().await.hear(0).await;
    assert_eq!(request.start, "GET /page?q HTTP/1.1");
    assert_eq!(request.lines("host"), [b"there.example"]);
}

#[tokio::test]
async fn a_request_that_says_no_one_host_is_refused() {
    let origin = Origin::bind().await;
    let gateway = Gateway::before(&origin).await;
    for lines in ["", "Host: a\r\nHost: a\r\n", "Host:\r\n", "Host: a/b\r\n", "Host: me@a\r\n"] {
        let mut client = gateway.connect().await;
        client.send(format!("GET / HTTP/1.1\r\n{lines}\r\n").as_bytes()).await;
        assert_eq!(client.hear(0).await.start, "HTTP/1.1 400 Bad Request", "{lines:?}");
    }
    let mut client = gateway.connect().await;
    client.send(b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n").await;
    assert_eq!(client.hear(0).await.start, "HTTP/1.1 501 Not Implemented");
}

#[tokio::test]
async fn nothing_is_asked_twice_when_a_kept_connection_breaks() {
    let origin = Origin::bind().await;
    let gateway = Gateway::before(&origin).await;
    let mut client = gateway.connect().await;
    client.send(b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let mut asked = origin.accept().await;
    asked.hear(0).await;
    asked.send(PAGE.as_bytes()).await;
    client.hear(2).await;
    assert!(!origin.has_been_called().await);

    client.send(b"GET /2 HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(asked.hear(0).await.start, "GET /2 HTTP/1.1", "the connection is used again");
    drop(asked);
    assert_eq!(client.hear(0).await.start, "HTTP/1.1 502 Bad Gateway");
    assert!(!origin.has_been_called().await, "what came to nothing was not tried again");
}

#[tokio::test]
async fn what_may_change_something_has_a_connection_of_its_own() {
    let origin = Origin::bind().await;
    let gateway = Gateway::before(&origin).await;
    let mut client = gateway.connect().await;
    for start in ["GET /", "POST /", "BREW /"] {
        client.send(format!("{start} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").as_bytes()).await;
        let mut asked = origin.accept().await;
        assert!(asked.hear(0).await.start.starts_with(start));
        asked.send(PAGE.as_bytes()).await;
        assert_eq!(client.hear(2).await.body, b"hi");
        origin.keep(asked);
    }
}

#[tokio::test]
async fn an_origin_that_cannot_be_reached_or_breaks_off_is_a_bad_gateway() {
    let origin = Origin::bind().await;
    let gateway = Gateway::before(&origin).await;
    for begun in ["", "HTTP/1.1 200 OK\r\nContent-Le", "not HTTP\r\n\r\n"] {
        let mut client = gateway.connect().await;
        client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        let mut asked = origin.accept().await;
        asked.hear(0).await;
        asked.send(begun.as_bytes()).await;
        drop(asked);
        let response = client.hear(0).await;
        assert_eq!(response.start, "HTTP/1.1 502 Bad Gateway", "after {begun:?}");
        assert_eq!(response.lines("cache-control"), [b"no-store"]);
    }
    drop(origin);
    let mut client = gateway.connect().await;
    client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(client.hear(0).await.start, "HTTP/1.1 502 Bad Gateway", "when nobody listens");
}

#[tokio::test]
async fn an_origin_that_does_not_begin_to_answer_in_time_is_a_timeout() {
    let origin = Origin::bind().await;
    let gateway = Gateway::patient_for(Duration::ZERO, &origin).await;
    let mut client = gateway.connect().await;
    client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(client.hear(0).await.start, "HTTP/1.1 504 Gateway Timeout");
}

#[tokio::test]
async fn a_body_that_breaks_half_way_breaks_for_the_client_too() {
    let origin = Origin::bind().await;
    let gateway = Gateway::before(&origin).await;
    for (head, half) in [("Content-Length: 9", "1234"), ("Transfer-Encoding: chunked", "4\r\n1234\r\n")] {
        let mut client = gateway.connect().await;
        client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        let mut asked = origin.accept().await;
        asked.hear(0).await;
        asked.send(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{half}").as_bytes()).await;
        // The first half is there before it is known that the second one does not come.
        let response = client.hear(half.len()).await;
        assert_eq!(response.body, half.as_bytes());
        drop(asked);
        assert_eq!(client.rest().await, b"", "the end of the connection, and nothing that ends the body");
    }
}

#[tokio::test]
async fn a_body_without_a_length_passes_in_chunks_even_with_get() {
    let origin = Origin::bind().await;
    let gateway = Gateway::before(&origin).await;
    for method in ["GET", "PUT"] {
        let mut client = gateway.connect().await;
        client
            .send(
                format!("{method} / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
                    .as_bytes(),
            )
            .await;
        let mut asked = origin.accept().await;
        let request = asked.hear("3\r\nabc\r\n0\r\n\r\n".len()).await;
        assert_eq!(request.lines("transfer-encoding"), [b"chunked"], "{method}");
        assert_eq!(request.body, b"3\r\nabc\r\n0\r\n\r\n", "{method}");
    }
}

#[tokio::test]
async fn the_length_of_what_head_asks_for_is_kept() {
    let origin = Origin::bind().await;
    let gateway = Gateway::before(&origin).await;
    let mut client = gateway.connect().await;
    client.send(b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let mut asked = origin.accept().await;
    asked.hear(0).await;
    asked.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n").await;
    assert_eq!(client.hear(0).await.lines("content-length"), [b"1234"]);
}

#[tokio::test]
async fn whoever_is_being_answered_when_it_stops_is_answered_to_the_end() {
    let origin = Origin::bind().await;
    let gateway = Gateway::before(&origin).await;
    let mut client = gateway.connect().await;
    client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let mut asked = origin.accept().await;
    asked.hear(0).await;
    let stopped = gateway.stop().await;
    assert!(!stopped.is_finished(), "somebody is being answered");
    asked.send(PAGE.as_bytes()).await;
    assert_eq!(client.hear(2).await.body, b"hi");
    stopped.await.expect("no panic");
    assert_eq!(client.rest().await, b"", "and the connection is closed");
}

#[test]
fn a_setting_that_cannot_be_used_is_one_line_and_exit_code_two() {
    let output = Command::new(env!("CARGO_BIN_EXE_gateway"))
        .env("ORIGIN", "ftp://127.0.0.1")
        .env("LISTEN", "127.0.0.1:0")
        .output()
        .expect("a program that ends");
    let said = "ORIGIN=ftp://127.0.0.1 cannot be used: write scheme, host and port alone, such as ORIGIN=http://127.0.0.1:9000\n";
    assert_eq!(String::from_utf8_lossy(&output.stderr), said);
    assert_eq!(output.status.code(), Some(2));
}
