//! Clients who leave, read slowly, come in thousands or hide a request in another, on real sockets and many threads, with the
//! program's own cache and a real clock.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use futures_util::future::join_all;
use http::Response;
use larder::page::{CacheLayer, cache_page};
use larder::testing;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::app::{request, response};
use super::hostile::{Odder, lying};
use super::serving::{PIPELINES, Server, Workers};
use crate::play::Gate;

/// Keeps pages in the program's own cache.
fn kept(layer: CacheLayer) -> CacheLayer {
    layer.in_cache(&larder::cache("default").unwrap())
}

const CLOSE: &str = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";

/// Sends each of these on one connection when the one before it was answered, and returns all answers.
async fn one_by_one(server: &Server, requests: &[String]) -> String {
    let (mut stream, mut answers) = (server.connect().await, String::new());
    for request in requests {
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !is_whole(&answer, request.starts_with("HEAD")) {
            let mut bytes = [0; 512];
            let read = stream.read(&mut bytes).await.unwrap();
            assert!(read > 0, "half an answer: {answers}{}", String::from_utf8_lossy(&answer));
            answer.extend(&bytes[..read]);
        }
        answers += std::str::from_utf8(&answer).unwrap();
    }
    answers
}

/// Returns whether an answer has come whole, by its head.
fn is_whole(answer: &[u8], is_head: bool) -> bool {
    let text = std::str::from_utf8(answer).unwrap();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let said = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
    is_head || body.len() == said.parse::<usize>().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_with_bodies_do_not_bring_one_connection_out_of_step() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let paths = Arc::clone(&seen);
    let server = Server::start(kept(cache_page(60)), "in step", move |_, request| {
        paths.lock().unwrap().push(request.uri().path().to_owned());
        let path = request.uri().path().to_owned();
        async move { response(200, &[("x-path", &path)], format!("<{path}>")) }
    });
    let server = server.await;
    let hidden = "GET /hidden HTTP/1.1\r\nhost: a\r\n\r\n";
    let with_body =
        |line: &str| format!("{line} HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n{hidden}", hidden.len());
    let chunked = format!(
        "GET /chunked HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{hidden}\r\n0\r\n\r\n",
        hidden.len()
    );
    let plain = |line: &str| format!("{line} HTTP/1.1\r\nhost: a\r\n\r\n");
    let all = [
        plain("GET /a"),
        with_body("GET /a"),
        plain("GET /a"),
        with_body("POST /b"),
        plain("HEAD /a"),
        chunked.clone(),
        plain("GET /a"),
        with_body("GET /a"),
        chunked,
        plain("GET /c"),
        with_body("DELETE /c"),
        plain("GET /c"),
        CLOSE.to_owned(),
    ];
    let answers = if PIPELINES { server.say(&all.concat()).await } else { one_by_one(&server, &all).await };
    let order: Vec<_> = answers.lines().filter_map(|line| line.strip_prefix("x-path: ")).collect();
    assert_eq!(
        order,
        ["/a", "/a", "/a", "/b", "/a", "/chunked", "/a", "/a", "/chunked", "/c", "/c", "/c", "/"],
        "{answers}"
    );
    assert_eq!(answers.matches("HTTP/1.1 200").count(), all.len());
    assert!(!seen.lock().unwrap().iter().any(|path| path == "/hidden"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_304_on_its_way_does_not_say_that_the_page_is_empty() {
    let server =
        Server::start(kept(cache_page(60)), "a 304", |_, _| async { response(200, &[("etag", "\"1\"")], "page") });
    let server = server.await;
    assert!(server.say(CLOSE).await.contains("content-length: 4\r\n"));
    let answer = server.say(&CLOSE.replace("host: a", "host: a\r\nif-none-match: \"1\"")).await;
    assert!(answer.starts_with("HTTP/1.1 304"), "{answer}");
    assert!(!answer.contains("content-length: 0") && !answer.contains("transfer-encoding"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_who_hangs_up_leaves_the_others_their_page_and_it_is_kept() {
    let gate = Gate::new();
    let held = gate.clone();
    let (arrived, mut arrivals) = tokio::sync::mpsc::unbounded_channel();
    let server = Server::start(kept(cache_page(60)), "hangs up", move |run, _| {
        let (held, arrived) = (held.clone(), arrived.clone());
        async move {
            arrived.send(run).unwrap();
            held.pass().await;
            response(200, &[], format!("page {run}"))
        }
    });
    let server = server.await;
    let mut leaver = server.connect().await;
    leaver.write_all(CLOSE.as_bytes()).await.unwrap();
    arrivals.recv().await;
    drop(leaver);
    let others = join_all((0..50).map(|_| server.say(CLOSE)));
    let (answers, ()) = tokio::join!(others, async { gate.let_go(1) });
    assert!(answers.iter().all(|answer| answer.ends_with("page 1")));
    // That it is kept follows its last byte, and may be a moment behind.
    let after = server.say(CLOSE).await;
    assert!(after.contains("larder; hit") || after.contains("collapsed"), "{after}");
    assert_eq!(server.runs.get(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_that_lie_or_panic_break_their_own_connection_and_nothing_else() {
    let server = Server::start(kept(cache_page(60)), "lies", |run, request| async move {
        match request.uri().path() {
            "/short" => lying("10", &["short"]),
            "/long" => lying("3", &["longer"]),
            "/panics" => Response::new(Body::new(Odder::that_panics_after(&["some"]))),
            _ => response(200, &[], format!("page {run}")),
        }
    });
    let server = server.await;
    for path in ["/short", "/long", "/panics"] {
        let ask = CLOSE.replace("GET /", &format!("GET {path}"));
        let first = server.say(&ask).await;
        let runs = server.runs.get();
        let second = server.say(&ask).await;
        assert_eq!(server.runs.get(), runs + 1, "{path} is not kept");
        assert!(!second.contains("larder; hit"), "{path}: {first} {second}");
        assert!(!first.ends_with("0\r\n\r\n"), "{path} does not seem whole: {first}");
    }
    assert!(server.say(CLOSE).await.contains("page"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_who_does_not_read_holds_nobody_up() {
    const SIZE: usize = 16 << 20;
    // Such a page leaves room for little else, so it has a cache of its own.
    let larder = testing::isolated();
    let layer = cache_page(60).limit(2 * SIZE as u64).in_cache(&larder.cache("default"));
    let server = Server::start(layer, "slow reader", |_, _| async { response(200, &[], vec![b'x'; SIZE]) });
    let server = server.await;
    let mut slow = server.connect().await;
    slow.write_all(CLOSE.as_bytes()).await.unwrap();
    let mut first = [0; 1];
    slow.read_exact(&mut first).await.unwrap();
    for _ in 0..3 {
        assert!(server.say(CLOSE).await.len() > SIZE);
    }
    let mut rest = Vec::new();
    slow.read_to_end(&mut rest).await.unwrap();
    assert!(rest.len() > SIZE);
    assert_eq!(server.runs.get(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_at_once_get_each_page_from_one_run() {
    let workers = Workers::start(kept(CacheLayer::new().vary("x")), "thousands", |_, request| {
        let text = format!("{} {:?}", request.uri().path(), request.headers().get("x"));
        async move {
            tokio::task::yield_now().await;
            response(200, &[], text)
        }
    });
    let asked: Vec<_> = (0..4000).map(|number| (format!("/{}", number % 10), (number / 10 % 3).to_string())).collect();
    let tasks = asked.iter().map(|(path, x)| tokio::spawn(workers.ask(request("GET", path, &[("x", x)]))));
    for ((path, x), text) in asked.iter().zip(join_all(tasks).await) {
        assert_eq!(text.unwrap().text(), format!("{path} Some({x:?})"));
    }
    assert_eq!(workers.runs.get(), 30);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_and_reads_at_once_never_show_what_was_written_over() {
    let value = Arc::new(AtomicUsize::new(0));
    let workers = Workers::start(kept(CacheLayer::new().vary("x")), "written over", move |_, request| {
        let value = Arc::clone(&value);
        async move {
            let mut read = value.load(Ordering::SeqCst);
            tokio::task::yield_now().await;
            if request.method() == "POST" {
                read = value.fetch_add(1, Ordering::SeqCst) + 1;
                tokio::task::yield_now().await;
            }
            response(200, &[], format!("{read}"))
        }
    });
    // At a path of its own: a write keeps what is made meanwhile for that path from being kept, wherever.
    let ask = move |method: &'static str, x: String| {
        let asking = workers.ask(request(method, "/written", &[("x", &x)]));
        async move { asking.await.text().parse::<usize>().unwrap() }
    };
    let readers = (0..8).map(|number| {
        let ask = ask.clone();
        tokio::spawn(async move {
            for _ in 0..200 {
                let written = if number % 2 == 0 { ask("POST", String::new()).await } else { 0 };
                let read = ask("GET", (number % 3).to_string()).await;
                assert!(read >= written, "{read} after {written}");
            }
        })
    });
    for reader in join_all(readers).await {
        reader.unwrap();
    }
}
