//! The same on real sockets, where a server in front has its say too: what it refuses, and what it hands on.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::Response;
use larder::page::{CacheLayer, cache_page};

use super::app::response;
use super::serving::Server;
use super::stack::said;

/// Keeps pages in the program's own cache.
fn kept(layer: CacheLayer) -> CacheLayer {
    layer.in_cache(&larder::cache("default").expect("the usual cache"))
}

/// Writes a request of a client that closes its connection then.
fn ask(line: &str, headers: &str) -> String {
    format!("{line} HTTP/1.1\r\nhost: a\r\n{headers}connection: close\r\n\r\n")
}

/// Returns the number behind the version in an answer; none where there is no answer.
fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).map_or(0, |code| code.parse().expect("a status"))
}

/// Answers with an error whatever says something that is not in every request.
async fn picky(run: usize, request: http::Request<axum::body::Body>) -> Response<axum::body::Body> {
    let usual = ["host", "connection", "accept-encoding"];
    let strange = request.headers().keys().any(|name| !usual.contains(&name.as_str()));
    let is_long = request.headers().values().any(|value| value.len() > 1_000);
    match (strange || is_long, request.uri().path()) {
        (false, _) => response(200, &[], format!("page {run}")),
        (true, "/missing") => response(404, &[], "no such page"),
        (true, "/method") => response(405, &[], "no such method"),
        (true, "/long") => response(414, &[], "too long"),
        (true, "/moved") => response(301, &[("location", "https://evil.example/")], ""),
        (true, _) => response(400, &[], "what is this?"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_error_that_one_client_provokes_is_anothers_page() {
    let server = Server::start(kept(cache_page(60)), "provoked", picky).await;
    let oversized = format!("x-oversized: {}\r\n", "x".repeat(5_000));
    // More than what servers take at most.
    let countless = "x-countless: x\r\n".repeat(500);
    let encodings =
        ["gzip2,", "gzip,", "gzip;   q=0.5,  "].map(|one| format!("accept-encoding: {}\r\n", one.repeat(500)));
    let provoking = [
        oversized.as_str(),
        &countless,
        &encodings[0],
        &encodings[1],
        &encodings[2],
        "x-meta: \x07\r\n",
        "x-meta: a\0b\r\n",
        "x-meta: a\rb\r\n",
        "x-meta : a\r\n",
        "x meta: a\r\n",
        "x-meta: a\r\n folded\r\n",
        "x-http-method-override: DELETE\r\n",
        "x-http-method: PUT\r\n",
        "x-method-override: POST\r\n",
        "x-original-url: /nothing\r\n",
        "x-rewrite-url: /nothing\r\n",
        "x-forwarded-scheme: http\r\n",
        "expect: 200-maybe\r\n",
        "authorization: \x7f\r\n",
        "range: bytes=evil\r\n",
        "content-length: five\r\n",
        "transfer-encoding: xchunked\r\n",
        "content-type: text/evil\r\n",
        "accept: evil/evil\r\n",
        "if-match: \"evil\"\r\n",
        "if-modified-since: evil\r\n",
        "max-forwards: 0\r\n",
        "sec-fetch-site: evil\r\n",
    ];
    for path in ["/missing", "/method", "/long", "/moved", "/other"] {
        for (number, evil) in provoking.iter().enumerate() {
            // A page of its own, which nobody has asked for before.
            let line = format!("GET {path}?{number}");
            let provoked = server.say(&ask(&line, evil)).await;
            let honest = server.say(&ask(&line, "")).await;
            assert_eq!(status(&honest), 200, "{evil:?} brings {provoked}, and then {honest}");
            assert!(honest.contains("page "), "{honest}");
            let again = server.say(&ask(&line, "")).await;
            assert!(again.contains("larder; hit"), "the honest page is kept: {again}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_method_but_get_and_head_reads_or_makes_a_page() {
    let server = Server::start(kept(cache_page(60)), "methods", |run, request| async move {
        response(200, &[], format!("{} {run}", request.method()))
    })
    .await;
    for (number, method) in
        ["GETX", "get", "Get", "TRACE", "PURGE", "BAN", "PROPFIND", "OPTIONS", "QUERY", "PATCH"].iter().enumerate()
    {
        let other = server.say(&ask(&format!("{method} /{number}"), "")).await;
        assert!(!other.contains("larder; hit") && !other.contains("stored"), "{method}: {other}");
        let page = server.say(&ask(&format!("GET /{number}"), "")).await;
        assert!(page.contains("\r\nGET "), "{method}: {page}");
    }
}

/// What caches and servers disagree about, as it is written behind the path of a page of one's own.
const DELIMITERS: [&str; 30] = [
    "/x.css",
    "/%2e%2e/x.css",
    "%2fx.css",
    "%2Fx.js",
    ";x.css",
    ";/x.js",
    "%3bx.png",
    "%3Bx.ico",
    "%00x.css",
    "%00.js",
    "%0ax.css",
    "%0d%0ax.css",
    "%09x.css",
    "%20x.css",
    "%23x.css",
    "%3fx.css",
    "?x.css",
    "?/x.css",
    ".css",
    ".js",
    "~x.css",
    "!x.css",
    "$x.css",
    ",x.css",
    ":x.css",
    "@x.css",
    "\\x.css",
    "%5cx.css",
    "/..%2fstatic/x.css",
    "/../static/x.css",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_ones_own_under_whatever_name_is_not_handed_to_strangers_on_a_socket() {
    let session = ["cookie: session=ann\r\n", "authorization: Bearer ann\r\n"];
    for (number, layer) in [
        cache_page(60),
        CacheLayer::new(),
        cache_page(60).query(["page"]),
        cache_page(60).vary_cookie("session"),
        cache_page(60).see("Cookie").see("Authorization"),
    ]
    .into_iter()
    .enumerate()
    {
        let says_so = number == 4;
        let server = Server::start(kept(layer), &format!("deceived {number}"), move |_, request| async move {
            let who = [said(&request, "cookie"), said(&request, "authorization")].concat();
            let varies = if says_so { "cookie, authorization" } else { "accept" };
            let headers = [("content-type", "text/css"), ("vary", varies)];
            response(200, &headers, if who.contains("ann") { "the account of ann" } else { "log in" })
        })
        .await;
        for name in DELIMITERS {
            for prefix in ["/account", "/static/..%2faccount", "/static/%2e%2e/account", "/assets/../account"] {
                let line = format!("GET {prefix}{name}");
                for header in session {
                    server.say(&ask(&line, header)).await;
                    let stranger = server.say(&ask(&line, "")).await;
                    assert!(!stranger.contains("ann"), "{line} {number}: {stranger}");
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_text_of_an_address_ends_a_line_of_an_answer() {
    let server = Server::start(kept(cache_page(60)), "split", |_, request| async move {
        let path = request.uri().to_string();
        response(200, &[("x-path", &path), ("etag", "\"1\"")], "page")
    })
    .await;
    for path in ["/%0d%0aset-cookie:%20a=1", "/?a=%0D%0Aset-cookie:a=1", "/%E5%98%8A%E5%98%8Dset-cookie:a=1", "/%00%0a"]
    {
        for headers in ["", "if-none-match: \"1\"\r\n", "range: bytes=0-1\r\n"] {
            let answer = server.say(&ask(&format!("GET {path}"), headers)).await;
            let head = answer.split("\r\n\r\n").next().unwrap_or_default();
            assert!(!head.lines().any(|line| line.to_lowercase().starts_with("set-cookie")), "{answer}");
        }
    }
    for raw in ["GET /\rset-cookie:a=1", "GET /\0", "GET / HTTP/1.1\r\nx: a\rset-cookie: a=1\r\ny:"] {
        let answer = server.say(&ask(raw, "")).await;
        let head = answer.split("\r\n\r\n").next().unwrap_or_default();
        assert!(!head.contains("set-cookie"), "{answer}");
    }
    assert!(server.say(&ask("GET /", "")).await.contains("page"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_two_servers_could_read_as_two_requests_makes_no_page_of_the_second() {
    let hidden_runs = Arc::new(AtomicUsize::new(0));
    let runs = Arc::clone(&hidden_runs);
    let server = Server::start(kept(cache_page(60)), "smuggled", move |_, request| {
        runs.fetch_add(usize::from(request.uri().path() == "/hidden"), Ordering::SeqCst);
        async move { response(200, &[], format!("<{} {}>", request.method(), request.uri().path())) }
    })
    .await;
    let hidden = "GET /hidden HTTP/1.1\r\nhost: a\r\nx-poison: ";
    let length = hidden.len();
    let ambiguous = [
        format!("content-length: {length}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"),
        format!("content-length: {length}\r\ncontent-length: 0\r\n\r\n{hidden}"),
        format!("content-length: +{length}\r\n\r\n{hidden}"),
        format!("content-length: 0,{length}\r\n\r\n{hidden}"),
        format!("transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n0\r\n\r\n{hidden}"),
        format!("transfer-encoding: xchunked\r\n\r\n0\r\n\r\n{hidden}"),
        format!("transfer-encoding:\x0bchunked\r\n\r\n0\r\n\r\n{hidden}"),
        format!("content-length : {length}\r\n\r\n{hidden}"),
    ];
    for (number, rest) in ambiguous.iter().enumerate() {
        for method in ["GET", "POST"] {
            let mut text = format!("{method} /{number} HTTP/1.1\r\nhost: a\r\n{rest}");
            // What follows on such a connection ends the hidden request.
            text.push_str("x\r\nconnection: close\r\n\r\n");
            let said = server.say(&text).await;
            let honest = server.say(&ask(&format!("GET /{number}"), "")).await;
            assert!(honest.ends_with(&format!("<GET /{number}>")), "{rest:?}: {said} and then {honest}");
        }
    }
    assert_eq!(hidden_runs.load(Ordering::SeqCst), 0, "nobody has asked for it in a request of its own");
    let honest = server.say(&ask("GET /hidden", "x-honest: 1\r\n")).await;
    assert!(honest.ends_with("<GET /hidden>") && !honest.contains("larder; hit"), "{honest}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_handler_says_of_its_own_connection_is_said_to_nobody_else() {
    let server = Server::start(kept(cache_page(60)), "hop by hop", |_, _| async {
        let headers = [
            ("connection", "x-mine"),
            ("x-mine", "secret"),
            ("keep-alive", "timeout=5"),
            ("proxy-authenticate", "Basic"),
        ];
        response(200, &headers, "page")
    })
    .await;
    server.say(&ask("GET /", "")).await;
    let second = server.say(&ask("GET /", "")).await;
    assert!(second.contains("larder; hit"), "{second}");
    for name in ["x-mine", "keep-alive", "proxy-authenticate"] {
        assert!(!second.contains(name), "{second}");
    }
}
