//! A server of actix with several workers, on real sockets.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use actix_web::{App, HttpResponse, HttpServer, rt, web};
use larder::page::cache_page;

/// Sends one request, and reads all of its answer.
fn ask(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a server");
    let request = format!("{request} HTTP/1.1\r\nhost: example.org\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("a request is taken");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

/// Says back what is said, on a connection that is no longer one of HTTP.
async fn echo(said: web::Payload) -> HttpResponse {
    HttpResponse::SwitchingProtocols().upgrade("websocket").streaming(said)
}

/// Says something on such a connection, and reads what is said back.
fn converse(port: u16) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a server");
    let asks = "GET /echo HTTP/1.1\r\nhost: example.org\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";
    stream.write_all(asks.as_bytes()).expect("a request is taken");
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("a head");
        answer.extend(byte);
    }
    assert!(answer.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&answer));
    let mut said = [0; 5];
    stream.write_all(b"hello").expect("somebody listens");
    stream.read_exact(&mut said).expect("somebody speaks");
    String::from_utf8(said.to_vec()).expect("a text")
}

#[test]
fn workers_share_pages_and_a_head_says_how_long_they_are() {
    let runs = Arc::new(AtomicUsize::new(0));
    let (told, port) = std::sync::mpsc::channel();
    let count = Arc::clone(&runs);
    let server = thread::spawn(move || {
        let run = async move {
            let server = HttpServer::new(move || {
                let count = Arc::clone(&count);
                let page = move || {
                    let run = count.fetch_add(1, Ordering::SeqCst) + 1;
                    async move {
                        rt::task::yield_now().await;
                        format!("page {run}")
                    }
                };
                let layer = cache_page(60).key_prefix("a server of actix");
                App::new().wrap(layer).route("/echo", web::get().to(echo)).default_service(web::to(page))
            });
            let server = server.workers(2).bind(("127.0.0.1", 0)).expect("a port");
            let port = server.addrs()[0].port();
            let server = server.run();
            told.send((port, server.handle())).expect("somebody waits");
            server.await
        };
        rt::System::new().block_on(run).expect("a server that ends well");
    });
    let (port, handle) = port.recv().expect("a server");
    let asking: Vec<_> = (0..16).map(|_| thread::spawn(move || ask(port, "GET /"))).collect();
    for asked in asking {
        let answer = asked.join().expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("page 1"), "{answer}");
    }
    let head = ask(port, "HEAD /");
    assert!(head.contains("content-length: 6\r\n") && head.ends_with("\r\n\r\n"), "{head}");
    assert!(head.contains("cache-status: larder; hit"), "{head}");
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    assert_eq!(converse(port), "hello");
    rt::System::new().block_on(handle.stop(true));
    server.join().expect("no panic");
}
