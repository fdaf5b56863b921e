//! A request as a browser sends it, and what is counted of an answer.

use std::hint::black_box;

use axum::body::{Body, HttpBody};
use axum::http::header::{ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, HOST, HeaderName, USER_AGENT};
use axum::http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt;

use crate::page::URI;

/// What a browser says with each request.
pub const HEADERS: [(HeaderName, &str); 5] = [
    (HOST, "www.example.org"),
    (USER_AGENT, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
    (ACCEPT, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    (ACCEPT_LANGUAGE, "en-GB,en;q=0.8,de;q=0.5"),
    (ACCEPT_ENCODING, "gzip, deflate, br, zstd"),
];

/// One header more, which some candidates are asked with.
pub type Own = (HeaderName, HeaderValue);

/// Makes a request anew, its URI parsed and its headers copied, as a server does for each.
#[must_use]
pub fn request(own: Option<&Own>) -> Request<Body> {
    let mut request = Request::get(black_box(URI));
    for (name, value) in HEADERS {
        request = request.header(name, black_box(value));
    }
    if let Some((name, value)) = own {
        request = request.header(name, value.as_bytes());
    }
    request.body(Body::empty()).expect("the parts are valid")
}

/// How much was answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub frames: usize,
    pub bytes: usize,
    /// Answers whose status is not the one that was expected.
    pub wrong: usize,
}

impl Tally {
    /// Reads an answer to its end.
    pub async fn count(&mut self, answer: Response<Body>, expected: StatusCode) {
        let (head, mut body) = answer.into_parts();
        self.wrong += usize::from(head.status != expected);
        black_box(&head.headers);
        while !body.is_end_stream() {
            let Some(frame) = body.frame().await else { break };
            let data = frame.expect("bodies do not fail").into_data();
            self.frames += 1;
            self.bytes += data.map_or(0, |data| black_box(data).len());
        }
    }
}
