//! Somebody's browser: one cookie, and no cache.

use std::net::SocketAddr;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{HeaderMap, Request};
use hyper_util::rt::TokioIo;
use larder::testing::Larder;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

pub struct Browser {
    address: SocketAddr,
    pub cookie: Option<String>,
    larder: Larder,
}

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a text"))
    }

    /// Returns what the cache says of it.
    pub fn cache(&self) -> &str {
        self.header("cache-status").unwrap_or("nothing")
    }

    pub fn is_hit(&self) -> bool {
        self.cache().starts_with("larder; hit")
    }

    pub fn has(&self, text: &str) -> bool {
        self.text.contains(text)
    }
}

impl Browser {
    pub fn new(address: SocketAddr, larder: Larder) -> Self {
        Self { address, cookie: None, larder }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &[], String::new()).await
    }

    /// Asks whether a page is still the one of this tag.
    pub async fn ask_again(&mut self, path: &str, tag: &str) -> Answer {
        self.send("GET", path, &[("if-none-match", tag)], String::new()).await
    }

    /// Sends a form of this site.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let origin = format!("http://{}", self.address);
        self.post_from(Some(&origin), path, fields).await
    }

    /// Sends a form that stands on a page of this origin.
    pub async fn post_from(&mut self, origin: Option<&str>, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
        headers.extend(origin.map(|origin| ("origin", origin)));
        self.send("POST", path, &headers, form(fields)).await
    }

    /// Sends a form, and is gone before the answer.
    pub async fn post_and_leave(&self, path: &str, fields: &[(&str, &str)]) {
        let (form, address) = (form(fields), self.address);
        let cookie = self.cookie.as_deref().unwrap_or_default();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nCookie: {cookie}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        );
        let mut stream = TcpStream::connect(address).await.expect("a blog that listens");
        stream.write_all(head.as_bytes()).await.expect("a blog that reads");
    }

    async fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: String) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", self.address.to_string());
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::from(body))).expect("a request");
        let stream = TcpStream::connect(self.address).await.expect("a blog that listens");
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("HTTP");
        tokio::spawn(connection);
        let (head, body) = sender.send_request(request).await.expect("an answer").into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes();
        // Whoever asks next is to find the page: it may still be on its way to the store when its last byte is here.
        self.larder.settle().await;
        self.take_cookie(&head.headers);
        let text = String::from_utf8(body.to_vec()).expect("a text");
        Answer { status: head.status.as_u16(), headers: head.headers, text }
    }

    fn take_cookie(&mut self, headers: &HeaderMap) {
        let Some(said) = headers.get("set-cookie") else { return };
        let said = said.to_str().expect("a text");
        for word in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(said.contains(word), "{said}");
        }
        let cookie = said.split(';').next().expect("a cookie").to_owned();
        self.cookie = Some(cookie).filter(|_| !said.contains("Max-Age=0"));
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    fields.join("&")
}

fn encoded(text: &str) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).expect("less than sixteen");
    text.bytes().flat_map(|byte| ['%', digit(byte >> 4), digit(byte & 15)]).collect()
}
