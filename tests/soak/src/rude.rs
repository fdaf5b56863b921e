//! Those who leave in the middle, and those who send what is no request.

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::time::Duration;

use crate::fleet::Node;
use crate::line::{HOST, connect, rudely};
use crate::random::Random;
use crate::soak::Soak;

const SOON: Duration = Duration::from_millis(300);

/// Leaves, with such a pause each time, until it is over.
pub fn leave(soak: &Soak, pause: Duration) {
    let mut random = Random::of(soak.seed, 10);
    while !soak.is_over() {
        let there = soak.truth.known().there();
        let id = random.pick(&there).map_or(1, |(_, id)| *id);
        let path = [
            "/".to_owned(),
            format!("/posts/{id}"),
            format!("/?tag=jam&page={}", random.below(3)),
            "/api/posts".to_owned(),
        ];
        let path = random.pick(&path).map_or("/", String::as_str);
        let request = format!("GET {path} HTTP/1.1\r\nhost: {HOST}\r\n\r\n");
        if let Some(address) = random.pick(&soak.fleet.nodes).and_then(Node::address) {
            soak.tally.asked("left in the middle");
            // What comes of it is nothing to anybody who has left.
            let _ = match random.below(6) {
                0 => rudely(address, request.as_bytes(), 0, SOON),
                1 => rudely(address, request.as_bytes(), 12, SOON),
                2 => rudely(address, request.as_bytes(), 500, SOON),
                3 => rudely(address, &request.as_bytes()[..request.len() / 2], 0, SOON),
                4 => {
                    let form = format!(
                        "POST /posts/{id}/comments HTTP/1.1\r\nhost: {HOST}\r\norigin: http://{HOST}\r\n\
                        content-type: application/x-www-form-urlencoded\r\ncontent-length: 500\r\n\r\ntext=half"
                    );
                    rudely(address, form.as_bytes(), 0, SOON)
                }
                _ => slowly(address, &request),
            };
        }
        soak.pause(pause);
    }
}

/// Reads a little at a time, and for two seconds at most.
fn slowly(address: SocketAddr, request: &str) -> std::io::Result<Vec<u8>> {
    let mut stream = connect(address)?;
    stream.set_read_timeout(Some(SOON))?;
    stream.write_all(request.as_bytes())?;
    let mut bytes = [0; 64];
    for _ in 0..40 {
        if stream.read(&mut bytes)? == 0 {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(Vec::new())
}

/// Sends what is no request, or none of this site, until it is over.
pub fn babble(soak: &Soak, pause: Duration) {
    let mut random = Random::of(soak.seed, 11);
    while !soak.is_over() {
        let noise: Vec<u8> =
            (0..random.below(2_000)).map(|_| u8::try_from(random.below(256)).unwrap_or_default()).collect();
        let get = |rest: &str| format!("GET {rest}").into_bytes();
        let post = |headers: &str, body: &str| {
            format!("POST /write HTTP/1.1\r\nhost: {HOST}\r\n{headers}\r\n{body}").into_bytes()
        };
        let words = match random.below(12) {
            0 => noise,
            1 => get("/ HTTP/9.9\r\n\r\n"),
            2 => get(&format!("/ HTTP/1.1\r\nhost {HOST}\r\n\r\n")),
            3 => get(&format!("/ HTTP/1.1\r\nhost: {HOST}\r\nx: {}\r\n\r\n", "y".repeat(200_000))),
            4 => get(&format!("/{} HTTP/1.1\r\nhost: {HOST}\r\n\r\n", "z".repeat(100_000))),
            5 => get(&format!("/posts/none HTTP/1.1\r\nhost: {HOST}\r\n\r\n")),
            6 => get(&format!("/?page=some&author=%ff HTTP/1.1\r\nhost: {HOST}\r\n\r\n")),
            7 => get(&format!(
                "/posts/1 HTTP/1.1\r\nhost: {HOST}\r\nif-none-match: \"{}\r\nrange: bytes=-,x\r\n\r\n",
                "\"".repeat(50)
            )),
            8 => post("transfer-encoding: chunked\r\n", "zz\r\nno chunk\r\n"),
            9 => post("content-length: 3\r\ncontent-length: 5\r\n", "a=b"),
            10 => post("content-length: 3\r\n", "a=b"),
            _ => post("origin: http://elsewhere.test\r\ncontent-length: 3\r\n", "a=b"),
        };
        let node = random.below(soak.fleet.nodes.len());
        if let Some(address) = soak.fleet.nodes[node].address() {
            soak.tally.asked("garbage");
            // 501 and 505 say what was wrong with what was sent.
            let answer = rudely(address, &words, 12, SOON).unwrap_or_default();
            if answer.starts_with(b"HTTP/1.1 5") && !matches!(answer.get(9..12), Some(b"501" | b"505")) {
                let (answer, words) = (String::from_utf8_lossy(&answer), String::from_utf8_lossy(&words));
                let words: String = words.chars().take(300).collect();
                soak.wrong(&format!("garbage is answered with {answer} by process {node}: {words:?}"));
            }
        }
        soak.pause(pause);
    }
}
