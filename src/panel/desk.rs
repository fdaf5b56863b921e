//! Who answers: the guard, then whatever is asked for.

use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, HeaderName, ORIGIN};
use http::request::Parts;
use http::{HeaderMap, Method, Response};

use super::answer::{Refusal, json, nothing, page};
use super::changes::{self, Wish};
use super::entries;
use super::graph;
use super::history::History;
use super::mount::Panel;
use super::numbers::{self, Rights};
use super::query::Query;
use super::secret;
use super::why;

/// A wish has at most so many bytes: a key has 200, and a tag is a word.
pub(super) const MOST: usize = 16 * 1024;

const TOKEN: HeaderName = HeaderName::from_static("x-larder-token");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What was sent: it is read by whoever brings it, and never more than a wish may have.
pub(super) type Body = Result<Bytes, Refusal>;

impl Panel {
    /// Returns whether somebody is let in who asks for something, before any of what they send is read.
    pub(super) async fn lets_in(&self, request: &Parts) -> bool {
        if self.is_off() {
            say_that_it_is_off();
            return false;
        }
        self.guard.lets_in(request).await
    }

    /// Answers somebody who was let in; `path` is what stands behind the place where this is mounted.
    pub(super) async fn answer(&self, request: &Parts, path: &str, body: Body) -> Response<Bytes> {
        let query = Query::read(request.uri.query().unwrap_or_default());
        let path = path.trim_matches('/');
        match (&request.method, path) {
            (&Method::GET | &Method::HEAD, "") => page(),
            (&Method::GET | &Method::HEAD, _) => json(self.show(path, &query).await),
            (&Method::POST, "api/invalidate" | "api/switch") => json(self.change(request, path, body).await),
            _ => json(Err(Refusal::wrong("only `api/invalidate` and `api/switch` take anything, by `POST`"))),
        }
    }

    async fn show(&self, path: &str, query: &Query) -> Result<String, Refusal> {
        match path {
            "api/now" => {
                let rights = Rights { writable: self.writable, release: self.is_release };
                numbers::now(self.history()?, &self.told, rights, query)
            }
            "api/history" => numbers::hour(self.history()?, query),
            "api/keys" => entries::keys(query).await,
            "api/entry" => entries::entry(query).await,
            "api/why" => why::why(query).await,
            "api/graph" => Ok(graph::graph()),
            _ => Err(Refusal::missing(format!("there is nothing at `{path}`"))),
        }
    }

    fn history(&self) -> Result<&History, Refusal> {
        self.history.as_deref().ok_or_else(|| Refusal::missing("this panel is off"))
    }

    async fn change(&self, request: &Parts, path: &str, body: Body) -> Result<String, Refusal> {
        if !self.writable {
            return Err(changes::read_only());
        }
        comes_from_the_page(&request.headers)?;
        let wish = Wish::read(&body?)?;
        match path {
            "api/invalidate" => changes::invalidate(&wish).await,
            _ => changes::switch(&wish),
        }
    }
}

/// Refuses what a page of somebody else may have sent by the browser of one who may look.
fn comes_from_the_page(headers: &HeaderMap) -> Result<(), Refusal> {
    let elsewhere = || Refusal::forbidden("this was asked by another page than the panel's");
    match (headers.get(FETCH_SITE), headers.get(ORIGIN)) {
        (Some(site), _) if site != "same-origin" => return Err(elsewhere()),
        (None, Some(origin)) if !is_origin_of_host(origin.as_bytes(), headers) => return Err(elsewhere()),
        _ => {}
    }
    if !headers.get(TOKEN).is_some_and(|said| secret::is_token(said.as_bytes())) {
        let sentence = "the header X-Larder-Token is not the token of this process: load the page anew";
        return Err(Refusal::forbidden(sentence));
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    // Nothing else makes a browser ask beforehand.
    if kind.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Refusal::wrong("only `Content-Type: application/json` is read"))
}

fn is_origin_of_host(origin: &[u8], headers: &HeaderMap) -> bool {
    let authority = origin.strip_prefix(b"https://").or_else(|| origin.strip_prefix(b"http://"));
    let host = headers.get(HOST).map(http::HeaderValue::as_bytes);
    matches!((authority, host), (Some(authority), Some(host)) if authority.eq_ignore_ascii_case(host))
}

pub(super) fn too_much() -> Refusal {
    Refusal::wrong(format!("a wish has at most {MOST} bytes"))
}

pub(super) fn broken() -> Refusal {
    Refusal::wrong("the body broke off")
}

pub(super) fn stranger() -> Response<Bytes> {
    nothing()
}

/// Says once that somebody has asked for a panel that is off.
fn say_that_it_is_off() {
    static IS_SAID: AtomicBool = AtomicBool::new(false);
    if !IS_SAID.swap(true, Ordering::Relaxed) {
        log::warn!(
            target: "larder",
            "the panel is off in a release build, and answers 404: write `Panel::guarded(…).in_release()` to have it there"
        );
    }
}
