//! A browser: cookies and a cache of its own, which all of its tabs share.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, COOKIE, HOST, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use http_body_util::Full;
use larder::clock::Clock;

use super::private_cache::PrivateCache;
use crate::site::Visit;
use crate::wire::{Client, Server};

/// A browser, or one of its tabs.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    clock: Clock,
    language: Option<&'static str>,
    kept: Arc<Mutex<Kept>>,
}

/// What a browser keeps.
#[derive(Default)]
struct Kept {
    cookies: BTreeMap<String, String>,
    pages: PrivateCache,
    shown: usize,
}

impl Browser {
    pub fn new(server: &Server, clock: &Clock, language: Option<&'static str>) -> Self {
        Self { client: Client::of(server), clock: clock.clone(), language, kept: Arc::default() }
    }

    /// Says how many pages it has shown without asking anybody.
    pub fn shown(&self) -> usize {
        self.kept().shown
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.kept().cookies.get(name).cloned()
    }

    pub async fn log_in(&self, name: &str) {
        let visit = self.send("POST", "/login", &FORM, &format!("name={name}")).await;
        assert_eq!((visit.status.as_u16(), visit.header("location")), (303, Some("/")));
    }

    pub async fn log_out(&self) {
        let visit = self.send("POST", "/logout", &[], "").await;
        assert_eq!((visit.status.as_u16(), visit.header("location")), (303, Some("/login")));
    }

    /// Shows a page, out of its own cache where that may answer.
    pub async fn show(&self, path: &str) -> Visit {
        let (request, now) = (self.headers(&[]), self.now());
        let conditions = {
            let mut kept = self.kept();
            if let Some(page) = kept.pages.fresh(path, &request, now) {
                kept.shown += 1;
                return page;
            }
            kept.pages.conditions(path, &request)
        };
        let visit = self.send("GET", path, &conditions.iter().map(by_reference).collect::<Vec<_>>(), "").await;
        self.kept().pages.take(path, request, visit, self.now())
    }

    /// Fetches a page past its own cache.
    pub async fn fetch(&self, path: &str) -> Visit {
        self.send("GET", path, &[], "").await
    }

    /// Sends a request past its own cache.
    pub async fn send(&self, method: &str, path: &str, more: &[(HeaderName, &str)], body: &str) -> Visit {
        let mut request = Request::new(Full::new(Bytes::from(body.to_owned())));
        *request.method_mut() = method.parse().expect("a method");
        *request.uri_mut() = path.parse().expect("an address");
        *request.headers_mut() = self.headers(more);
        let visit = self.client.ask(request).await;
        let mut kept = self.kept();
        kept.take_cookies(&visit);
        if !matches!(method, "GET" | "HEAD") {
            kept.pages.forget(path);
        }
        visit
    }

    fn headers(&self, more: &[(HeaderName, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("example.org"));
        if let Some(language) = self.language {
            headers.insert("accept-language", HeaderValue::from_static(language));
        }
        let cookies: Vec<_> = self.kept().cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            headers.insert(COOKIE, cookies.join("; ").parse().expect("a value"));
        }
        headers.extend(more.iter().map(|(name, value)| (name.clone(), value.parse().expect("a value"))));
        headers
    }

    fn now(&self) -> u64 {
        self.clock.wall_millis() / 1000
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a browser says of a form that it sends.
pub const FORM: [(HeaderName, &str); 1] = [(CONTENT_TYPE, "application/x-www-form-urlencoded")];

fn by_reference((name, value): &(HeaderName, HeaderValue)) -> (HeaderName, &str) {
    (name.clone(), value.to_str().expect("a text"))
}

impl Kept {
    fn take_cookies(&mut self, visit: &Visit) {
        for line in visit.headers.get_all(SET_COOKIE) {
            let line = line.to_str().expect("a text");
            let (name, value) = line.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}
