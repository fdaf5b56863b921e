//! The name of a page: what was asked for, before anything that its variants are told apart by.
//!
//! It is made of the bytes of the request as they came: nothing is decoded, sorted, joined or lower-cased. Two spellings
//! of one resource are two pages, since a handler may tell them apart; a spelling of two never is one.

use std::borrow::Cow;

use axum::extract::OriginalUri;
use http::header::HOST;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Uri};

use super::hide::Query;
use crate::key::{Key, mark};

/// The pattern that pages are kept under.
const PATTERN: &str = "page:<prefix>:<language>:<zone>:<scheme>:<host>:<path and query>";

/// Why nobody can say what a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unclear;

/// What is asked for, as the client wrote it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) scheme: &'a str,
    pub(super) host: &'a [u8],
    pub(super) uri: &'a Uri,
}

impl<'a> Asked<'a> {
    /// Reads it off a request; a router in a router has stripped its own path off the URI, and keeps the whole one.
    pub(super) fn of(request: &'a Parts) -> Result<Self, Unclear> {
        let uri = match request.extensions.get::<OriginalUri>() {
            Some(OriginalUri(whole)) => whole,
            None => &request.uri,
        };
        Ok(Self { scheme: uri.scheme_str().unwrap_or_default(), host: host(uri, &request.headers)?, uri })
    }

    /// Returns the path and the query that is told apart.
    pub(super) fn target(&self, query: &Query) -> Cow<'a, str> {
        query.visible(self.uri)
    }
}

/// Returns the one host that a request names. Where there are two, a handler may read the other one.
fn host<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Result<&'a [u8], Unclear> {
    let mut lines = headers.get_all(HOST).iter().map(HeaderValue::as_bytes);
    let line = lines.next();
    if lines.next().is_some() {
        return Err(Unclear);
    }
    match (uri.authority().map(|authority| authority.as_str().as_bytes()), line) {
        (Some(authority), Some(line)) if authority != line => Err(Unclear),
        (Some(authority), _) if authority.contains(&b'@') => Err(Unclear),
        (Some(host), _) | (None, Some(host)) => Ok(host),
        (None, None) => Ok(b""),
    }
}

/// What the program says of who asks, and what is therefore told apart: `None` where it says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Locale<'a> {
    pub(super) language: Option<&'a str>,
    pub(super) zone: Option<&'a str>,
}

/// Writes the key of a page.
pub(super) fn key(prefix: &str, locale: Locale<'_>, asked: &Asked<'_>, target: &str) -> Key {
    const MARK: u64 = mark(PATTERN);
    Key::write(MARK, |key| {
        let Locale { language, zone } = locale;
        if prefix.is_empty() && asked.scheme.is_empty() && language.is_none() && zone.is_none() {
            // The same, in one step: of most sites nobody says more.
            key.literal("page::%none:%none::");
        } else {
            key.literal("page:").text(prefix).literal(":").part(&language).literal(":").part(&zone).literal(":");
            key.text(asked.scheme).literal(":");
        }
        key.bytes(asked.host).literal(":").rest(target.as_bytes());
    })
}
