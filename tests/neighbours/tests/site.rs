//! A site behind layers, and visits to it.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::response::IntoResponse;
use axum::routing::any;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use larder::testing;
use tower::ServiceExt;

/// What a visitor gets.
#[derive(Clone, Debug)]
pub struct Visit {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// How often a page was made.
#[derive(Clone, Default)]
pub struct Runs(Arc<AtomicUsize>);

impl Runs {
    pub fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    pub fn one_more(&self) -> usize {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// Makes a site of one handler.
pub fn site<R: IntoResponse>(answer: impl Fn() -> R + Clone + Send + Sync + 'static) -> (Router, Runs) {
    let runs = Runs::default();
    let count = runs.clone();
    let handler = async move || {
        count.one_more();
        answer()
    };
    (Router::new().fallback(any(handler)), runs)
}

/// Visits the site.
pub fn send(site: &Router, method: &str, headers: &[(&str, &str)]) -> Visit {
    send_to(site, method, "/page", headers)
}

/// Visits a page of the site.
pub fn send_to(site: &Router, method: &str, path: &str, headers: &[(&str, &str)]) -> Visit {
    testing::block_on(ask(site, request(method, path, headers)))
}

/// Writes a request.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header("host", "example.org");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).expect("a request")
}

/// Asks the site for what a request asks for.
pub async fn ask(site: &Router, request: Request<Body>) -> Visit {
    let (parts, body) = site.clone().oneshot(request).await.expect("no error can happen").into_parts();
    let body = body.collect().await.expect("a whole body").to_bytes().to_vec();
    Visit { status: parts.status, headers: parts.headers, body }
}

pub fn get(site: &Router, headers: &[(&str, &str)]) -> Visit {
    send(site, "GET", headers)
}

impl Visit {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|line| line.to_str().expect("a text"))
    }

    pub fn is_hit(&self) -> bool {
        self.header("cache-status").is_some_and(|status| status.starts_with("larder; hit"))
    }

    /// Returns the text, as a browser would read it.
    pub fn text(&self) -> String {
        let mut text = String::new();
        match self.header("content-encoding") {
            Some("gzip") => flate2::read::GzDecoder::new(&*self.body).read_to_string(&mut text),
            None => (&*self.body).read_to_string(&mut text),
            Some(other) => panic!("nobody asked for {other}"),
        }
        .expect("a text");
        text
    }
}
