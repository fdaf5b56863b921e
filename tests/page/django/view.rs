//! What Django's views answer, as a handler answers it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::header::{SET_COOKIE, VARY};
use http::{HeaderMap, StatusCode};
use larder::page::headers;

use super::scenario::{Reply, View};
use crate::visit::Count;

/// A language that was chosen in front of the view.
#[derive(Clone)]
pub struct Spoken(pub String);

/// The session of a request.
#[derive(Clone, Default)]
pub struct Session(Arc<AtomicBool>);

impl Session {
    /// Reads what is in it, which is nothing.
    pub fn read(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_read(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What stands for a page that tells of an exception.
pub const ERROR_PAGE: &str = "<error page>";

/// Answers a request, and counts that it did.
pub fn answer(view: &View, runs: &Count, request: &Request) -> Response {
    let run = runs.one_more();
    let mut reply = view.reply(run);
    if let Some(by) = &reply.by_header {
        let value = text_of(request.headers(), &by.header);
        reply = value.and_then(|value| by.map.get(&value)).unwrap_or(&by.default);
    }
    match &reply.raise {
        Some(_) => (StatusCode::INTERNAL_SERVER_ERROR, ERROR_PAGE).into_response(),
        None => written(reply, run, request),
    }
}

fn written(reply: &Reply, run: usize, request: &Request) -> Response {
    let mut text = filled(&reply.body, run, request);
    if reply.session_get.is_some() {
        request.extensions().get::<Session>().expect("sessions").read();
        text.push_str(" s=None");
    }
    let mut response = Response::new(body(reply, text));
    *response.status_mut() = reply.status.try_into().expect("a status code");
    let lines = response.headers_mut();
    lines.insert("x-counter", run.into());
    for (name, value) in &reply.headers {
        lines.insert(name.parse::<http::HeaderName>().expect("a name"), value.parse().expect("a value"));
    }
    for cookie in &reply.cookies {
        lines.append(SET_COOKIE, format!("{}={}", cookie.name, cookie.value).parse().expect("a value"));
    }
    for names in &reply.patch_vary {
        lines.append(VARY, names.parse().expect("a value"));
        headers::vary(lines, []);
    }
    response
}

/// Views that stream, and those that are rendered late, have bodies of which nobody knows how long they are.
fn body(reply: &Reply, text: String) -> Body {
    match reply.status {
        204 | 304 => Body::empty(),
        _ if reply.streaming || reply.template_response => {
            Body::from_stream(futures_util::stream::iter([Ok::<_, std::convert::Infallible>(text)]))
        }
        _ => text.into(),
    }
}

/// Puts into a text what stands in braces in it.
fn filled(text: &str, run: usize, request: &Request) -> String {
    let language = request.extensions().get::<Spoken>().map_or("en-us", |spoken| &spoken.0);
    let mut text = text.replace("{n}", &run.to_string()).replace("{lang}", language);
    text = text.replace("{query}", request.uri().query().unwrap_or_default());
    while let Some((before, rest)) = text.split_once("{header:") {
        let (name, after) = rest.split_once('}').expect("a closing brace");
        let value = text_of(request.headers(), name).unwrap_or_else(|| "<absent>".to_owned());
        text = format!("{before}{value}{after}");
    }
    text
}

pub fn text_of(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| value.to_str().expect("a text").to_owned())
}
